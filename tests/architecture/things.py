"""One thing of every kind that an address can name, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import open_task, publish_drawing
from jingkai.casework.clock.models import Card
from jingkai.casework.designer.testing import publish_template, start_leave
from jingkai.casework.forms.api import sheets_of
from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.models import SavedView
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.exchange.operations.whole_lists import path_of
from jingkai.kernel.federation.api import ProviderDraft, add_provider
from jingkai.kernel.federation.models import Link
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.api import delegate
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.api import rated_matter, receive_order
from jingkai.modules.approvals.operations import (
    ask_applicant,
    ask_for_replacement,
    decide_seal_use,
    send_to_seal,
)
from jingkai.modules.approvals.testing import DAYS, Hall, moment
from jingkai.modules.approvals.testing.project import make_project
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.enterprises.models import Enterprise, Invitation
from jingkai.modules.enterprises.operations import start_hand_over
from jingkai.modules.evaluations import operations as evaluations
from jingkai.modules.evaluations.data import Visit, Words
from jingkai.modules.hotline.api import open_order
from jingkai.modules.licences import api as licences
from jingkai.modules.licences.data import Use
from jingkai.modules.licences.testing import put_in
from jingkai.modules.windows.testing import windows_things
from jingkai.records.files.models import Attachment

TODAY = "2026-03-10 09:00"
"""The day after the sealed matter was sealed; the walk lives on it."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A page about one thing: which, who may, and who of the same rights may not.

    `more` gives the address' further parts. Intruders into a task include those who work on the same matter
    and the holder's own colleagues.
    """

    thing: str
    owner: str
    intruders: tuple[str, ...]
    more: Mapping[str, str] = field(default_factory=dict)


RIVALS = ("other_handler", "stranger")
ON_THE_MATTER = ("clerk", "clerk_2", "officer_quality", "officer_airdefence", "deputy_director", "leader")
OF_THE_UNIT = ("officer_fire_2", "head_fire")
"""Colleagues of the pool out of which `officer_fire` claimed the task, and their head."""
OUTSIDE_THE_POOL = ("officer_fire", "officer_quality")
UNINVOLVED = ("system_admin", "catalogue_editor")
ALL_OTHERS = (*UNINVOLVED, *ON_THE_MATTER, *OF_THE_UNIT)
NOT_SUPERVISORS = tuple(who for who in ALL_OTHERS if who != "head_fire")
"""The head of the unit may give away and share out its people's tasks."""

