"""An industrial project under the package of 14 items, and its people: short ways to any stage.

def test_x(project):
    matter = project.accepted()
    project.grant(matter, "filing")          # reviewed, signed, sealed
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from jingkai.casework.cases.models import Task
from jingkai.kernel.organisation.api import PostDraft, UnitDraft, appoint, create_post, create_unit
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import (
    Application,
    ConditionRun,
    Decision,
    ItemRun,
    Mandate,
    MandateAct,
    Package,
    Power,
    Reissue,
)
from jingkai.modules.approvals.testing.hall import Hall
from jingkai.modules.approvals.testing.papers import FACTS, Moment, moment, small_file
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment
from jingkai.records.seals.api import SealDraft, make_seal

CODE = "industrial-project"
UNITS = (
    ("county_resources", UnitKind.OUTSIDE, "示范县自然资源和规划局", "County Natural Resources Bureau", ""),
    ("market", UnitKind.DISPATCHED, "市场监管分局", "Market Regulation Branch", ""),
    ("investment", UnitKind.BUREAU, "招商发展局", "Investment Bureau", ""),
    ("environment", UnitKind.DISPATCHED, "生态环境分局", "Ecology and Environment Branch", ""),
    ("resources", UnitKind.DISPATCHED, "自然资源分局", "Natural Resources Branch", "county_resources"),
)
PEOPLE = (
    ("officer_market", "market", "officer"),
    ("officer_investment", "investment", "officer"),
    ("officer_environment", "environment", "officer"),
    ("officer_resources", "resources", "officer"),
    ("officer_construction", "construction", "officer"),
    ("county_officer", "county_resources", "county_officer"),
    ("agent", "approval", "service_agent"),
)
REVIEWERS = {
    "registration": "officer_market",
    "filing": "officer_investment",
    "eia": "officer_environment",
    "energy": "officer_investment",
    "discharge": "officer_environment",
    "conditions": "officer_resources",
    "landplan": "officer_resources",
    "handover": "officer_resources",
    "design": "officer_resources",
    "worksplan": "officer_resources",
    "airdefence": "officer_airdefence",
    "waste": "officer_construction",
    "quality": "officer_quality",
    "permit": "officer_construction",
}
"""Who reviews each of the 14 items."""

CHAIN = (
    "filing",
    "conditions",
    "landplan",
    "handover",
    "design",
    "worksplan",
    "airdefence",
    "quality",
    "permit",
)
"""The items on the way to the construction permit, in an order in which they can be done."""

PLAYED_ON = "2026-03-05"


@dataclass
class Project:
    """The package and its people; every method is one act at a moment."""

    hall: Hall
    package: Package

    def actor(self, name: str, at: Moment) -> Actor:
        """A member of the cast on that day."""
        return self.hall.actor(name, at)

    def draft(self, *, at: Moment = "2026-03-02 09:00", by: str = "handler", **facts: Any) -> Application:
        """A draft with all facts and every material that is needed to apply."""
        actor = self.actor(by, at)
        application = operations.create_draft(
            package=self.package,
            enterprise_id=actor.enterprise_ids[0],
            facts={**FACTS, **facts},
            by=actor,
            at=moment(at),
        )
        for material in self.package.materials.filter(required=True):
            operations.add_material(
                application=application,
                material=material,
                upload=paper(material.name),
                by=actor,
                at=moment(at),
            )
        return application

    def accepted(self, *, at: Moment = "2026-03-03 10:00") -> Application:
        """An application that the window has accepted."""
        draft = self.draft()
        operations.submit_application(
            application=draft, by=self.actor("handler", at), at=moment("2026-03-02 10:00")
        )
        return self.hall.accept(draft, at=at)

    def supply(
        self, application: Application, code: str, *, at: Moment = "2026-03-04 09:00", by: str = "handler"
    ) -> Attachment:
        """Hand in a material that is asked for later."""
        return operations.supply_material(
            application=self.hall.fresh(application),
            material=self.package.materials.get(code=code),
            upload=paper(code),
            by=self.actor(by, at),
            at=moment(at),
        )

    def run(self, application: Application, branch: str) -> ItemRun:
        """One item as it stands now."""
        return ItemRun.objects.select_related("item__clock", "conditional").get(
            application=application, branch=branch
        )

    def state(self, application: Application, branch: str) -> str:
        """The state of one item."""
        return self.run(application, branch).state

    def states(self, application: Application) -> dict[str, str]:
        """The state of every item by its branch."""
        return dict(ItemRun.objects.filter(application=application).values_list("branch", "state"))

    def condition(self, application: Application) -> ConditionRun:
        """The land contract's course."""
        return ConditionRun.objects.get(application=application)

    def claim(self, application: Application, node: str, who: str, at: Moment) -> tuple[Task, Actor]:
        """Take a task out of its pool."""
        return self.hall.claim(application, node, who, at=at)

    def review(
        self,
        application: Application,
        branch: str,
        outcome: str = "agree",
        *,
        at: Moment = "2026-03-05 10:00",
    ) -> None:
        """The department concludes."""
        task, by = self.claim(application, f"r_{branch}", REVIEWERS[branch], at)
        operations.give_opinion(task=task, outcome=outcome, text="符合要求，同意。", by=by, at=moment(at))

    def sign(self, application: Application, branch: str, *, at: Moment = "2026-03-05 11:00") -> Decision:
        """The deputy director signs."""
        task, by = self.claim(application, f"s_{branch}", "deputy_director", at)
        return operations.sign_item(task=task, text="同意", by=by, at=moment(at))

    def seal(self, application: Application, branch: str, *, at: Moment = "2026-03-05 15:00") -> Decision:
        """The custodian seals."""
        task, by = self.claim(application, f"k_{branch}", "custodian", at)
        return operations.seal_item(task=task, by=by, at=moment(at))

    def decide(
        self, application: Application, branch: str, outcome: str = "agree", *, on: str = "2026-03-05"
    ) -> None:
        """Review, sign and, where there is something to seal, seal an item on one day."""
        self.review(application, branch, outcome, at=f"{on} 10:00")
        self.sign(application, branch, at=f"{on} 11:00")
        if self.state(application, branch) == ItemRun.State.RUNNING:
            self.seal(application, branch, at=f"{on} 15:00")

    def simulated(self, *, on: str = PLAYED_ON) -> Application:
        """A matter in which the whole chain is through, its four items of the land contract conditionally."""
        if on == PLAYED_ON and "simulated" in self.hall.played:
            return self.hall.fresh(self.hall.played["simulated"])
        matter = self.accepted()
        self.supply(matter, "design-documents")
        self.supply(matter, "construction-papers")
        for branch in CHAIN:
            self.decide(matter, branch, on=on)
        return matter

    def entrusted(self) -> Application:
        """A matter whose land planning permit is sealed and waits for the county to reissue it."""
        if "entrusted" in self.hall.played:
            return self.hall.fresh(self.hall.played["entrusted"])
        matter = self.accepted()
        self.hand_in_contract(matter, at="2026-03-04 09:00")
        self.confirm(matter, at="2026-03-04 10:00")
        for branch in ("filing", "conditions", "landplan"):
            self.decide(matter, branch)
        return matter

    def hand_in_contract(self, application: Application, *, at: Moment = "2026-03-10 09:00") -> Task:
        """The enterprise uploads the land contract; the clerk takes the check."""
        self.supply(application, "land-contract", at=at)
        return self.claim(application, "check_land_contract", "clerk", at)[0]

    def confirm(self, application: Application, *, at: Moment = "2026-03-10 10:00") -> ConditionRun:
        """The clerk finds the contract right."""
        task, by = self.claim(application, "check_land_contract", "clerk", at)
        return operations.confirm_condition(task=task, number="3208262026B00012", by=by, at=moment(at))

    def turn(self, application: Application, *, at: Moment = "2026-03-10 11:00") -> operations.Turned:
        """The custodian turns the conditional results formal."""
        task, by = self.claim(application, "turn_land_contract", "custodian", at)
        return operations.turn_formal(task=task, by=by, at=moment(at))

    def reissue(self, application: Application, *, at: Moment = "2026-03-10 15:00") -> Reissue:
        """The county's officer reissues the land planning permit."""
        task, by = self.claim(application, "x_landplan", "county_officer", at)
        return operations.reissue_result(task=task, by=by, at=moment(at))

    def mandate(self, *, at: Moment = "2026-03-02 09:00") -> Mandate:
        """A mandate of the enterprise that its agent has accepted, for every act."""
        day = moment(at).date()
        draft = operations.MandateDraft(
            enterprise_id=self.hall.cast.enterprise.pk,
            agent_id=self.hall.cast.people["agent"].pk,
            project_name=str(FACTS["project_name"]),
            acts=MandateAct.values,
            starts_on=day,
            ends_on=day + timedelta(days=300),
        )
        offered = operations.give_mandate(draft=draft, by=self.actor("handler", at), at=moment(at))
        return operations.accept_mandate(mandate=offered, by=self.actor("agent", at), at=moment(at))

    def end_power(self, number: int, *, at: Moment) -> None:
        """End a power of the package."""
        power = Power.objects.get(number=number, item__in=self.package.items.all())
        operations.change_power_state(
            power=power, state="ended", reason="到期", version=power.version, by=SYSTEM, at=moment(at)
        )


