"""The one way by which a call leaves the house.

Every host stands on the allow-list (effective-dated rules, and the addresses that the environment names) for
a purpose. Its name is resolved here, each address it gives is judged, and the connection goes to exactly such
an address: between the judgement and the call the name cannot change its mind. Redirects are followed only
for reading and judged like a call of their own. One clock limits the whole call; answers have a largest size.
No other module opens a connection over HTTP (tests/architecture/test_egress.py).
"""

from __future__ import annotations

import json as json_module
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpcore
from django.utils import timezone

from jingkai.kernel.exchange.connectors.authorities import tls_for
from jingkai.kernel.exchange.data import (
    Answer,
    CallFailed,
    CallRefused,
    Limits,
    NoAnswer,
    NotReached,
    Streamed,
    Target,
)
from jingkai.kernel.exchange.queries.targets import list_targets
from jingkai.kernel.exchange.rules.addresses import may_connect
from jingkai.kernel.exchange.rules.targets import read_url
from jingkai.kernel.hooks.api import traced

USUAL = Limits()
AGENT = "Jingkai/1"
TRACES = "traces"
"""The purpose of the calls that carry traces away: following them would never end."""
REDIRECTS = (301, 302, 303, 307, 308)
_BEFORE_SENDING = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


def call(
    url: str,
    *,
    purpose: str,
    method: str = "GET",
    json: Any = None,
    form: Mapping[str, str] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits = USUAL,
) -> Answer:
    """Call an address outside and give its answer, whatever its status.

    Errors: CallRefused (we did not call), NotReached (nothing was sent), NoAnswer (perhaps taken in).
    """
    body, sent = _body(json, form, content)
    sent = {**sent, **{name.lower(): value for name, value in (headers or {}).items()}}
    deadline = time.monotonic() + limits.seconds
    for _step in range(limits.redirects + 1):
        answer = _once(url, purpose, method, body, sent, limits, deadline)
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or method not in ("GET", "HEAD") or not target:
            return answer
        former, url = url, _led_to(url, target)
        if urlsplit(former).netloc != urlsplit(url).netloc:
            sent = {name: value for name, value in sent.items() if name != "authorization"}
        if url.startswith("http://") and former.startswith("https://"):
            raise CallRefused("bad-redirect", "an encrypted address led to an unencrypted one")
    raise NoAnswer("too-many-redirects")