OWNED: dict[str, Owned] = {
    "organisation:end_delegation": Owned("delegation", "clerk", ("officer_quality", "clerk_2")),
    "notice": Owned("notice", "handler", RIVALS),
    "notice_read": Owned("notice", "handler", RIVALS),
    **{
        f"exchange:{page}": Owned(
            "export", "officer_fire", ("officer_fire_2", "leader", "handler", *UNINVOLVED)
        )
        for page in ("export", "take_export")
    },
    "files:download": Owned("file", "handler", (*RIVALS, *UNINVOLVED)),
    "files:show": Owned("file", "handler", (*RIVALS, *UNINVOLVED)),
    "files:remove": Owned("file", "handler", (*RIVALS, *UNINVOLVED, "officer_fire")),
    "documents:file": Owned("document", "handler", (*RIVALS, *UNINVOLVED)),
    "documents:download": Owned("document", "handler", (*RIVALS, *UNINVOLVED)),
    "inbox:case": Owned("case", "officer_fire", UNINVOLVED),
    "inbox:clocks": Owned("case", "officer_fire", UNINVOLVED),
    "inbox:print": Owned("case", "officer_fire", UNINVOLVED),
    "inbox:flow": Owned("case", "officer_fire", UNINVOLVED),
    "inbox:claim": Owned(
        "pooled_task", "officer_airdefence", (*UNINVOLVED, "officer_fire", "officer_quality")
    ),
    "inbox:release": Owned("task", "officer_fire", NOT_SUPERVISORS),
    "inbox:transfer": Owned("task", "officer_fire", NOT_SUPERVISORS),
    "inbox:add_signer": Owned("task", "officer_fire", NOT_SUPERVISORS),
    "inbox:entrust": Owned("task", "officer_fire", ALL_OTHERS),
    "inbox:give_opinion": Owned("task", "officer_fire", ALL_OTHERS),
    "inbox:take_back": Owned("entrusted_task", "clerk", ("clerk_2", "officer_airdefence", *UNINVOLVED)),
    "inbox:remove_signer": Owned("signer_task", "clerk", ("clerk_2", "officer_airdefence", *UNINVOLVED)),
    "inbox:recall": Owned("finished_task", "clerk", (*UNINVOLVED, "officer_fire", "leader", "clerk_2")),
    "inbox:urge": Owned("task", "leader", (*UNINVOLVED, "officer_quality", "officer_fire_2", "clerk")),
    "inbox:circulate": Owned("case", "officer_fire", UNINVOLVED),
    "inbox:withdraw": Owned("own_case", "clerk", (*UNINVOLVED, "clerk_2", "officer_fire", "leader")),
    "inbox:resubmit": Owned("own_case", "clerk", (*UNINVOLVED, "clerk_2", "officer_fire", "leader")),
    "inbox:leaver": Owned("leaver", "head_fire", ("approval_head", "clerk", "leader", "catalogue_editor")),
    "inbox:read": Owned("reading", "officer_quality", (*UNINVOLVED, "officer_fire", "leader")),
    "inbox:send_back": Owned("task", "officer_fire", ALL_OTHERS),
    "inbox:complete": Owned("task", "officer_fire", ALL_OTHERS),
    "forms:step": Owned("form_task", "head_fire", (*UNINVOLVED, "officer_quality", "officer_fire")),
    "forms:draft": Owned("form_task", "head_fire", (*UNINVOLVED, "officer_quality", "officer_fire")),
    "forms:sheet": Owned("sheet", "head_fire", (*UNINVOLVED, "officer_quality")),
    "forms:pdf": Owned("sheet", "head_fire", (*UNINVOLVED, "officer_quality")),
    "inbox:delete_view": Owned("view", "clerk", ("clerk_2", "officer_fire")),
    "clock:extend": Owned("clock", "head_fire", UNINVOLVED),
    "clock:card": Owned("card", "officer_fire", (*UNINVOLVED, "officer_quality", "clerk")),
    "clock:appeal": Owned("card", "officer_fire", (*UNINVOLVED, "officer_quality", "clerk")),
    "clock:decide": Owned("card", "leader", (*UNINVOLVED, "officer_quality", "clerk")),
    "enterprises:withdraw": Owned("invitation", "legal_representative", ("other_handler",)),
    "enterprises:remove": Owned("representation", "legal_representative", ("other_handler",)),
    "enterprises:rights": Owned("representation", "legal_representative", ("other_handler",)),
    "enterprises:call_off": Owned("hand_over", "legal_representative", ("other_handler",)),
    "enterprises:own_demand": Owned("demand", "handler", RIVALS),
    "enterprises:statement": Owned("statement", "handler", RIVALS),
    "enterprises:report_payment": Owned("statement", "handler", RIVALS),
    **{
        f"licences:{name}": Owned("licence", "handler", RIVALS)
        for name in ("mine_entry", "correct", "renew", "remove")
    },
    "licences:revoke_consent": Owned("consent", "handler", RIVALS),
    "approvals:matter": Owned("running", "handler", RIVALS),
    "approvals:facts": Owned("draft", "handler", RIVALS),
    "approvals:fetch_project": Owned("draft", "handler", RIVALS),
    "approvals:autosave": Owned("draft", "handler", RIVALS),
    "approvals:materials": Owned("draft", "handler", RIVALS),
    "approvals:upload": Owned("draft", "handler", RIVALS, {"code": "application-form"}),
    "approvals:remove_file": Owned("draft", "handler", RIVALS, {"file": "draft_file"}),
    "approvals:check": Owned("draft", "handler", RIVALS),
    "approvals:submit": Owned("draft", "handler", RIVALS),
    "approvals:supply": Owned("running", "handler", RIVALS),
    "approvals:discard": Owned("draft", "handler", RIVALS),
    "approvals:withdraw": Owned("running", "handler", RIVALS),
    "approvals:result": Owned("sealed", "handler", RIVALS),
    **{
        f"approvals:{name}": Owned("sealed", "handler", RIVALS, {"document": "document"})
        for name in ("receive", "result_file", "replace")
    },
    "approvals:answer": Owned("question", "handler", RIVALS),
    **{
        f"approvals:{act}": Owned("window_task", "clerk", ("clerk_2", "officer_fire", *UNINVOLVED))
        for act in ("accept", "correct", "refuse")
    },
    **{
        f"approvals:{act}": Owned("task", "officer_fire", ALL_OTHERS)
        for act in ("ask", "suspend", "resume", "opinion", "summarise")
    },
    "approvals:sign": Owned("sign_task", "deputy_director", ("leader", "officer_fire", "custodian")),
    "approvals:give_back": Owned("sign_task", "deputy_director", ("leader", "officer_fire", "custodian")),
    **{
        f"hotline:{act}": Owned("order_task", "approval_head", ("clerk", "officer_fire", *UNINVOLVED))
        for act in ("progress", "answer")
    },
    "federation:unlink": Owned("link", "handler", RIVALS),
    "evaluations:rate_own": Owned("sealed", "handler", RIVALS),
    "evaluations:own_complain": Owned("evaluation", "handler", RIVALS),
    "evaluations:screen": Owned("visit", "clerk", ("officer_fire", "leader", "handler")),
    "evaluations:evaluation": Owned(
        "evaluation", "head_fire", ("officer_quality", "system_admin", "handler")
    ),
    "evaluations:appeal": Owned("evaluation", "head_fire", ("approval_head", "clerk", "handler")),
    "evaluations:recheck": Owned("appealed", "leader", ("head_fire", "clerk", "handler")),
    "evaluations:publish": Owned("evaluation", "catalogue_editor", ("head_fire", "clerk", "handler")),
    "evaluations:handle": Owned(
        "rectification_task", "head_fire", ("approval_head", "officer_fire", "leader")
    ),
    "evaluations:visit": Owned("visit_task", "clerk", ("officer_quality", "head_fire", "handler")),
    "evaluations:answer": Owned("complaint_task", "deputy_director", ("clerk", "head_fire", "handler")),
    "approvals:seal": Owned("seal_task", "custodian", ("clerk", "deputy_director", "officer_fire")),
    "windows:swap_answer": Owned("swap", "clerk_2", ("clerk", "officer_fire")),
    "windows:handover": Owned("handover", "clerk_2", ("officer_fire", "custodian")),
    "windows:pass_on": Owned("paper", "clerk", ("clerk_2", "officer_fire")),
    "approvals:supply_material": Owned("project", "handler", RIVALS, {"code": "design-documents"}),
    "approvals:supply_later": Owned("project", "handler", RIVALS),
    "approvals:mandate": Owned("mandate", "handler", RIVALS),
    "approvals:revoke_mandate": Owned("mandate", "handler", RIVALS),
    **{
        f"approvals:{act}": Owned("mandate", "agent", ("clerk", "handler", *UNINVOLVED))
        for act in ("agent_mandate", "answer_mandate", "return_mandate", "open_matter")
    },
    **{
        f"approvals:{act}": Owned("item_task", "officer_investment", ("officer_fire", "clerk", *UNINVOLVED))
        for act in ("hear", "heard")
    },
    **{
        f"approvals:{act}": Owned(
            "item_sign_task", "deputy_director", ("leader", "officer_fire", "custodian")
        )
        for act in ("sign_item", "return_item")
    },
    "approvals:seal_item": Owned("item_seal_task", "custodian", ("clerk", "deputy_director", "officer_fire")),
    **{
        f"approvals:{act}": Owned("check_task", "clerk", ("clerk_2", "officer_fire", *UNINVOLVED))
        for act in ("confirm_condition", "refuse_condition")
    },
    "approvals:record_condition": Owned("condition", "clerk", ("handler", "stranger", *UNINVOLVED)),
    "approvals:turn_formal": Owned("turn_task", "custodian", ("clerk", "deputy_director", "officer_fire")),
    "approvals:decide_seal_use": Owned(
        "approve_task", "deputy_director", ("clerk", "custodian", "officer_fire", "county_officer")
    ),
    "approvals:apply_seal_use": Owned("apply_task", "custodian", ("county_officer",)),
    "approvals:ask_seal": Owned(
        "reissue_task", "county_officer", ("custodian", "clerk", "officer_resources")
    ),
    "approvals:reissue": Owned("reissue_task", "county_officer", ("custodian", "clerk", "officer_resources")),
}

