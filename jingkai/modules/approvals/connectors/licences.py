"""The client of the provincial electronic licence system (电子证照共享服务).

Three calls after the pattern that provincial platforms publish under GB/T 36906: log in with the
application's key, ask for an authorisation to use a holder's licence for one matter, fetch the licence with
its file. A province differs in addresses and field names: check them before connecting
(docs/how-to/connect-licences.md).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed, Limits
from jingkai.modules.approvals.data import PermitAnswer

CONSTRUCTION_PERMIT = "建筑工程施工许可证"
MOST_BYTES = 20 * 1024 * 1024
LIMITS = Limits(seconds=30, most_bytes=MOST_BYTES * 2)


class LicenceSystemFailed(Exception):
    """The province did not answer, or answered nonsense; worth another try."""


class LicenceNotIssued(Exception):
    """The province answered that there is no such licence (yet); the text is its own."""


@dataclass(frozen=True)
class LicenceSystem:
    """Where the system answers and as which application we call it."""

    address: str
    app_key: str
    app_secret: str

    def fetch_permit(self, *, project_code: str, holder: str, reference: str) -> PermitAnswer:
        """Fetch the construction permit of a project: its number, issuer, date and file.

        `holder` is the enterprise's credit code, `reference` the zone's case number, which the province logs.
        Errors: LicenceSystemFailed, LicenceNotIssued.
        """
        token = self._call("/security/login", {"app_key": self.app_key, "app_secret": self.app_secret})
        headers = {"Authorization": f"Bearer {_word(token, 'access_token')}"}
        question = {
            "licence_type": CONSTRUCTION_PERMIT,
            "identity_number": holder,
            "project_code": project_code,
            "service_item_code": "construction-permit",
            "biz_num": reference,
        }
        granted = self._call("/licence/auth", question, headers)
        licence = self._call("/licence/archive", {"auth_code": _word(granted, "auth_code")}, headers)
        return _read(licence)

    def _call(
        self, path: str, body: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            response = call(
                self.address + path,
                purpose="licences",
                method="POST",
                json=dict(body),
                headers=headers,
                limits=LIMITS,
            )
            answer = response.json()
        except (CallFailed, ValueError) as error:
            raise LicenceSystemFailed(f"{path}: {error}") from error
        if response.status >= 500 or not isinstance(answer, dict):
            raise LicenceSystemFailed(f"{path}: HTTP {response.status}")
        if answer.get("ack_code") == "NOT_FOUND":
            raise LicenceNotIssued(str(answer.get("message", ""))[:200])
        if answer.get("ack_code") != "SUCCESS" or not isinstance(answer.get("data"), dict):
            raise LicenceSystemFailed(f"{path}: {str(answer.get('message', 'no data'))[:200]}")
        data: dict[str, Any] = answer["data"]
        return data


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise LicenceSystemFailed(f"the answer lacks {name}")
    return value


def _read(data: Mapping[str, Any]) -> PermitAnswer:
    try:
        content = base64.b64decode(data["file_data"], validate=True)
        answer = PermitAnswer(
            number=_word(data, "licence_code")[:60],
            issuer=str(data["issue_org_name"])[:120],
            issued_on=date.fromisoformat(data["issue_date"]),
            file=content,
            file_name=str(data.get("file_name") or "施工许可证.pdf")[:120],
        )
    except (KeyError, ValueError, TypeError, binascii.Error) as error:
        raise LicenceSystemFailed(f"the licence can't be read: {type(error).__name__}") from error
    if not answer.number or not content.startswith(b"%PDF-") or len(content) > MOST_BYTES:
        raise LicenceSystemFailed("the licence has no number, or its file is not a PDF")
    return answer
