"""A local stand-in of the state seal service, for demonstrations and tests: it verifies every signature.

It keeps seals of its own, seals a paper once per key, and misbehaves on request (the faults of the frame;
`altered` changes the paper before sealing it, `foreign` seals another paper, `lost` seals and never answers).
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from jingkai.kernel.exchange.api import Call, serve_for_ever
from jingkai.records.seals.connectors.service import signature
from jingkai.records.seals.data import CertificateSubject, SealFace, SealPlace
from jingkai.records.seals.operations.keys import FolderKeys
from jingkai.records.seals.operations.signing import sign_pdf

OLDEST = 300
"""Seconds for which a signed call is good."""
ORGANISATION = "省统一电子印章系统（演示）"
KEY = "state-seal"


@dataclass
class StateSeals:
    """The state of the stand-in: its keys, what was sealed under which key, a fault to show."""

    app_id: str
    secret: str
    folder: Path
    now: Callable[[], float] = time.time
    fault: str = ""
    says_no: str = ""
    sealed: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    certificate: bytes = b""

    def __post_init__(self) -> None:
        kept = self.folder / f"{KEY}.der"
        if not kept.is_file():
            subject = CertificateSubject("省统一电子印章（演示）", ORGANISATION, "STATE", demo=True)
            made_at = self._moment() - timedelta(days=3 * 365)  # a demonstration may live some time ago
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(FolderKeys(self.folder).create(KEY, subject, at=made_at))
        self.certificate = kept.read_bytes()

    def root(self) -> bytes:
        """The certificate (PEM) that whoever verifies must trust."""
        return (self.folder / "authority.pem").read_bytes()

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call as the service would."""
        if not self._is_signed(call):
            return 200, {"code": 401, "message": "验签失败"}
        body = call.json()
        key = str(body.get("requestKey") or "")
        self.asked.append(call.path)
        if call.path == "/seal/query":
            found = self.sealed.get(key)
            return 200, _done(found) if found else {"code": 404, "message": "无此签章记录"}
        if self.says_no:
            return 200, {"code": 422, "message": self.says_no}
        if not body.get("sealCode"):
            return 200, {"code": 400, "message": "缺少印章编码"}
        if key not in self.sealed:
            self.sealed[key] = self._seal(body)
        if self.fault == "lost":
            return 503, {"message": "gateway timeout"}
        return 200, _done(self.sealed[key])

    def _seal(self, body: dict[str, Any]) -> dict[str, Any]:
        pdf = base64.b64decode(str(body.get("fileData") or ""))
        if self.fault == "altered":
            pdf = _with_a_line(pdf)
        at = datetime.fromtimestamp(self.now(), tz=UTC)
        signed = sign_pdf(
            pdf,
            keys=FolderKeys(self.folder),
            key_name=KEY,
            certificate=self.certificate,
            face=SealFace(str(body.get("sealName") or "示范印章"), "", str(body["sealCode"]), 42.0, True),
            place=SealPlace(int(body.get("page") or 1), float(body.get("x") or 0), float(body.get("y") or 0)),
            by_name=ORGANISATION,
            reason=str(body.get("reason") or ""),
            field_name=f"State-{len(self.sealed) + 1}",
            at=at,
        )
        if self.fault == "foreign":
            signed = b"%PDF-1.7\n" + signed
        return {
            "signId": f"QZ{at:%Y}{len(self.sealed) + 1:08d}",
            "signedAt": at.isoformat(),
            "fileData": base64.b64encode(signed).decode(),
        }

    def _is_signed(self, call: Call) -> bool:
        sent, nonce = call.headers.get("x-timestamp", ""), call.headers.get("x-nonce", "")
        if call.headers.get("x-app-id") != self.app_id or nonce in self.nonces or not sent.isdecimal():
            return False
        self.nonces.add(nonce)
        right = signature(self.secret, path=call.path, time=sent, nonce=nonce, body=call.body)
        fresh = abs(self.now() - int(sent)) <= OLDEST
        return fresh and hmac.compare_digest(right, call.headers.get("x-sign", ""))

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), tz=UTC)


def _with_a_line(pdf: bytes) -> bytes:
    """Draw one line more on the first page, as an addition that leaves the bytes before it as they were."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    line = writer.add_object(StreamObject(stream_data=b"0 0 m 500 700 l S"))
    writer.add_stream_to_page(0, line)  # type: ignore[no-untyped-call]
    changed = BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    return changed.getvalue()


def serve_seals(*, port: int, folder: Path) -> None:
    """Play the service until the process ends; its root is laid where this installation trusts it."""
    standin = StateSeals(settings.SEALS_KEY or "demo", settings.SEALS_SECRET, folder / "keys")
    root = Path(settings.SEALS_FOLDER) / "trusted" / "state-standin.pem"
    for place in (root.parents[1], root.parent):  # among the secrets: nobody else reads there
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.touch(mode=0o600)
    root.write_bytes(standin.root())
    serve_for_ever(standin, port)


def _done(data: dict[str, Any] | None) -> dict[str, Any]:
    return {"code": 0, "message": "", "data": data}