BY_RIGHT_ALONE = (
    "system/",
    "seals/",
    "enterprises/<uuid:uuid>",
    "documents/<uuid:uuid>",
    "cases/<uuid:uuid>/trail/",
    "approvals/decisions/",
    "approvals/deliveries/",
    "approvals/replacements/",
    "approvals/seal-requests/",
    "approvals/powers/",
    "approvals/items/",
    "files/upload/",
    "clocks/moves/",
    "licences/",
    "fees/",
    "efficiency/reports/",
    "windows/setup/",
)
"""Addresses of things that are everybody's who holds the right; the walk of `test_pages` covers them."""


def make_things(hall: Hall) -> dict[str, Any]:
    """Make one of each, at its usual day."""
    sealed = hall.bring_to("sealed")
    running = hall.bring_to("accepted")
    waiting = hall.bring_to("submitted")
    window_task, _clerk = hall.claim(waiting, "accept", "clerk", at=DAYS["accepted"])
    draft = hall.give_all(hall.draft())
    task, officer = hall.claim(running, "fire", "officer_fire", at=DAYS["reviewed"])
    handler = hall.cast.handler
    at = moment(TODAY)
    hall.travel(TODAY)
    question = ask_applicant(task=task, text="请说明防火分区。", by=officer, at=at)
    attachments = Attachment.objects.filter(owner_kind=_kind_of(draft), owner_id=draft.pk)
    publish_template("leave", at=at)
    leave = start_leave(hall.cast, at=at)
    return {
        "form_task": Task.objects.get(case=leave, state=Task.State.OPEN),
        "sheet": sheets_of(leave.pk)[0],
        "sealed": sealed,
        "running": running,
        "draft": draft,
        "case": hall.case(running),
        "task": task,
        "pooled_task": hall.task(running, "airdefence"),
        "window_task": window_task,
        "sign_task": hall.task(hall.bring_to("summarised"), "sign"),
        "seal_task": hall.task(hall.bring_to("signed"), "seal"),
        "question": question,
        "document": hall.decision(sealed).document,
        "file": attachments[0],
        "draft_file": attachments[0],
        "notice": Notice.objects.filter(to_id=handler.party_id).first(),
        "view": _view(hall, at),
        "export": _export(hall, at),
        **_routed(hall, at),
        **_rated(hall, at),
        **_project(hall, at),
        "order_task": _work_order(at),
        "link": _link(hall, at),
        "delegation": _delegation(hall, at),
        "invitation": _invitation(hall, at),
        "clock": hall.clock(running, "fire"),
        **windows_things(hall.cast, at=at),
        "card": _card(hall, running, at),
        "representation": Representation.objects.get(person_id=handler.party_id),
        **_held(hall, draft, at),
        **_sealing(hall, at),
    }


