"""A line between the product and its database that can be slow, silent, cut, or break at the worst moment."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESET = struct.pack("ii", 1, 0)


class Line:
    """Carries every byte between a port of this machine and the socket of a server."""

    def __init__(self, server: Path) -> None:
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self.listener.getsockname()[1])
        self.cut = False
        self.delay = 0.0
        self.flows = threading.Event()
        self.flows.set()
        self.doomed: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.words = b""
        self.lock = threading.Lock()
        self.ends: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def being_cut(self) -> Iterator[None]:
        """Reset every line, and every new one, while the block runs."""
        self.cut = True
        self._reset_all()
        try:
            yield
        finally:
            self.cut = False

    @contextmanager
    def being_silent(self) -> Iterator[None]:
        """Carry nothing while the block runs; lines stay open, new ones are taken and stay silent."""
        self.flows.clear()
        try:
            yield
        finally:
            self._reset_all()
            self.flows.set()

    @contextmanager
    def being_slow(self, seconds: float) -> Iterator[None]:
        """Let every message of the product wait while the block runs."""
        self.delay = seconds
        try:
            yield
        finally:
            self.delay = 0.0

    def break_next(self, kind: str) -> None:
        """Break a line at the next `commit` or `statement`: the server gets it, its answer is lost."""
        with self.lock:
            self.doomed[kind] += 1

    def break_commit_of(self, words: str) -> None:
        """Break the line at the commit of the transaction in which these words went over it."""
        self.words = words.encode()

    def close(self) -> None:
        """Take no more lines, and end those that are there."""
        self.listener.close()
        self._reset_all()
        self.flows.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                if self.cut:
                    _reset(near)
                    continue
                threading.Thread(target=self._open, args=(near,), daemon=True).start()

    def _open(self, near: socket.socket) -> None:
        self.flows.wait()
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(str(self.server))
        except OSError:  # the server is away, too
            _reset(near)
            return
        with self.lock:
            self.ends |= {near, far}
        pair = _Pair(near, far)
        threading.Thread(target=self._back, args=(pair,), daemon=True).start()
        self._forth(pair)

    def _forth(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError):
            while data := pair.near.recv(65536):
                self.flows.wait()
                if self.delay:
                    time.sleep(self.delay)
                self._doom(pair, data)
                pair.far.sendall(data)
        self._end(pair)

    def _doom(self, pair: _Pair, data: bytes) -> None:
        """Choose this message's answer to be lost, when one of its kind is to be."""
        kind = "commit" if b"COMMIT" in data else "statement" if data[:1] in b"QPB" else ""
        with self.lock:
            if self.words and self.words in data:
                self.words, pair.chosen = b"", True
            if kind == "commit" and pair.chosen:
                pair.chosen, pair.lost = False, kind
            elif kind and self.doomed[kind]:
                self.doomed[kind] -= 1
                pair.lost = kind

    def _back(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError):
            while data := pair.far.recv(65536):
                self.flows.wait()
                if pair.lost:
                    self.broken[pair.lost] += 1
                    break
                pair.near.sendall(data)
        self._end(pair)

    def _end(self, pair: _Pair) -> None:
        with self.lock:
            self.ends -= {pair.near, pair.far}
        _reset(pair.near)
        _reset(pair.far)

    def _reset_all(self) -> None:
        with self.lock:
            ends, self.ends = self.ends, set()
        for end in ends:
            _reset(end)


class _Pair:
    """The two ends of one line."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far, self.lost, self.chosen = near, far, "", False


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
