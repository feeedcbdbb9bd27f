"""A power that ends while a matter runs: no signature, the head is told, it is renewed or handed on."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.casework.clock.models import Clock
from jingkai.kernel.hooks.api import doctor_checks
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Power, PowerGap
from jingkai.modules.approvals.operations.power_gaps import HandOverNeedsReason, PowerInForce
from jingkai.modules.approvals.rules import NoValidPower
from jingkai.modules.approvals.testing import DAYS, Hall, moment

pytestmark = pytest.mark.django_db
SIGNED = moment(DAYS["signed"])
END = date(2026, 3, 5)


@pytest.fixture
def lapsed(hall: Hall) -> Application:
    """A matter ready to be signed whose power ended the day before."""
    matter = hall.bring_to("summarised")
    Power.objects.filter(number=12).update(ends_on=END)
    operations.check_gaps(by=SYSTEM, at=SIGNED)
    return matter


def test_nobody_signs_and_the_head_is_told_once(hall: Hall, lapsed: Application) -> None:
    with pytest.raises(NoValidPower):
        hall.sign(lapsed)
    assert operations.check_gaps(by=SYSTEM, at=SIGNED) == (0, 0)
    readers = list(Notice.objects.filter(kind="power_lapsed").values_list("to_id", flat=True))
    assert sorted(readers) == sorted(
        [hall.cast.catalogue_editor.party_id, hall.cast.head_fire.party_id]  # type: ignore[list-item]
    )
    assert PowerGap.objects.get(application=lapsed).settled_at is None


def test_the_matter_shows_it_and_so_do_register_and_doctor(hall: Hall, lapsed: Application) -> None:
    hall.travel(SIGNED)
    task, _by = hall.claim(lapsed, "sign", "deputy_director", at=DAYS["signed"])
    client = Client()
    hall.log_in(client, "deputy_director")
    case = client.get(reverse("inbox:case", args=[hall.case(lapsed).uuid])).content.decode()
    told, form = case.index("任何人不得签发"), case.index(reverse("approvals:sign", args=[task.uuid]))
    assert told < form, "it is told above the form, also on a phone"
    assert f'href="{reverse("approvals:hand_over", args=[lapsed.uuid])}"' in case, "the way on is a link"
    editor = Client()
    hall.log_in(editor, "catalogue_editor")
    assert "失去赋权的办件" in editor.get(reverse("approvals:manage_powers")).content.decode()
    check = next(one for one in doctor_checks.all() if one.name == "powers")
    assert check.run().state == "fail"


def test_the_applicant_is_told_that_nobody_may_decide_today(hall: Hall, lapsed: Application) -> None:
    hall.travel(SIGNED)
    client = Client()
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[lapsed.uuid])).content.decode()
    assert "经开区办理本事项的赋权已经失效" in page
    Power.objects.filter(number=12).update(ends_on=date(2028, 12, 31))
    page = client.get(reverse("approvals:matter", args=[lapsed.uuid])).content.decode()
    assert "赋权已经失效" not in page


def test_a_renewed_power_lets_the_matter_go_on(hall: Hall, lapsed: Application) -> None:
    power, editor = hall.power(), hall.actor("catalogue_editor", SIGNED)
    draft = operations.PowerDraft(
        item_id=power.item_id,
        basis=power.basis,
        entruster_id=hall.cast.unit("county_airdefence"),
        exercised_by_id=power.exercised_by_id,
        instrument="县委托〔2026〕20号",
        starts_on=SIGNED.date(),
        ends_on=date(2028, 12, 31),
    )
    operations.enter_power(draft=draft, reason="续期", by=editor, at=SIGNED)
    assert PowerGap.objects.get(application=lapsed).ending == PowerGap.Ending.RENEWED
    decision = hall.sign(lapsed)
    assert decision.power.instrument == "县委托〔2026〕20号"


def test_a_power_that_ends_between_signature_and_seal(hall: Hall) -> None:
    matter = hall.bring_to("signed")
    Power.objects.filter(number=12).update(ends_on=date(2026, 3, 6))
    with pytest.raises(NoValidPower):
        hall.apply_seal(matter)
    old = hall.power()
    Power.objects.create(
        number=99,
        item=old.item,
        basis=old.basis,
        organ="另一个机关",
        organ_en="Another organ",
        respondent="另一个机关",
        respondent_en="Another organ",
        exercised_by=old.exercised_by,
        instrument="x",
        starts_on=date(2026, 3, 7),
        ends_on=date(2027, 3, 7),
    )
    with pytest.raises(NoValidPower):
        hall.apply_seal(matter)
    Power.objects.filter(number=99).update(organ=old.organ)
    assert hall.apply_seal(matter).sealed_at is not None


def test_a_matter_is_handed_to_the_organ_with_all_its_papers(hall: Hall, lapsed: Application) -> None:
    signer = hall.actor("deputy_director", SIGNED)
    with pytest.raises(HandOverNeedsReason):
        operations.hand_to_organ(application=lapsed, organ="县住建局", reason=" ", by=signer, at=SIGNED)
    operations.hand_to_organ(application=lapsed, organ="县住建局", reason="委托到期", by=signer, at=SIGNED)
    found = hall.fresh(lapsed)
    assert found.state == Application.State.HANDED
    assert found.case is not None
    assert (found.case.state, found.case.outcome) == ("closed", "handed")
    assert not Clock.objects.filter(pk__in=[i.clock_id for i in found.items.all()], state="running").exists()
    notice = Notice.objects.get(kind="application_handed", to_id=hall.cast.handler.party_id)
    assert "县住建局" in notice.title
    gap = PowerGap.objects.get(application=lapsed)
    assert (gap.ending, gap.reason) == (PowerGap.Ending.HANDED, "委托到期")


def test_a_matter_with_a_power_is_not_handed_on(hall: Hall) -> None:
    matter = hall.bring_to("summarised")
    signer = hall.actor("deputy_director", SIGNED)
    with pytest.raises(PowerInForce):
        operations.hand_to_organ(application=matter, organ="县住建局", reason="不想办", by=signer, at=SIGNED)


def test_a_suspended_power_opens_a_gap_at_once_and_its_return_closes_it(hall: Hall) -> None:
    matter = hall.bring_to("summarised")
    editor = hall.actor("catalogue_editor", SIGNED)
    power = hall.power()
    for state, ending in (("suspended", ""), ("active", "renewed")):
        power = operations.change_power_state(
            power=power, state=state, reason="检查", version=power.version, by=editor, at=SIGNED
        )
        assert PowerGap.objects.get(application=matter).ending == ending