def _sealing(hall: Hall, at: Any) -> dict[str, Any]:
    """Two requests to use the seal for new documents: one to be approved, one to be sealed."""
    made = []
    for _number in range(2):
        matter = hall.bring_to("sealed")
        asked = ask_for_replacement(
            document=hall.decision(matter).document, ground="lost", reason="遗失", by=hall.cast.handler, at=at
        )
        made.append(send_to_seal(replacement=asked, correction="", version=1, by=hall.cast.clerk, at=at))
    approving, sealing = (open_task(one.case, "approve") for one in made)
    decide_seal_use(task=sealing, outcome="agree", text="", by=hall.cast.deputy_director, at=at)
    return {"approve_task": approving, "apply_task": open_task(made[1].case, "apply")}


def _held(hall: Hall, draft: Any, at: Any) -> dict[str, Any]:
    """What an enterprise holds and owes: a licence with its consent, a demand on a statement, a hand-over."""
    handler, clerk = hall.cast.handler, hall.cast.clerk
    licences.seed_types(by=SYSTEM, at=at)
    entry = put_in(handler, at=at)
    use = Use(owner=("application", draft.pk), slot="business-licence", title="二期厂房")
    enterprises.seed_fees(by=SYSTEM, at=at)
    firm = enterprises.get_enterprise(draft.enterprise_id)
    demand = enterprises.issue_demand(
        enterprise=firm, code="infrastructure", quantity=Decimal(10), by=clerk, at=at
    )
    hand_over, _token = start_hand_over(
        enterprise=firm,
        name="新法人",
        phone="13900000001",
        reason="变更",
        by=hall.cast.legal_representative,
        at=at,
    )
    return {
        "licence": entry,
        "consent": licences.let_use(entry=entry, use=use, by=handler, at=at),
        "demand": demand,
        "statement": enterprises.draw_statement(enterprise=firm, by=handler, at=at),
        "hand_over": hand_over,
    }


