"""Cards: who sees, appeals and decides; the list, its filter and export."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock import operations
from jingkai.casework.clock.models import Card
from jingkai.casework.clock.queries import CardCursor, CardFilter, list_cards
from jingkai.casework.clock.rules.cards import CannotAppeal, CannotDecide
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.submissions.testing import with_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 4, 1, 10, tzinfo=ZONE)


@pytest.fixture
def make_card(cast: Cast) -> Any:
    """Makes cards for the officer of fire safety."""

    def make(number: int = 1, colour: str = "yellow", holder: Actor | None = None) -> Card:
        at = datetime(2026, 3, 2, 10, tzinfo=ZONE)
        limit = clocks.get_limit("permit_acceptance", on=at.date())
        clock = clocks.start_clock(limit=limit, label="受理", by=SYSTEM, at=at)
        officer = holder or cast.officer_fire
        return Card.objects.create(
            clock=clock,
            colour=colour,
            reference=f"SP2026-{number:05}",
            title="=二期厂房",
            holder_id=officer.party_id,
            unit_id=officer.unit_ids[0],
            due_on=clock.due_on,
            issued_at=NOW + timedelta(minutes=number // 2),
            appeal_until=date(2026, 4, 9),
        )

    return make


def test_only_its_unit_appeals_against_a_card_that_nobody_held(make_card: Any, cast: Cast) -> None:
    card = make_card()
    Card.objects.filter(pk=card.pk).update(holder=None)
    card.refresh_from_db()
    with pytest.raises(CannotAppeal):
        operations.appeal_card(card=card, text="不服", by=cast.officer_quality, at=NOW)
    operations.appeal_card(card=card, text="不服", by=cast.officer_fire_2, at=NOW)


def test_appeal_is_decided_by_a_supervisor_and_told(make_card: Any, cast: Cast) -> None:
    card = make_card()
    operations.appeal_card(card=card, text="材料系外单位迟交。", by=cast.officer_fire, at=NOW)
    assert Notice.objects.filter(kind="card_appealed", to=cast.leader.party_id).count() == 1
    card = operations.decide_card(card=card, withdraw=True, reason="属实。", by=cast.leader, at=NOW)
    assert (card.state, card.decided_by_id) == (Card.State.WITHDRAWN, cast.leader.party_id)
    assert Notice.objects.filter(kind="card_withdrawn", to=cast.officer_fire.party_id).count() == 1
    assert [line.action for line in entries_of(card)] == ["card.appeal", "card.decide"]
    with pytest.raises(CannotDecide):
        operations.decide_card(card=card, withdraw=False, reason="再议", by=cast.leader, at=NOW)
    with pytest.raises(CannotAppeal):
        operations.appeal_card(card=card, text="再申诉", by=cast.officer_fire, at=NOW)


def test_wrong_people_days_and_empty_words_are_refused(make_card: Any, cast: Cast) -> None:
    card = make_card()
    for who in (cast.officer_quality, cast.officer_fire_2, cast.head_fire, cast.leader):
        with pytest.raises(CannotAppeal):
            operations.appeal_card(card=card, text="不服", by=who, at=NOW)
    with pytest.raises(CannotAppeal):
        operations.appeal_card(card=card, text="  ", by=cast.officer_fire, at=NOW)
    with pytest.raises(CannotAppeal):
        operations.appeal_card(card=card, text="不服", by=cast.officer_fire, at=NOW + timedelta(days=9))
    with pytest.raises(CannotDecide):
        operations.decide_card(card=card, withdraw=True, reason="x", by=cast.leader, at=NOW)
    operations.appeal_card(card=card, text="不服", by=cast.officer_fire, at=NOW)
    for who in (cast.head_fire, cast.officer_fire):
        with pytest.raises(CannotDecide):
            operations.decide_card(card=card, withdraw=True, reason="x", by=who, at=NOW)
    with pytest.raises(CannotDecide):
        operations.decide_card(card=card, withdraw=True, reason=" ", by=cast.leader, at=NOW)


def test_nobody_decides_about_a_card_of_their_own(make_card: Any, cast: Cast) -> None:
    card = make_card(holder=cast.leader)
    operations.appeal_card(card=card, text="不服", by=cast.leader, at=NOW)
    with pytest.raises(CannotDecide, match=r".") as refused:
        operations.decide_card(card=card, withdraw=True, reason="x", by=cast.leader, at=NOW)
    assert refused.value.status == 403


def test_pages_of_cards_lose_nothing_though_moments_are_equal(make_card: Any, cast: Cast) -> None:
    made = {make_card(number, "red" if number % 3 else "yellow").pk for number in range(11)}
    seen: list[int] = []
    after: CardCursor | None = None
    while True:
        page, after = list_cards(actor=cast.leader, wanted=CardFilter(), after=after, limit=3)
        seen += [card.pk for card in page]
        if after is None:
            break
        after = CardCursor.parse(str(after))
    assert (len(seen), set(seen)) == (11, made)
    yellow, _more = list_cards(actor=cast.leader, wanted=CardFilter(colour="yellow"))
    assert len(yellow) == 4
    assert list_cards(actor=cast.officer_quality, wanted=CardFilter())[0] == []
    assert len(list_cards(actor=cast.officer_fire_2, wanted=CardFilter())[0]) == 11


@pytest.mark.parametrize("damaged", ["", "x", "~", "2026-13-01~1", "2026-04-01T00:00:00~1", "9" * 40])
def test_damaged_cursor_is_the_beginning(damaged: str) -> None:
    assert CardCursor.parse(damaged) is None


def test_list_filter_and_export(
    make_card: Any, cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        make_card(number, "red" if number else "yellow")
    log_in(client, cast.leader)
    with time_machine.travel(NOW), django_assert_max_num_queries(12):
        page = client.get("/clocks/cards?colour=red&state=standing&since=2026-03-01&unit=nonsense")
    assert page.status_code == 200
    assert page.content.decode().count("SP2026-") == 3
    with time_machine.travel(NOW):
        book = load_workbook(
            io.BytesIO(b"".join(client.get("/clocks/cards.xlsx?colour=red").streaming_content))
        )
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 4
    assert rows[1][3] == "=二期厂房"
    assert book.worksheets[0].cell(2, 4).data_type == "s"


def test_card_page_appeal_and_decision_in_the_browser(make_card: Any, cast: Cast, client: Client) -> None:
    card = make_card()
    url = f"/clocks/cards/{card.uuid}"
    with time_machine.travel(NOW):
        user = log_in(client, cast.officer_fire)
        assert "申诉理由" in client.get(url).content.decode()
        assert client.post(f"{url}/appeal", with_token({"text": ""}, user=user)).status_code == 200
        sent = client.post(f"{url}/appeal", with_token({"text": "不服"}, user=user))
        assert sent.status_code == 302
        assert "申诉理由" not in client.get(url).content.decode()
        user = log_in(client, cast.leader)
        page = client.get(url).content.decode()
        assert "不服" in page
        given = {"withdraw": "0", "reason": "逾期属实。"}
        assert client.post(f"{url}/decide", with_token(given, user=user)).status_code == 302
        log_in(client, cast.officer_quality)
        assert client.get(url).status_code == 404
    card.refresh_from_db()
    assert (card.state, card.decision) == ("upheld", "逾期属实。")


def queries_of(client: Client, url: str) -> int:
    """Count all that a page asks, session and menu included, once the process has warmed up."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ["leader", "head_fire", "officer_fire"])
@pytest.mark.parametrize("query", ["", "?colour=yellow", "?state=standing"])
def test_the_list_asks_at_most_eight_queries_however_many_cards(
    make_card: Any, cast: Cast, client: Client, who: str, query: str
) -> None:
    with time_machine.travel(NOW + timedelta(days=1)):
        log_in(client, getattr(cast, who))
        make_card(1)
        few = queries_of(client, f"/clocks/cards{query}")
        for number in range(2, 63):
            make_card(number)
        many = queries_of(client, f"/clocks/cards{query}")
    assert many == few <= 8


def test_a_card_asks_at_most_eight_queries(make_card: Any, cast: Cast, client: Client) -> None:
    card = make_card()
    with time_machine.travel(NOW + timedelta(days=1)):
        log_in(client, cast.officer_fire)
        assert queries_of(client, f"/clocks/cards/{card.uuid}") <= 8
