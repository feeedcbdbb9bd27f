"""Giving a rating where none has been given yet: the one way that leads to it, and which item is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import RatedItem
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.evaluations import operations
from jingkai.modules.evaluations.data import Words
from jingkai.modules.evaluations.models import Evaluation
from jingkai.modules.evaluations.operations.giving import ItemUnnamed
from jingkai.modules.evaluations.web.forms import RatingForm

pytestmark = pytest.mark.django_db

AT = "2026-03-10 09:00"


def finished(hall: Hall) -> Any:
    matter = hall.bring_to("submitted")
    hall.refuse(matter, "不属于受理范围。", at="2026-03-03 10:00")
    return approvals.rated_matter(application_id=matter.pk)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_matter_page_leads_to_the_one_way_of_rating(hall: Hall) -> None:
    matter = finished(hall)
    operations.seed_evaluations(by=SYSTEM, at=moment("2026-01-05 09:00"))
    hall.travel(AT)
    client = Client()
    user = hall.log_in(client, "handler")
    page = reverse("approvals:matter", args=[matter.uuid])
    give_page = reverse("evaluations:rate_own", args=[matter.uuid])
    assert give_page in text_of(client.get(page))
    form = with_token({"level": "1", "reasons": ["slow"], "comment": "等太久"}, user=user)
    assert client.post(give_page, form).status_code == 302
    shown = text_of(client.get(page))
    assert "1 / 5" in shown
    assert give_page not in shown
    assert reverse("evaluations:own") in shown
    assert "整改中" in text_of(client.get(reverse("evaluations:own")))


def test_a_package_asks_which_item_is_meant(hall: Hall) -> None:
    """Fourteen items of six departments: without a name nobody would know who is to answer."""
    choices = (RatedItem("energy", "节能审查", "Energy review"), RatedItem("eia", "环评", "EIA"))
    matter = replace(finished(hall), choices=choices)
    with pytest.raises(ItemUnnamed):
        operations.rate_matter(
            matter=matter, words=Words(level=5), by=hall.actor("handler", AT), at=moment(AT)
        )
    assert not Evaluation.objects.exists()
    unnamed = RatingForm({"level": "5"}, reasons=[], items=choices)
    assert set(unnamed.errors) == {"item"}
    named = RatingForm({"level": "5", "item": "eia"}, reasons=[], items=choices)
    assert named.is_valid()
    assert named.words().item == "eia"
    assert "item" not in RatingForm({"level": "5"}, reasons=[]).fields