def paper(name: str) -> Any:
    """A small PDF as it arrives."""
    return files.receive_bytes(small_file("pdf"), name=f"{name}.pdf", kinds=("pdf",))


def make_project(hall: Hall, *, at: Moment = "2026-01-06 09:00") -> Project:
    """Add the package's departments, their people, the county's seal and the package to a hall."""
    cast, roles = hall.cast, {role.code: role for role in Role.objects.all()}
    for code, kind, name, name_en, home in UNITS:
        draft = UnitDraft(
            code=code,
            kind=kind,
            name=name,
            name_en=name_en,
            parent_id=None if kind is UnitKind.OUTSIDE else cast.units["committee"].pk,
            home_unit_id=cast.units[home].pk if home else None,
            order=len(cast.units),
        )
        cast.units[code] = create_unit(draft=draft, by=SYSTEM, at=moment(at))
    for key, unit, role in PEOPLE:
        post = create_post(
            unit=cast.units[unit],
            draft=PostDraft(title=f"{key} 岗", title_en=key, order=len(cast.posts)),
            by=SYSTEM,
            at=moment(at),
        )
        post.roles.set([roles[role]])
        person = register_person(
            name=f"员{len(cast.people)}",
            name_en=key,
            phone=f"137{len(cast.people):08d}",
            by=SYSTEM,
            at=moment(at),
        )
        appoint(person=person, post=post, starts_on=moment(at).date(), by=SYSTEM, at=moment(at))
        cast.people[key], cast.posts[key] = person, post
    seal = SealDraft(
        code="county-resources",
        name="示范县自然资源和规划局",
        name_en="County Natural Resources Bureau",
        ring_text="示范县自然资源和规划局",
        custodian_id=cast.posts["county_officer"].pk,
        basis="测试",
        demo=True,
    )
    make_seal(draft=seal, by=SYSTEM, at=moment(at))
    return Project(hall, operations.load_package(name=CODE, by=SYSTEM, at=moment(at)))


@pytest.fixture
def project(hall: Hall) -> Project:
    """The package of 14 items with its departments, in an open hall."""
    played: Project | None = hall.played.get("project")
    return played or make_project(hall)


def _play_project(hall: Hall) -> None:
    hall.played["project"] = make_project(hall)


def _play_simulated(hall: Hall) -> None:
    project = hall.played["project"] = make_project(hall)
    hall.played["simulated"] = project.simulated()


def _play_entrusted(hall: Hall) -> None:
    project = hall.played["project"] = make_project(hall)
    hall.played["entrusted"] = project.entrusted()


def _load_catalogue(hall: Hall) -> None:
    operations.load_catalogue(by=SYSTEM, at=moment("2026-03-02 09:00"))


stages: dict[str, Callable[[Hall], None]] = {
    "catalogue": _load_catalogue,
    "project": _play_project,
    "simulated": _play_simulated,
    "entrusted": _play_entrusted,
}
"""What a module of tests may find played already (`HALL_AT`)."""


__all__ = ["CHAIN", "CODE", "REVIEWERS", "Project", "make_project", "paper", "project", "stages"]
