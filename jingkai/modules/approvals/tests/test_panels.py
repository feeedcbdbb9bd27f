"""What the service hall hangs into the officers' pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.modules.approvals.testing import Hall

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