def _led_to(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise CallRefused("bad-redirect", str(error)) from error


def check(url: str, *, purpose: str) -> Target:
    """Tell by which entry of the list an address may be called. Error: CallRefused.

    Nothing is resolved: that is done anew at every call.
    """
    scheme, host, port, _rest = read_url(url)
    for target in list_targets(on=timezone.localdate()):
        if (target.host, target.port) != (host, port) or purpose not in target.purposes:
            continue
        if scheme == "https" or target.plain_http:
            return target
        raise CallRefused("not-encrypted", host)
    raise CallRefused("not-listed", f"{host}:{port} ({purpose})")


def _once(
    url: str,
    purpose: str,
    method: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: Limits,
    deadline: float,
) -> Answer:
    with (
        _followed(url, purpose, method),
        _asking(url, purpose, method, body, len(body), headers, limits, deadline) as response,
    ):
        return Answer(response.status, _told(response), _read(response.iter_stream(), limits.most_bytes), url)


@contextmanager
def stream(
    url: str,
    *,
    purpose: str,
    method: str = "GET",
    content: Iterable[bytes] = (),
    length: int = 0,
    headers: Mapping[str, str] | None = None,
    limits: Limits = USUAL,
) -> Iterator[Streamed]:
    """Call an address outside with a body that is read piece by piece, and give its answer piece by piece.

    For what does not fit into memory. `length` is the body's, told beforehand; no redirect is followed.
    Errors as those of `call`, also while the pieces are read.
    """
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    deadline = time.monotonic() + limits.seconds
    try:
        with (
            _followed(url, purpose, method),
            _asking(url, purpose, method, content, length, sent, limits, deadline) as response,
        ):
            try:
                yield Streamed(response.status, _told(response), response.iter_stream())
            except (OSError, ValueError) as error:
                raise _Readers(error) from error
    except _Readers as told:
        raise told.error from None


class _Readers(Exception):
    """An error of whoever reads the pieces, such as a full disk; the connection is not to blame."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _followed(url: str, purpose: str, method: str) -> AbstractContextManager[Any]:
    """What is called is followed by purpose and host; an address may hold personal data. Traces are not."""
    if purpose == TRACES:
        return nullcontext()
    _scheme, host, _port, _rest = read_url(url)
    return traced(f"call {purpose}", kind="client", method=method, host=host)


@contextmanager
def _asking(
    url: str,
    purpose: str,
    method: str,
    body: bytes | Iterable[bytes],
    length: int,
    headers: Mapping[str, str],
    limits: Limits,
    deadline: float,
) -> Iterator[httpcore.Response]:
    target = check(url, purpose=purpose)
    scheme, host, port, rest = read_url(url)
    addresses = resolve(host, port, internal=target.internal, seconds=min(limits.connect, _left(deadline)))
    sent = {"host": host_header(url), "user-agent": AGENT, "accept-encoding": "identity", **headers}
    if length or method in ("POST", "PUT", "PATCH"):
        sent["content-length"] = str(length)
    with _speaking(host, addresses, limits, deadline) as pool:
        request = httpcore.URL(
            scheme=scheme.encode(), host=host.encode(), port=port, target=rest.encode("ascii", "replace")
        )
        pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
        carried = (body if isinstance(body, bytes) else iter(body)) if length else None
        with pool.stream(method, request, headers=pairs, content=carried) as response:
            yield response


def _told(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def host_header(url: str) -> str:
    """Give the host of an address as a call tells it: with its port where that is not the usual one."""
    scheme, host, port, _rest = read_url(url)
    authority = f"[{host}]" if ":" in host else host
    return authority if (scheme, port) in (("https", 443), ("http", 80)) else f"{authority}:{port}"


@contextmanager
def _speaking(
    host: str, addresses: list[str], limits: Limits, deadline: float
) -> Iterator[httpcore.ConnectionPool]:
    """A connection to these addresses only; what goes wrong on it is told apart by what was sent."""
    pool = httpcore.ConnectionPool(
        ssl_context=tls_for(host),
        max_connections=1,
        network_backend=Pinned(addresses, limits.connect, deadline),
    )
    try:
        with pool:
            yield pool
    except CallFailed:
        raise
    except _BEFORE_SENDING as error:
        raise NotReached(type(error).__name__, str(error)) from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NoAnswer(type(error).__name__, str(error)) from error
    except (ValueError, httpcore.UnsupportedProtocol) as error:
        raise CallRefused("bad-call", str(error)) from error


def _read(parts: Iterable[bytes], most: int) -> bytes:
    content = bytearray()
    for part in parts:
        content += part
        if len(content) > most:
            raise NoAnswer("too-large", f"more than {most} bytes")
    return bytes(content)


def _body(json: Any, form: Mapping[str, str] | None, content: bytes | None) -> tuple[bytes, dict[str, str]]:
    if json is not None:
        return json_module.dumps(json, ensure_ascii=False).encode(), {"content-type": "application/json"}
    if form is not None:
        return urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
    return content or b"", {}


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NoAnswer("too-slow")
    return left


def resolve(host: str, port: int, *, internal: bool, seconds: float) -> list[str]:
    """Give the addresses behind a name; one that may not be called among them spoils them all.

    Errors: NotReached, CallRefused.
    """
    work = _resolvers.submit(look_up, host, port)
    try:
        found = work.result(timeout=seconds)
    except TooSlow as error:
        raise NotReached("no-name-service", host) from error
    except (OSError, UnicodeError) as error:
        raise NotReached("unknown-host", host) from error
    for address in found:
        if not may_connect(address, internal=internal):
            raise CallRefused("forbidden-address", f"{host} leads to {address}")
    if not found:
        raise NotReached("unknown-host", host)
    return found


def look_up(host: str, port: int) -> list[str]:
    """Ask the name service; tests put another in its place."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Pinned(httpcore.NetworkBackend):
    """Connects to addresses that were judged, whatever name the request bears, under one clock."""

    def __init__(self, addresses: list[str], connect: float, deadline: float) -> None:
        self.addresses, self.connect, self.deadline = addresses, connect, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Open a connection to the first judged address that answers."""
        del host, timeout, local_address, socket_options
        last: Exception = httpcore.ConnectError("no address")
        for address in self.addresses:
            left = min(self.connect, self.deadline - time.monotonic())
            if left <= 0:
                raise httpcore.ConnectTimeout("too slow")
            try:
                return Timed(open_connection(address, port, left), self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


def open_connection(address: str, port: int, timeout: float) -> httpcore.NetworkStream:
    """Open one connection to a number; the only place of the product that does."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=timeout)


class Timed(httpcore.NetworkStream):
    """A connection on which no step may last beyond the deadline of the whole call."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def _seconds(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call took too long")
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        del timeout
        return self.stream.read(max_bytes, timeout=self._seconds())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        del timeout
        self.stream.write(buffer, timeout=self._seconds())

    def close(self) -> None:
        """End the connection."""
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt the connection; the certificate must be that of the name, not of the number."""
        del timeout
        return Timed(
            self.stream.start_tls(ssl_context, server_hostname, timeout=self._seconds()), self.deadline
        )

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self.stream.get_extra_info(info)
