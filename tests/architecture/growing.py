"""Rows of what casework and kernel list, made number by number, so that there can be more of the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from uuid6 import uuid7

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Migration, Task
from jingkai.casework.cases.testing import APPROVAL, NOW, finish, open_task, publish_drawing
from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.models import Card, Clock, ClockMove, Reprojection
from jingkai.casework.clock.operations import seed_limits
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.testing import publish_template, start_leave
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.models import SavedView, TodoPush
from jingkai.kernel.calendar.api import seed_calendar
from jingkai.kernel.calendar.models import CalendarDraft, CalendarVersion, CalendarYear
from jingkai.kernel.calendar.testing import SEEDED_AT
from jingkai.kernel.exchange.models import ApiToken, Exchange, Webhook, WebhookDelivery
from jingkai.kernel.notices.models import Delivery, Notice
from jingkai.kernel.organisation.models import Appointment, Delegation, Park, Post, Role, Unit
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.models import Party, Person
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.search.models import SearchDocument, SearchSynonym

FEW = 2
LIMIT = "limit"


@dataclass(slots=True)
class Growing:
    """A zone with two rows of everything, and more when asked."""

    cast: Cast
    rows: int = 0
    flow: FlowVersion = field(init=False)
    case: Case = field(init=False)
    filled: Case = field(init=False)
    run: Reprojection = field(init=False)

    def begin(self) -> None:
        """Make what there is one of, then two rows of everything."""
        seed_calendar(years=[2024, 2025, 2026], by=SYSTEM, at=SEEDED_AT)
        seed_limits(by=SYSTEM, at=SEEDED_AT)
        publish_template("leave", at=NOW)
        self.flow = publish_drawing("approval", APPROVAL)
        year = CalendarYear.objects.latest("year").year
        self.run = Reprojection.objects.create(year=year, calendar_version=9, source="国办发明电", at=NOW)
        self._add(FEW)

    def multiply(self, times: int) -> None:
        """Make as many more of everything that there are so many times as many."""
        self._add(self.rows * (times - 1))

    def addresses(self) -> list[tuple[str, str, str]]:
        """Give the lists that stand under a thing of their own: name, address, and who looks."""
        design = Design.objects.get(key="leave")
        person = Person.objects.get(pk=self.cast.officer_fire.party_id)
        rule = Rule.objects.filter(kind=LIMIT).first()
        latest = CalendarYear.objects.latest("year").year
        asked: dict[str, tuple[str, list[Any]]] = {
            "clock:moves": ("system_admin", [self.run.uuid]),
            "inbox:case": ("leader", [self.case.uuid]),
            "organisation:unit": ("system_admin", [Unit.objects.get(code="fire").party.uuid]),
            "inbox:clocks": ("leader", [self.case.uuid]),
            "inbox:print": ("leader", [self.case.uuid]),
            "inbox:leaver": ("head_fire", [person.party.uuid]),
            "forms:answers": ("officer_fire", ["leave.request"]),
            "designer:versions": ("system_admin", [design.uuid]),
            "designer:migrate": ("system_admin", [design.uuid]),
            "designer:simulate": ("system_admin", [design.uuid]),
            "rules:kind": ("system_admin", [LIMIT]),
            "rules:rule": ("system_admin", [rule.uuid if rule else ""]),
            "calendar:year": ("system_admin", [latest]),
            "accounts:person": ("system_admin", [person.party.uuid]),
        }
        found = [(name, reverse(name, args=args), who) for name, (who, args) in asked.items()]
        own = ("", "?tab=pool", "?tab=started", "?tab=handled", "?tab=read")
        found += [(f"desk {tab}", reverse("inbox:desk") + tab, "officer_fire") for tab in own]
        found += [("own cases", reverse("inbox:cases"), "officer_fire")]
        found += [("own moves", reverse("clock:moves", args=[self.run.uuid]), "officer_fire")]
        compare = reverse("designer:compare", args=[design.uuid])
        found += [("versions compared", f"{compare}?old=1&new=2", "system_admin")]
        dry_run = reverse("designer:migrate", args=[design.uuid])
        found += [("running cases in a dry run", f"{dry_run}?old=1&new=2", "system_admin")]
        leave = reverse("inbox:case", args=[self.filled.uuid])
        found += [("filled form to decide", leave, "head_fire"), ("own filled form", leave, "officer_fire")]
        return [*found, ("own cards", reverse("clock:cards"), "officer_fire")]

    def _add(self, number: int) -> None:
        for place in range(self.rows + 1, self.rows + number + 1):
            self._add_cases(place)
            self._add_clocks(place)
            self._add_designs(place)
            self._add_people(place)
            self._add_outside(place)
            self._add_rules(place)
            self._add_own(place)
        self.rows += number

    def _add_cases(self, place: int) -> None:
        """Two leaves of the fire centre, one of them claimed; a matter in parallel review, with a reader."""
        cast = self.cast
        start_leave(cast)
        self.filled = through = start_leave(cast)
        task = Task.objects.get(case=through, state=Task.State.OPEN)
        if task.assignee_id is None:
            cases.claim_task(task=task, by=cast.head_fire, at=NOW)
        self.case = cases.start_case(
            flow_key="approval",
            kind="plain",
            title="二期厂房",
            applicant=cast.enterprise,
            reference=f"SP2026-{place:05d}",
            by=cast.handler,
            at=NOW,
        )
        limit = clocks.get_limit("permit_acceptance", on=NOW.date())
        clock = clocks.start_clock(limit=limit, label="受理", by=SYSTEM, at=NOW)
        cases.attach_clock(case=self.case, key="acceptance", clock=clock, by=SYSTEM, at=NOW)
        finish(self.case, "accept", "accept", by=cast.clerk)
        fire = open_task(self.case, "fire")
        if place % 2:
            cases.claim_task(task=fire, by=cast.officer_fire, at=NOW)
        reader = cast.officer_fire.party_id
        assert reader is not None
        cases.circulate(case=self.case, to=[reader], by=cast.clerk, at=NOW)
        TodoPush.objects.create(
            task=fire, person_id=reader, state=TodoPush.State.FAILED, error="502", changed_at=NOW
        )

    def _add_clocks(self, place: int) -> None:
        officer = self.cast.officer_fire
        clock = Clock.objects.latest("pk")
        facts = {"holder_id": officer.party_id, "unit_id": officer.unit_ids[0], "due_on": clock.due_on}
        Card.objects.create(clock=clock, colour="yellow", reference=f"SP2026-{place}", issued_at=NOW, **facts)
        due = date(2026, 3, 9)
        ClockMove.objects.create(
            run=self.run,
            clock=clock,
            due_before=due,
            due_after=due + timedelta(days=1),
            holders=[officer.party_id],
        )

    def _add_designs(self, place: int) -> None:
        leave = Design.objects.get(key="leave")
        assert leave.published is not None
        row = FlowVersion.objects.get(pk=leave.published.pk)
        again = FlowVersion.objects.filter(key=row.key).latest("version").version + 1
        row.pk, row.version, row.uuid = None, again, uuid7()
        row._state.adding = True
        row.save()
        run = Migration.objects.create(
            from_version=leave.published, to_version=row, state="done", total=1, moved=1, begun_at=NOW
        )
        assert run.pk
        Design.objects.create(key=f"drawn{place}", name=f"流程{place}", bpmn=leave.bpmn, updated_at=NOW)

    def _add_people(self, place: int) -> None:
        party = self._party("unit", f"第{place}科")
        unit = Unit.objects.create(
            party=party, code=f"unit{place}", kind="bureau", parent_id=self.cast.unit("fire")
        )
        post = Post.objects.create(
            party=self._party("post", f"科长{place}"), unit=unit, title=f"科长{place}", title_en="Head"
        )
        person = Person.objects.create(party=self._party("person", f"新人{place}"))
        Appointment.objects.create(person=person, post=post, starts_on=date(2026, 1, 1))
        Role.objects.create(code=f"role{place}", name=f"角色{place}", name_en="Role", permissions=[])
        Park.objects.create(code=f"park{place}", name=f"园区{place}", name_en="Park")
        day = NOW.date() + timedelta(days=10 * place)
        for who in ("officer_fire", "clerk"):
            Delegation.objects.create(
                from_person=self.cast.person(who),
                to_person=self.cast.person("head_fire"),
                starts_on=day,
                ends_on=day + timedelta(days=2),
                reason="出差",
                created_at=NOW,
            )

    def _party(self, kind: str, name: str) -> Party:
        return Party.objects.create(kind=kind, name=name, name_en=name)

    def _add_outside(self, place: int) -> None:
        expires = NOW + timedelta(days=300)
        ApiToken.objects.create(
            name=f"系统{place}",
            contact="张三",
            scopes=["cases.read"],
            token_hash=f"{place:064d}",
            hint="jk_",
            created_at=NOW,
            expires_at=expires,
        )
        hook = Webhook.objects.create(
            name=f"系统{place}", url="https://example.com/", events=["case.closed"], created_at=NOW
        )
        WebhookDelivery.objects.create(
            webhook=hook, event="case.closed", key=str(place), payload={}, created_at=NOW
        )
        Exchange.objects.create(
            direction="out",
            system="province",
            kind="case",
            key=str(place),
            subject="办件",
            digest="0",
            created_at=NOW,
        )
        for who in ("officer_fire", "leader"):
            notice = Notice.objects.create(
                to=self.cast.person(who), kind="due_soon", key=str(place), title="即将到期", at=NOW
            )
            Delivery.objects.create(
                notice=notice, channel="sms", state="failed", to_hint="138", created_at=NOW
            )

    def _add_rules(self, place: int) -> None:
        model = Rule.objects.filter(kind=LIMIT).first()
        assert model is not None
        version = model.versions.latest("starts_on")
        rule = Rule.objects.create(kind=LIMIT, key=f"rule{place}", name=f"时限{place}", name_en="Limit")
        for owner, starts in ((rule, date(2025, 1, 1)), (model, date(1990 + place, 1, 1))):
            RuleVersion.objects.create(
                rule=owner,
                starts_on=starts,
                ends_on=starts + timedelta(days=300),
                value=version.value,
                source=version.source,
                created_by_name="甲",
                created_at=NOW,
            )
        year = CalendarYear.objects.latest("year")
        CalendarVersion.objects.create(
            year=year, number=100 + place, source="国办", fingerprint="0", by_name="甲", at=NOW
        )
        CalendarDraft.objects.create(year=year.year, source="国办", made_by_name="甲", made_at=NOW)
        SearchSynonym.objects.create(word=f"俗称{place}", official="施工许可")
        SearchDocument.objects.create(
            kind="service", object_id=90_000 + place, title="施工许可", url="/", changed_at=NOW
        )

    def _add_own(self, place: int) -> None:
        for who in ("officer_fire", "leader"):
            for page in (ListPage.DESK, ListPage.CASES):
                SavedView.objects.create(
                    person_id=getattr(self.cast, who).party_id,
                    page=page.value,
                    name=f"视图{place}",
                    query="state=open",
                    saved_at=NOW,
                )
