"""Hand-over: what is open is frozen, two people sign, papers are asked for until passed on."""

from __future__ import annotations

import pytest

from jingkai.modules.windows.operations import handover
from jingkai.modules.windows.queries import rota
from jingkai.modules.windows.testing import Counters


def test_what_is_open_is_frozen_and_signed_by_both(counters: Counters) -> None:
    counters.take()
    clerk, other, window = counters.actor("clerk"), counters.actor("clerk_2"), counters.window(1)
    paper = handover.receive_paper(
        window=window,
        name="营业执照复印件",
        copies=2,
        giver="吴先生",
        ticket_number="A001",
        by=clerk,
        at=counters.at,
    )
    taker = counters.cast.person("clerk_2").party
    row = handover.hand_over(window=window, taker=taker, note="", by=clerk, at=counters.at)
    handover.pass_on_paper(paper=paper, to="建设局", by=clerk, at=counters.at)
    assert [one["number"] for one in row.waiting] == ["A001"]
    assert [one["name"] for one in row.papers] == ["营业执照复印件"]
    assert (row.cash_none, list(rota.papers_at(window))) == (True, [])
    with pytest.raises(handover.NotToYou):
        handover.take_over(handover=row, remark="", by=clerk, at=counters.at)
    assert handover.take_over(handover=row, remark="已核对", by=other, at=counters.at).taken_at
    with pytest.raises(handover.NotToYou):
        handover.take_over(handover=row, remark="", by=other, at=counters.at)


def test_a_window_is_handed_over_once_and_to_somebody_else(counters: Counters) -> None:
    clerk, window = counters.actor("clerk"), counters.window(1)
    own = counters.cast.person("clerk").party
    with pytest.raises(handover.ToYourself):
        handover.hand_over(window=window, taker=own, note="", by=clerk, at=counters.at)
    taker = counters.cast.person("clerk_2").party
    handover.hand_over(window=window, taker=taker, note="", by=clerk, at=counters.at)
    with pytest.raises(handover.AlreadyHandedOver):
        handover.hand_over(window=window, taker=taker, note="", by=clerk, at=counters.at)
