"""An industrial project of the demonstration: its agent's mandate, and a package of 14 items under way."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.config.demo import organisation
from jingkai.config.demo.matters import project_facts
from jingkai.config.demo.papers import make_file
from jingkai.config.demo.telling import actor, anchor_of, working_day
from jingkai.kernel.calendar import api as calendar
from jingkai.modules.approvals import api as approvals
from jingkai.records.files import api as files

logger = logging.getLogger(__name__)
PROJECT = "年产 120 万平方米高频线路板项目"


def seed(at: datetime) -> None:
    """Play the project once; where its limits reach beyond the loaded calendar it is left out."""
    if approvals.has_mandates():
        return
    try:
        with transaction.atomic():
            _play(at)
    except calendar.CalendarYearMissing as missing:
        logger.warning("the project is left out: %s", missing)


def _play(now: datetime) -> None:
    start = working_day(anchor_of(timezone.localdate(now)), 6)

    def moment(day: int, hour: int) -> datetime:
        on = calendar.get_calendar().add_working_days(start, day) if day else start
        return min(timezone.make_aware(datetime.combine(on, time(hour))), now)

    application = _applied(start, moment(0, 9), moment(0, 15))
    _accepted(application, moment(1, 10))
    for branch, login in (("filing", "touzi"), ("conditions", "ziran")):
        day = 2 if branch == "filing" else 4
        _reviewed(application, branch, login, moment(day, 10))
        approvals.seal_item(**_act(application, f"k_{branch}", "yinzhang", moment(day, 16)))
    _reviewed(application, "landplan", "ziran", moment(5, 14))


def _applied(start: date, given: datetime, handed_in: datetime) -> Any:
    owner = actor("chengguang", given)
    agent = organisation.person_id("daiban")
    offered = approvals.give_mandate(
        draft=approvals.MandateDraft(
            enterprise_id=owner.enterprise_ids[0],
            agent_id=agent,
            project_name=PROJECT,
            acts=("draft", "upload", "submit", "supply", "answer"),
            starts_on=start,
            ends_on=start + timedelta(days=365),
        ),
        by=owner,
        at=given,
    )
    by = actor("daiban", given)
    mandate = approvals.accept_mandate(mandate=offered, by=by, at=given)
    package = approvals.get_package(code="industrial-project")
    facts = project_facts(PROJECT, owner)
    application = approvals.open_for_enterprise(
        mandate=mandate, package=package, facts=facts, by=by, at=given
    )
    acting = approvals.act_under(mandate, act="upload", by=by, on=start)
    for material in approvals.list_materials(package):
        if material.required:
            content = make_file("pdf", material.name, PROJECT, given)
            upload = files.receive_bytes(content, name=f"{material.name}.pdf", kinds=("pdf",))
            approvals.add_material(
                application=application, material=material, upload=upload, by=acting, at=given
            )
    return approvals.submit_application(application=application, by=acting, at=handed_in)


def _accepted(application: Any, at: datetime) -> None:
    approvals.accept_application(**_act(application, "accept", "chuangkou2", at))


def _reviewed(application: Any, branch: str, login: str, at: datetime) -> None:
    """A department agrees and the deputy director signs."""
    task = _act(application, f"r_{branch}", login, at)
    approvals.give_opinion(**task, outcome="agree", text="材料齐全，符合法定条件和标准，同意。")
    approvals.sign_item(**_act(application, f"s_{branch}", "fuzhuren", at), text="同意")


def _act(application: Any, node: str, login: str, at: datetime) -> dict[str, Any]:
    by = actor(login, at)
    task = Task.objects.select_related("case").get(case=application.case, node_id=node, state=Task.State.OPEN)
    cases.claim_task(task=task, by=by, at=at)
    return {"task": Task.objects.select_related("case").get(pk=task.pk), "by": by, "at": at}
