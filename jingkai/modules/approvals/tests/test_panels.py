"""What the service hall hangs into the officers' pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.modules.approvals.testing import Hall

MOST = 8
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["inbox:desk", "inbox:cases"])
def test_lists_offer_approvals_as_a_kind(hall: Hall, client: Client, page: str) -> None:
    matter = hall.bring_to("submitted")
    hall.travel("2026-03-03 09:00")
    hall.log_in(client, "clerk")
    reference = hall.case(matter).reference
    shown = client.get(reverse(page), {"kind": "approvals", "tab": "pool"}).content.decode()
    assert '<option value="approvals" selected>行政审批</option>' in shown
    assert reference in shown


def test_the_page_of_a_permit_asks_at_most_eight_questions(
    hall: Hall, client: Client, django_assert_max_num_queries: Any
) -> None:
    """With the review in hand: facts, materials, fees, clocks, opinions and the trail are all there."""
    matter = hall.bring_to("accepted")
    hall.claim(matter, "fire", "officer_fire", at="2026-03-03 11:00")
    hall.travel("2026-03-03 14:00")
    hall.log_in(client, "officer_fire")
    address = reverse("inbox:case", args=[hall.case(matter).uuid])
    assert client.get(address).status_code == 200
    with django_assert_max_num_queries(MOST):
        page = client.get(address).content.decode()
    assert "二期厂房" in page
