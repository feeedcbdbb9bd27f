"""A session of `requests` whose calls leave by the one way out, for libraries that want one."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.data import CallFailed

Session = requests.Session


class Adapter(BaseAdapter):
    """Carries the prepared requests of a session through the egress."""

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Carry one request out."""
        del stream, timeout, verify, cert, proxies
        body = request.body.encode() if isinstance(request.body, str) else request.body
        kept = {name: str(value) for name, value in request.headers.items() if name.lower() not in _OWN}
        try:
            answer = egress.call(
                request.url or "",
                purpose=self.purpose,
                method=request.method or "GET",
                content=body if isinstance(body, bytes) else None,
                headers=kept,
            )
        except CallFailed as error:
            raise requests.ConnectionError(str(error), request=request) from error
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, answer.url, request
        response.headers.update(answer.headers)
        response.raw = BytesIO(answer.content)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers) or "utf-8"
        return response

    def close(self) -> None:
        """Nothing is kept open."""


_OWN = {"accept-encoding", "content-length", "connection", "host", "user-agent"}


def session_for(purpose: str) -> requests.Session:
    """Give a session that can do nothing but call listed hosts for this purpose."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter(purpose))
    return session