def _rated(hall: Hall, at: Any) -> dict[str, Any]:
    """A bad rating with a complaint, one appealed, one whose rater is to be asked again, and a visit."""
    evaluations.seed_evaluations(by=SYSTEM, at=at)
    first, second, third = (_rate(hall, at) for _number in range(3))
    evaluations.appeal_rating(evaluation=second, reason="不属于本部门。", by=hall.cast.head_fire, at=at)
    complaint = evaluations.open_complaint(evaluation=first, text="推诿。", by=hall.cast.handler, at=at)
    evaluations.record_measures(
        task=open_task(third.rectification.case, "handle"),
        measures="已说明。",
        evidence=(),
        by=hall.cast.head_fire,
        at=at,
    )
    visit = Visit(ticket="20260310-A001", service="咨询", unit_id=hall.cast.unit("approval"))
    return {
        "evaluation": first,
        "appealed": second,
        "rectification_task": open_task(first.rectification.case, "handle"),
        "visit_task": open_task(third.rectification.case, "visit"),
        "complaint_task": open_task(complaint.case, "answer"),
        "visit": evaluations.invite_to_rate_visit(visit=visit, by=hall.cast.clerk, at=at),
    }


def _rate(hall: Hall, at: Any) -> Any:
    matter = rated_matter(application_id=hall.bring_to("sealed").pk)
    return evaluations.rate_matter(matter=matter, words=Words(level=1), by=hall.cast.handler, at=at)


def _kind_of(draft: Any) -> str:
    return str(
        Attachment.objects.filter(owner_id=draft.pk).order_by("-pk").values_list("owner_kind", flat=True)[0]
    )


def _routed(hall: Hall, at: Any) -> dict[str, Any]:
    """A clerk's own matter with a further signer, one given for an opinion, and a reader."""
    publish_drawing("walked", "start > first > second > end\n first: outcomes=done\n second: pool=approval")
    clerk, made = hall.cast.clerk, {}
    for name in ("own_case", "other_case"):
        made[name] = cases.start_case(
            flow_key="walked", kind="walked", title="报告", reference=f"W-{name}", by=clerk, at=at
        )
    first = open_task(made["own_case"], "first")
    cases.complete_task(task=first, outcome="done", by=clerk, at=at)
    held = open_task(made["other_case"], "first")
    quality = hall.cast.officer_quality.party_id
    signer = cases.add_signer(
        task=held, to=hall.cast.officer_airdefence.party_id, where="beside", by=clerk, at=at
    )
    entrusted = cases.entrust_task(task=held, to=quality, by=clerk, at=at)
    (reading,) = cases.circulate(case=made["own_case"], to=[quality], by=clerk, at=at)
    return {
        "own_case": made["own_case"],
        "leaver": hall.cast.person("officer_fire").party,
        "finished_task": first,
        "signer_task": signer,
        "entrusted_task": entrusted,
        "reading": reading,
    }


