"""The service hall as tests use it: its people, and every act of theirs in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock.api import seed_limits
from jingkai.casework.clock.models import Clock
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.calendar.api import seed_calendar
from jingkai.kernel.organisation.testing import Cast, make_cast
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Correction,
    Decision,
    Material,
    Package,
    Power,
)
from jingkai.modules.approvals.testing.papers import (
    DAYS,
    ENDINGS,
    FACTS,
    KIND_OF,
    OFFICERS,
    PACKAGE,
    STAGES,
    Moment,
    moment,
    small_file,
)
from jingkai.modules.enterprises.testing import enrol
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment
from jingkai.records.seals.api import SealDraft, make_seal
from jingkai.records.seals.models import Seal


@dataclass
class Hall:
    """The service hall with its people; every method is one act of a person at a moment."""

    cast: Cast
    package: Package
    seal: Seal
    travellers: list[Any] = field(default_factory=list)
    played: dict[str, Any] = field(default_factory=dict)
    """What stands in this hall from before the test: the objects of a stage by their names."""
    recall: Callable[[str], tuple[str, Application | None]] | None = None
    """Gives an ordinary matter that was played before, and its stage."""

    # --- who and when -----------------------------------------------------------------------------

    def actor(self, name: str, at: Moment) -> Actor:
        """A member of the cast as the actor of that day."""
        return self.cast.actor(name, timezone.localdate(moment(at)))

    def log_in(self, client: Client, name: str) -> User:
        """Sign a member of the cast in on a test client."""
        return log_in(client, self.cast.actor(name))

    def travel(self, at: Moment, *, tick: bool = True) -> datetime:
        """Set the clock of the process, so that pages live at that moment until the test ends."""
        for traveller in self.travellers:
            traveller.stop()
        self.travellers[:] = [time_machine.travel(moment(at), tick=tick)]
        self.travellers[0].start()
        return moment(at)

    # --- what is there ----------------------------------------------------------------------------

    def material(self, code: str) -> Material:
        """A material of the package."""
        return Material.objects.get(package=self.package, code=code)

    def power(self) -> Power:
        """The power under which the deciding item is decided."""
        return Power.objects.get(number=12)

    def fresh(self, application: Application) -> Application:
        """The application as it stands now."""
        return Application.objects.select_related("case", "package", "enterprise").get(pk=application.pk)

    def case(self, application: Application) -> Case:
        """The case of an application as it stands now."""
        found = self.fresh(application).case
        assert found is not None
        return found

    def task(self, application: Application, node: str) -> Task:
        """The open task at a node."""
        return Task.objects.select_related("case__flow_version").get(
            case=self.case(application), node_id=node, state=Task.State.OPEN
        )

    def item(self, application: Application, branch: str) -> ApplicationItem:
        """One department's item."""
        return ApplicationItem.objects.select_related("item", "unit").get(
            application=application, branch=branch
        )

    def clock(self, application: Application, branch: str) -> Clock:
        """The clock of one department, or the newest `acceptance` clock."""
        if branch == "acceptance":
            return application.submissions.select_related("clock").order_by("-sequence")[0].clock
        return Clock.objects.get(pk=self.item(application, branch).clock_id)

    def decision(self, application: Application) -> Decision:
        """The decision of an application."""
        return Decision.objects.select_related("document", "power").get(item__application=application)

    # --- the enterprise's acts --------------------------------------------------------------------

    def draft(self, *, at: Moment = DAYS["draft"], by: str = "handler", **facts: Any) -> Application:
        """A draft with all facts and no file."""
        actor = self.actor(by, at)
        return operations.create_draft(
            package=self.package,
            enterprise_id=actor.enterprise_ids[0],
            facts={**FACTS, **facts},
            by=actor,
            at=moment(at),
        )

    def give(
        self, application: Application, code: str, *, at: Moment, by: str = "handler", content: bytes = b""
    ) -> Attachment:
        """Put a small real file to a material."""
        material = self.material(code)
        kind = KIND_OF.get(code, "pdf")
        upload = files.receive_bytes(
            content or small_file(kind),
            name=f"{material.name}.{ENDINGS[kind]}",
            kinds=tuple(material.accepted),
        )
        return operations.add_material(
            application=application, material=material, upload=upload, by=self.actor(by, at), at=moment(at)
        )

    def give_all(
        self, application: Application, *, at: Moment = DAYS["draft"], without: tuple[str, ...] = ()
    ) -> Application:
        """Put a file to every required material."""
        for material in self.package.materials.filter(required=True).exclude(code__in=without):
            self.give(application, material.code, at=at)
        return application

    def submit(
        self, application: Application, *, at: Moment = DAYS["submitted"], by: str = "handler"
    ) -> Application:
        """Hand an application in."""
        return operations.submit_application(application=application, by=self.actor(by, at), at=moment(at))

    def supply(self, application: Application, *, at: Moment, by: str = "handler") -> Application:
        """Hand the corrections in."""
        return operations.supply_correction(application=application, by=self.actor(by, at), at=moment(at))

    # --- the officers' acts -----------------------------------------------------------------------

    def claim(self, application: Application, node: str, who: str, *, at: Moment) -> tuple[Task, Actor]:
        """Take a task out of its pool; a task that is on this person already stays there."""
        actor = self.actor(who, at)
        return cases.claim_task(task=self.task(application, node), by=actor, at=moment(at)), actor

    def accept(
        self, application: Application, *, at: Moment = DAYS["accepted"], by: str = "clerk"
    ) -> Application:
        """The window accepts."""
        task, actor = self.claim(application, "accept", by, at=at)
        return operations.accept_application(task=task, by=actor, at=moment(at))

    def correct(
        self, application: Application, faults: Mapping[str, str], *, at: Moment, by: str = "clerk"
    ) -> Correction:
        """The window tells once what must be corrected: texts by code of material."""
        task, actor = self.claim(application, "accept", by, at=at)
        lines = [FaultLine(self.material(code).pk, text) for code, text in faults.items()]
        return operations.request_correction(task=task, faults=lines, by=actor, at=moment(at))

    def refuse(self, application: Application, reason: str, *, at: Moment, by: str = "clerk") -> Application:
        """The window refuses."""
        task, actor = self.claim(application, "accept", by, at=at)
        return operations.refuse_application(task=task, reason=reason, by=actor, at=moment(at))

    def conclude(
        self,
        application: Application,
        branch: str,
        outcome: str = "agree",
        *,
        at: Moment = DAYS["reviewed"],
        by: str = "",
        text: str = "符合要求，同意。",
    ) -> ApplicationItem:
        """A department concludes."""
        task, actor = self.claim(application, branch, by or OFFICERS[branch], at=at)
        return operations.give_opinion(task=task, outcome=outcome, text=text, by=actor, at=moment(at))

    def summarise(
        self,
        application: Application,
        outcome: str = "granted",
        *,
        at: Moment = DAYS["summarised"],
        by: str = "officer_fire",
        text: str = "符合国家工程建设消防技术标准，审查合格。",
    ) -> None:
        """The leading department writes the joint conclusion."""
        task, actor = self.claim(application, "summarise", by, at=at)
        operations.summarise(task=task, outcome=outcome, text=text, by=actor, at=moment(at))

    def sign(
        self, application: Application, *, at: Moment = DAYS["signed"], by: str = "deputy_director"
    ) -> Decision:
        """The deputy director signs."""
        return operations.sign_decision(
            task=self.task(application, "sign"), text="同意", by=self.actor(by, at), at=moment(at)
        )

    def give_back(
        self, application: Application, *, at: Moment, by: str = "deputy_director", text: str = "请补写依据。"
    ) -> None:
        """The deputy director gives the draft decision back to those who wrote the conclusion."""
        operations.return_to_summary(
            task=self.task(application, "sign"), text=text, by=self.actor(by, at), at=moment(at)
        )

    def apply_seal(
        self, application: Application, *, at: Moment = DAYS["sealed"], by: str = "custodian"
    ) -> Decision:
        """The custodian applies seal no. 2."""
        return operations.apply_seal(
            task=self.task(application, "seal"), by=self.actor(by, at), at=moment(at)
        )

    def bring_to(self, stage: str, *, outcome: str = "granted", **days: str) -> Application:
        """A matter that has come to a stage; name other moments by stage: `accepted="2026-04-01 09:00"`."""
        when = {**DAYS, **days}
        ordinary = takewhile(
            lambda one: when[one] == DAYS[one] and (outcome == "granted" or one != "summarised"), STAGES
        )
        reached = STAGES[: STAGES.index(stage) + 1]
        known = [one for one in ordinary if one in reached]
        begun, application = self.recall(known[-1]) if self.recall and known else ("", None)
        if application is None:
            begun = STAGES[0]
            application = self.give_all(self.draft(at=when["draft"]), at=when["draft"])
        for step in reached[STAGES.index(begun) + 1 :]:
            self.step(application, step, at=when[step], outcome=outcome)
        return self.fresh(application)

    def step(self, application: Application, step: str, *, at: str, outcome: str = "granted") -> None:
        """Bring a matter one stage further."""
        match step:
            case "submitted":
                self.submit(application, at=at)
            case "accepted":
                self.accept(application, at=at)
            case "reviewed":
                for branch in ("airdefence", "quality", "fire"):
                    self.conclude(application, branch, at=at)
            case "summarised":
                self.summarise(application, outcome, at=at)
            case "signed":
                self.sign(application, at=at)
            case "sealed":
                self.apply_seal(application, at=at)


def make_hall(*, at: Moment = "2026-01-05 09:00") -> Hall:
    """Open the service hall: people, enterprises, calendar, limits, seal no. 2, the package."""
    cast = make_cast(at=moment(at))
    enrol(cast)
    seed_calendar(years=[2024, 2025, 2026], by=SYSTEM, at=moment(at))
    seed_limits(by=SYSTEM, at=moment(at))
    draft = SealDraft(
        code="2",
        name="经开区管理专用章（2号章）",
        name_en="Zone administration seal (no. 2)",
        ring_text="示范经济开发区管理委员会",
        line_text="管理专用章",
        number_text="（2）",
        custodian_id=cast.post("custodian").pk,
        basis="主任办公会决定",
        demo=True,
    )
    seal = make_seal(draft=draft, by=SYSTEM, at=moment(at))
    package = operations.load_package(name=PACKAGE, by=SYSTEM, at=moment(at))
    return Hall(cast, package, seal)
