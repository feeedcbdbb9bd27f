"""A local stand-in that speaks the provincial licence system's pattern, for demonstrations and tests.

It issues a permit marked 演示 for every well-formed question. Failures can be switched on, so that tests see
what the client does when the province is slow, down, or answers nonsense.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.kernel.exchange.api import Call, serve_for_ever, serving
from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, facts, paragraph

__all__ = ["ISSUER", "Province", "permit_number", "serve_licences", "serving"]

ISSUER = "示范县住房和城乡建设局（演示）"


@dataclass
class Province:
    """The state of the stand-in: keys that may log in, tokens and grants given out, a fault to show."""

    app_key: str
    app_secret: str
    make_file: Callable[[str, str], bytes]
    today: Callable[[], date] = date.today
    fault: str = ""
    tokens: set[str] = field(default_factory=set)
    grants: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, call: Call) -> tuple[int, dict[str, Any]]:
        """Answer one call as the province would: an HTTP status and a JSON body."""
        path, body = call.path, call.json()
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if self.fault == "unexpected":
            return 200, {"ack_code": "SUCCESS", "data": {"unexpected": True}}
        if path == "/security/login":
            return self._login(body)
        if token not in self.tokens:
            return 401, {"ack_code": "FAILURE", "message": "access token unknown"}
        return self._grant(body) if path == "/licence/auth" else self._archive(body)

    def _login(self, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (body.get("app_key"), body.get("app_secret")) != (self.app_key, self.app_secret):
            return 401, {"ack_code": "FAILURE", "message": "application key or secret wrong"}
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return 200, _done({"access_token": token, "expires_in": 3600})

    def _grant(self, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.fault == "not-issued":
            return 200, {"ack_code": "NOT_FOUND", "message": "该项目尚未核发施工许可证"}
        code = secrets.token_urlsafe(16)
        self.grants[code] = body
        self.asked.append(body)
        return 200, _done({"auth_code": code})

    def _archive(self, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.grants.pop(body.get("auth_code", ""), None)
        if asked is None:
            return 200, {"ack_code": "FAILURE", "message": "authorisation unknown or used"}
        number = permit_number(asked["project_code"], self.today())
        return 200, _done(
            {
                "licence_code": number,
                "issue_org_name": ISSUER,
                "issue_date": self.today().isoformat(),
                "file_name": f"施工许可证 {number}.pdf",
                "file_data": base64.b64encode(self.make_file(number, asked["project_code"])).decode(),
            }
        )


def permit_number(project_code: str, on: date) -> str:
    """A permit number in the national shape: division, date, 01, three digits; fixed for a project."""
    division = project_code.split("-")[1] if project_code.count("-") == 4 else "000000"
    serial = int(hashlib.sha256(project_code.encode()).hexdigest(), 16) % 900 + 100
    return f"{division}{on:%Y%m%d}01{serial}"


def serve_licences(*, port: int, folder: Path) -> None:
    """Play the province until the process ends; permits are set as papers marked 演示."""
    province = Province(
        app_key=settings.LICENCES_KEY or "demo",
        app_secret=settings.LICENCES_SECRET,
        make_file=demonstration_permit,
    )
    (folder / "about.txt").write_text("Stand-in of the provincial licence system\n", encoding="utf-8")
    serve_for_ever(province, port)


def demonstration_permit(number: str, project_code: str) -> bytes:
    """A construction permit as the province's file would be, marked as a demonstration."""
    letter = Letter(
        agency=ISSUER,
        title="建筑工程施工许可证（演示）",
        blocks=(
            paragraph("本证由本机模拟的省电子证照系统生成，仅供演示，不具有法律效力。"),
            facts(("证书编号", number), ("项目代码", project_code), ("发证机关", ISSUER)),
        ),
        sealed=False,
        number=number,
    )
    return typesetting.render("typesetting/letter", letter, at=datetime.now(tz=UTC))


def _done(data: dict[str, Any]) -> dict[str, Any]:
    return {"ack_code": "SUCCESS", "message": "", "data": data}
