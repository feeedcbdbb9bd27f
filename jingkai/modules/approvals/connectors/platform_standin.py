"""A local stand-in of the three platforms, for demonstrations and tests: it verifies every signature.

It takes what is reported once per key, gives items, projects and work orders, and misbehaves on request
(the faults of the frame, and `twice`, `disorder` for work orders). What it `minds` it answers with a
code and a sentence of its own each time: a report of one service whose body holds a certain word.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.kernel.exchange.api import Call, serve_for_ever
from jingkai.modules.approvals.connectors.platform import signature

OLDEST = 300
"""Seconds for which a signed call is good."""


@dataclass
class Platforms:
    """The state of the stand-in: what was reported, what can be read, a fault to show."""

    app_id: str
    secret: str
    now: Callable[[], float] = time.time
    fault: str = ""
    says_no: str = ""
    minds: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    reported: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: list[str] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: list[dict[str, Any]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call as a gateway would."""
        service = call.path.removeprefix("/gateway/")
        if not self._is_signed(service, call):
            return 200, {"code": 401, "msg": "验签失败"}
        self.services.append(service)
        if self.says_no:
            return 200, {"code": 422, "msg": self.says_no}
        body, key = call.json(), call.headers.get("x-request-key", "")
        match service:
            case "item/list":
                return 200, _done({"items": self.items})
            case "project/get":
                found = self.projects.get(str(body.get("projectCode")))
                return 200, _done(found) if found else {"code": 404, "msg": "未查询到该项目代码"}
            case "order/list":
                return 200, _done({"orders": self._orders(str(body.get("since") or ""))})
        for (minded, word), (code, words) in self.minds.items():
            if minded == service and word in call.body.decode():
                return 200, {"code": code, "msg": words}
        row = self.reported.setdefault(
            key, {**body, "service": service, "number": f"SZ{len(self.reported) + 1:06d}"}
        )
        return 200, _done({"number": row["number"]})

    def _orders(self, since: str) -> list[dict[str, Any]]:
        found = [one for one in self.orders if str(one.get("createdAt", "")) >= since]
        if self.fault == "disorder":
            found.reverse()
        return found * 2 if self.fault == "twice" else found

    def _is_signed(self, service: str, call: Call) -> bool:
        sent, nonce = call.headers.get("x-timestamp", ""), call.headers.get("x-nonce", "")
        wanted = signature(self.secret, service=service, time=sent, nonce=nonce, body=call.body)
        fresh = sent.isdigit() and abs(self.now() - int(sent)) < OLDEST and nonce not in self.nonces
        self.nonces.add(nonce)
        right = call.headers.get("x-app-id") == self.app_id
        return fresh and right and hmac.compare_digest(call.headers.get("x-sign", ""), wanted)


def _done(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 200, "msg": "", "data": data}


PROJECT = {
    "projectName": "示范线路板厂一期",
    "projectAddress": "示范经济开发区兴业大道 66 号",
    "investment": "52000.00",
    "buildingArea": "46800.00",
    "enterprise": "示范线路板有限公司",
}


UNIT = "91320826MA1P9XKD4G"
ITEMS: tuple[dict[str, Any], ...] = (
    {"localCode": "road-excavation", "taskName": "挖掘城市道路审批（省定名称）"},
    {
        "catalogCode": "000117008000",
        "taskCode": f"{UNIT}4000117008000",
        "taskHandleCode": f"{UNIT}400011700800001",
        "useLevel": "4",
        "taskName": "临时占用绿化用地审批（演示）",
        "taskType": "01",
        "deptName": "行政审批局",
        "serveType": "1,2",
        "anticipateDay": 20,
        "anticipateType": "1",
        "promiseDay": 5,
        "byLaw": "《城市绿化条例》第十九条",
        "acceptCondition": "因建设或者其他特殊需要临时占用城市绿化用地。",
        "resultName": "批准文件",
        "remedy": "可以依法申请行政复议或者提起行政诉讼。",
        "isFee": "0",
        "materials": [{"materialName": "申请表", "materialType": "form", "isNeed": "1", "sourceType": "10"}],
    },
    {"taskName": "与上一项编码相同的事项（演示）", "taskHandleCode": f"{UNIT}400011700800001"},
)
"""What the demonstration's province publishes: one item changed, one new, one whose code stands twice."""


MINDED = {
    ("result/report", "temporary-land"): (422, "事项编码在省事项库中已停用，请更新实施清单后重新报送"),
    ("application/report", "road-excavation"): (503, "省平台数据交换区升级维护中，请稍后重试"),
}
"""What the demonstration's province refuses (it waits for a hand), and is too busy for (it is sent again)."""


def serve_platforms(*, port: int, folder: Path) -> None:
    """Play the platforms until the process ends, with one project and one work order to be found."""
    (folder / "about.txt").write_text("Stand-in of the platforms outside\n", encoding="utf-8")
    order = {
        "orderNumber": "DEMO0001",
        "title": "企业反映门前道路夜间照明不足",
        "content": "兴业大道 66 号门前路灯不亮，员工下夜班不便。",
        "callerName": "赵某",
        "callerPhone": "13800000000",
        "createdAt": "2026-11-20T09:00:00+08:00",
        "dueAt": "2026-11-27T17:30:00+08:00",
    }
    standin = Platforms(
        settings.HALL_KEY or "demo",
        settings.HALL_SECRET,
        items=list(ITEMS),
        projects={"2611-320826-04-01-118456": PROJECT},
        orders=[order],
        minds=MINDED,
    )
    serve_for_ever(standin, port)