def _project(hall: Hall, at: Any) -> dict[str, Any]:
    """A package of 14 items at every step, and a mandate that its agent has accepted."""
    project = make_project(hall)
    early, later, turning, turned = (project.accepted() for _matter in range(4))
    project.review(later, "filing")
    project.review(later, "registration")
    project.sign(later, "registration")
    for matter in (turning, turned):
        for branch in ("filing", "conditions", "landplan"):
            project.decide(matter, branch)
        project.hand_in_contract(matter, at="2026-03-09 09:00")
        project.confirm(matter, at="2026-03-09 10:00")
    project.turn(turned, at="2026-03-09 11:00")
    when = "2026-03-09 16:00"
    return {
        "project": early,
        "item_task": project.claim(early, "r_filing", "officer_investment", when)[0],
        "item_sign_task": project.claim(later, "s_filing", "deputy_director", when)[0],
        "item_seal_task": project.claim(later, "k_registration", "custodian", when)[0],
        "check_task": project.hand_in_contract(later, at=when),
        "condition": project.condition(early),
        "turn_task": project.claim(turning, "turn_land_contract", "custodian", when)[0],
        "reissue_task": project.claim(turned, "x_landplan", "county_officer", when)[0],
        "mandate": project.mandate(at="2026-03-09 09:00"),
    }


def _export(hall: Hall, at: Any) -> Export:
    """A list that an officer had written."""
    export = Export.objects.create(
        person_id=hall.cast.officer_fire.party_id, source="inbox.cases", state="done", created_at=at
    )
    path = path_of(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"xlsx")
    return export


def _work_order(at: Any) -> Task:
    """A work order of the 12345 line, with the head of the approval bureau."""
    row, _is_new = receive_order(order={"orderNumber": "GD1", "title": "路灯不亮"}, at=at)
    return open_task(open_order(exchange_id=row.pk, at=at).case, "answer")


def _link(hall: Hall, at: Any) -> Link:
    """The handler's login linked with an identity."""
    draft = ProviderDraft(code="walked", name="平台", issuer="https://id.example.gov.cn", client_id="zone")
    provider = add_provider(draft=draft, by=SYSTEM, at=at)
    user = login_of(hall.cast.handler, at=at)
    return Link.objects.create(
        provider=provider, user=user, subject_hash="0" * 64, how=Link.How.OWN_PAGE, linked_at=at
    )


def _card(hall: Hall, application: Any, at: Any) -> Card:
    clock, officer = hall.clock(application, "fire"), hall.cast.officer_fire
    return Card.objects.create(
        clock=clock,
        colour=Card.Colour.YELLOW,
        holder_id=officer.party_id,
        unit_id=officer.unit_ids[0],
        due_on=clock.due_on,
        issued_at=at,
    )


def _view(hall: Hall, at: Any) -> SavedView:
    return SavedView.objects.create(
        person_id=hall.cast.clerk.party_id, page=ListPage.DESK.value, name="我的", saved_at=at
    )


def _delegation(hall: Hall, at: Any) -> Any:
    today = timezone.localdate(at)
    return delegate(
        from_person=hall.cast.person("clerk"),
        to_person=hall.cast.person("approval_head"),
        starts_on=today,
        ends_on=today + timedelta(days=5),
        reason="出差",
        by=hall.cast.clerk,
        at=at,
    )


def _invitation(hall: Hall, at: Any) -> Invitation:
    return Invitation.objects.create(
        enterprise=Enterprise.objects.get(party=hall.cast.enterprise),
        name="新经办",
        phone="13700000000",
        role=RepresentationRole.HANDLER.value,
        token_hash="0" * 64,
        invited_by_id=hall.cast.legal_representative.party_id,
        invited_at=at,
        expires_at=at + timedelta(days=3),
    )
