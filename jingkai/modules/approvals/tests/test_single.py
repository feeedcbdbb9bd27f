"""A single item of the catalogue, handed in by itself: from its guide to the rating."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.data import Hindrance
from jingkai.modules.approvals.models import Application, Item, ItemVersion, Package, Power
from jingkai.modules.approvals.operations.intake import Incomplete
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.approvals.testing.project import Project, paper

pytestmark = pytest.mark.django_db
HALL_AT = "project"

CODE = "energy-review"
NOW = "2026-03-02 09:00"
FACTS = {
    "project_name": "线路板二期节能审查",
    "project_code": "",
    "project_address": "创新路 8 号",
    "contact_name": "秦经办",
    "contact_phone": "13800000001",
    "remark": "",
}


@pytest.fixture
def item(project: Project) -> Item:
    """An item whose power is in force and whose unit has a reviewing officer."""
    return Item.objects.get(code=CODE)


def begun(hall: Hall, item: Item, **facts: Any) -> Application:
    """A draft of the item with what is asked for."""
    by = hall.actor("handler", NOW)
    package = operations.open_single(item=item, by=by, at=moment(NOW))
    return operations.create_draft(
        package=package,
        enterprise_id=by.enterprise_ids[0],
        facts={**FACTS, **facts},
        by=by,
        at=moment(NOW),
    )


def filled(hall: Hall, draft: Application) -> Application:
    """The same with every material that is required."""
    by = hall.actor("handler", NOW)
    for material in draft.package.materials.filter(required=True):
        operations.add_material(
            application=draft, material=material, upload=paper(material.name), by=by, at=moment(NOW)
        )
    return draft


def republished(item: Item, *, at: str, **changes: Any) -> None:
    """A new version of the item is in force."""
    version = operations.begin_version(item=item, by=SYSTEM, at=moment(at))
    version.content = {**version.content, **changes}
    version.state = ItemVersion.State.REVIEWED
    version.save()
    operations.publish_version(
        version=version, starts_on=moment(at).date(), seen=version.version, by=SYSTEM, at=moment(at)
    )


def test_the_guide_leads_to_the_application_of_one_item(hall: Hall, item: Item, client: Client) -> None:
    hall.travel(NOW)
    hall.log_in(client, "handler")
    way = reverse("approvals:start_item", args=[CODE])
    assert way in client.get(reverse("approvals:item_guide", args=[CODE])).content.decode()
    assert item.name in client.get(way).content.decode()
    assert not Package.objects.filter(version_of__item=item).exists()
    answer = client.post(way, with_token({"enterprise": hall.cast.enterprise.pk}))
    draft = Application.objects.get()
    assert answer["Location"] == reverse("approvals:facts", args=[draft.uuid])
    page = client.get(answer["Location"]).content.decode()
    assert "contact_phone" in page
    assert "building_area" not in page
    wrong = client.post(
        answer["Location"], with_token({**FACTS, "contact_phone": "12", "version": draft.version})
    )
    assert wrong.status_code == 422
    assert "线路板二期节能审查" in wrong.content.decode()
    draft.refresh_from_db()
    right = client.post(answer["Location"], with_token({**FACTS, "version": draft.version}))
    assert right["Location"] == reverse("approvals:materials", args=[draft.uuid])
    assert client.get(right["Location"]).status_code == 200


def test_a_single_item_goes_from_the_window_to_its_sealed_result_and_rating(
    hall: Hall, project: Project, item: Item, client: Client
) -> None:
    draft = filled(hall, begun(hall, item))
    operations.submit_application(application=draft, by=hall.actor("handler", NOW), at=moment(NOW))
    matter = hall.accept(draft, at="2026-03-03 10:00")
    run = project.run(matter, "item")
    assert run.item is not None
    assert run.item.clock.promised_due_on is not None
    task, by = hall.claim(matter, "r_item", "officer_investment", at="2026-03-05 10:00")
    operations.give_opinion(task=task, outcome="agree", text="同意。", by=by, at=moment("2026-03-05 10:00"))
    project.sign(matter, "item")
    decision = project.seal(matter, "item")
    assert decision.document is not None
    assert decision.document.title == item.result_name
    fresh = hall.fresh(matter)
    assert fresh.state == Application.State.DECIDED
    handled = queries.handled_items(application_id=matter.pk)
    assert [(one.item_code, one.package_code) for one in handled] == [(CODE, CODE)]
    hall.travel("2026-03-06 09:00")
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid])).content.decode()
    assert decision.document.number_text in page
    assert 'id="network"' not in page
    assert 'id="rate"' in page


def test_what_is_missing_is_named_and_a_project_code_is_not_asked_for(hall: Hall, item: Item) -> None:
    draft = begun(hall, item, contact_phone="")
    missing = queries.list_missing(application=draft)
    assert missing[0] == "办件信息"
    assert len(missing) == 1 + draft.package.materials.filter(required=True).count()
    with pytest.raises(Incomplete):
        operations.submit_application(application=draft, by=hall.actor("handler", NOW), at=moment(NOW))


def test_without_a_power_nothing_is_taken_in_also_when_it_ends_over_a_draft(
    hall: Hall, item: Item, client: Client
) -> None:
    draft = filled(hall, begun(hall, item))
    Power.objects.filter(item=item).update(ends_on=date(2026, 2, 28))
    assert queries.hindrance_of(item, on=date(2026, 3, 2)) is Hindrance.NO_POWER
    assert item not in queries.offered_items(on=date(2026, 3, 2))
    with pytest.raises(operations.NotOffered):
        operations.submit_application(application=draft, by=hall.actor("handler", NOW), at=moment(NOW))
    hall.travel(NOW)
    hall.log_in(client, "handler")
    guide = client.get(reverse("approvals:item_guide", args=[CODE])).content.decode()
    assert reverse("approvals:start_item", args=[CODE]) not in guide
    assert client.get(reverse("approvals:start_item", args=[CODE])).status_code == 409


def test_an_item_that_nobody_reviews_is_not_offered(hall: Hall, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(unit_id=hall.cast.units["committee"].pk)
    item.refresh_from_db()
    assert queries.hindrance_of(item, on=date(2026, 3, 2)) is Hindrance.NOBODY


def test_a_new_version_of_the_guide_meets_the_draft_before_it_is_handed_in(
    hall: Hall, item: Item, client: Client
) -> None:
    draft = filled(hall, begun(hall, item))
    old = draft.package
    lines = [*item.current.content["materials"]] if item.current else []
    extra = {**lines[0], "code": "grid-letter", "name": "电网意见", "name_en": "Letter of the grid"}
    republished(item, at="2026-03-02 08:00", materials=[*lines, extra])
    with pytest.raises(operations.GuideChanged):
        operations.submit_application(application=draft, by=hall.actor("handler", NOW), at=moment(NOW))
    hall.travel(NOW)
    hall.log_in(client, "handler")
    answer = client.post(reverse("approvals:submit", args=[draft.uuid]), with_token({}))
    assert answer["Location"] == reverse("approvals:materials", args=[draft.uuid])
    fresh = Application.objects.select_related("package").get(pk=draft.pk)
    assert fresh.package_id != old.pk
    assert queries.list_missing(application=fresh) == ["电网意见"]
    assert not Package.objects.get(pk=old.pk).published


def test_a_single_item_stands_in_no_list_of_packages(hall: Hall, item: Item) -> None:
    package = operations.open_single(item=item, by=SYSTEM, at=moment(NOW))
    again = operations.open_single(item=item, by=SYSTEM, at=moment(NOW))
    assert package.pk == again.pk
    assert package.service_code == f"item:{CODE}"
    assert package not in queries.list_packages()
    with pytest.raises(operations.NoSuchService):
        operations.open_service(code=package.code, by=SYSTEM, at=moment(NOW))
    chosen = operations.open_service(code=f"item:{CODE}", by=SYSTEM, at=moment(NOW))
    assert chosen.pk == package.pk


def test_the_window_opens_a_single_item_for_a_handler(hall: Hall, item: Item) -> None:
    by = hall.actor("clerk", NOW)
    draft = operations.create_draft_at_counter(
        package=operations.open_service(code=f"item:{CODE}", by=by, at=moment(NOW)),
        enterprise_id=hall.cast.enterprise.pk,
        handler_id=hall.cast.people["handler"].pk,
        consent="本人到窗口",
        by=by,
        at=moment(NOW),
    )
    assert queries.is_single(draft.package)
