"""A mail server for one machine: speaks SMTP, keeps what it gets, and misbehaves on request."""
# ruff: noqa: ARG002 - the handlers have the arguments that aiosmtpd gives

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from jingkai.kernel.notices.standins.store import MessageStore


class MailStandIn:
    """A mail server on a port of this machine (0: a free one), running while the block is open.

    `answer` replaces the answer to a message (`"451 try later"`), `recipient_answer` that to a recipient;
    `delay` makes it slow.
    """

    def __init__(self, *, store: MessageStore, port: int = 0) -> None:
        self.store, self.port = store, port
        self.answer = ""
        self.recipient_answer = ""
        self.delay = 0.0
        self.conversations = 0
        self._controller: Controller | None = None

    def __enter__(self) -> MailStandIn:
        self._controller = _OnFreePort(self, hostname="127.0.0.1", port=self.port, decode_data=False)
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller is not None:
            self._controller.stop(no_assert=True)

    async def handle_EHLO(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count a conversation."""
        self.conversations += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or answer as told."""
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, or answer as told."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answer:
            return self.answer
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        id_ = str(message["Message-ID"] or "").strip("<>") or "unnamed"
        self.store.put("mail", id_, {**_parts(message), "to": envelope.rcpt_tos, "from": envelope.mail_from})
        return "250 Message accepted"


class _OnFreePort(Controller):
    """A controller that may be given port 0: it tests itself at the port that it got."""

    def _trigger_server(self) -> None:
        self.port = cast(Any, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _parts(message: EmailMessage) -> dict[str, Any]:
    bodies = {
        kind: part.get_content() if (part := message.get_body((kind,))) is not None else ""
        for kind in ("plain", "html")
    }
    headers = {name: str(value) for name, value in message.items()}
    return {
        "subject": str(message["Subject"] or ""),
        "text": bodies["plain"],
        "html": bodies["html"],
        "headers": headers,
    }
