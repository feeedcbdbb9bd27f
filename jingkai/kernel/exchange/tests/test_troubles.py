"""What a failed call means, in words: no technical text is all that a page says."""

from __future__ import annotations

import ast
from pathlib import Path

import httpcore
import pytest
from django.utils import translation

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.rules.troubles import TROUBLES, problem_words


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("ReadTimeout: timed out", "took the call, but did not answer"),
        ("result/report: ReadTimeout: the call took too long", "took the call, but did not answer"),
        ("too-slow", "took the call, but did not answer"),
        ("/seal/sign: ConnectError: [Errno 111] Connection refused", "Nobody answers at its address"),
        ("forbidden-address: hook.example leads to 10.0.0.8", "leads to an address that is never called"),
        ("not-listed: hook.example:443 (webhook)", "not on the list"),
        ("HTTP 503", "could not answer (HTTP 503)"),
        ("HTTP 404", "does not accept the call (HTTP 404)"),
        ("HTTP 302", "led elsewhere (HTTP 302)"),
        ("item/list: HTTP 500, the answer is not of this pattern", "could not answer (HTTP 500)"),
        ("item/list: HTTP 200, the answer is not of this pattern", "no answer that can be read"),
        ("order/list: the answer lacks the orders", "no answer that can be read"),
        ("/query: Expecting value: line 1 column 1 (char 0)", "no answer that can be read"),
        ("application/report: 503 升级维护中", "just now: 升级维护中 (503)"),
        ("事项编码已停用", "事项编码已停用"),
        ("", ""),
    ],
)
def test_a_problem_is_said_in_words_and_what_others_said_stays(problem: str, words: str) -> None:
    with translation.override("en"):
        assert words in problem_words(problem)


def test_every_reason_for_which_a_call_fails_has_words() -> None:
    kept = ast.walk(ast.parse(Path(egress.__file__).read_text(encoding="utf-8")))
    raised = {
        node.args[0].value
        for node in kept
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("CallRefused", "NotReached", "NoAnswer")
        and isinstance(node.args[0], ast.Constant)
    }
    faults = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
    broken = {kind.__name__ for fault in faults for kind in fault.__subclasses__()}
    assert "forbidden-address" in raised
    assert (raised | broken) - set(TROUBLES) <= {"PoolTimeout"}
