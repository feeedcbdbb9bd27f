"""Registration of the service hall with Django and with the lower strata."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """The service hall: catalogue, applications, decisions, results."""

    name = "jingkai.modules.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang rights, menus, panels, owners of files and reactions in."""
        from jingkai.casework.clock.api import LapseRule, lapse_rules
        from jingkai.kernel.accounts.api import require_second_factor
        from jingkai.kernel.exchange import api as exchange
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.kernel.search import api as search
        from jingkai.modules.approvals import rules
        from jingkai.modules.approvals.operations import reporting, silence, telling
        from jingkai.modules.approvals.rules import competence
        from jingkai.modules.approvals.web import boards, copy_sheets, packages, panels, sealing

        _declare_rules()
        _grant_rights()
        _name_sealed_notices()
        require_second_factor(rules.SEAL)
        require_second_factor(rules.REISSUE)
        _describe_trail()
        _register_menus()
        _register_owners()
        _register_interface()
        telling.declare_kinds()
        search.declare_kind(search.SearchKind("package", _("Services"), order=10))
        search.declare_kind(search.SearchKind("item", _("Items"), order=11))
        for kind in competence.RULE_KINDS:
            declare_kind(kind)
        panels.register()
        boards.register()
        packages.register()
        sealing.register()
        reporting.declare_exchanges()
        for sheet in copy_sheets.SHEETS:
            exchange.copy_sheets.register(sheet)
        _serve_enterprises()
        _tell_others()
        lapse_rules.register(LapseRule("approvals.deemed_acceptance", silence.LIMITS, silence.PATH))


def _tell_others() -> None:
    """Tell platforms and webhooks what happens to a matter."""
    from jingkai.casework.clock.events import ClockExtended
    from jingkai.kernel.events.api import subscribe
    from jingkai.modules.approvals import events as told

    for event, handler in (
        (told.ResultSealed, "on_result_sealed"),
        (told.ApplicationSubmitted, "on_submitted"),
        (told.ApplicationAccepted, "on_accepted"),
        (told.ResultSealed, "on_result_told"),
        (told.ItemSealed, "on_result_told"),
        (told.ResultReplaced, "on_result_replaced"),
        (told.ResultDelivered, "on_result_delivered"),
        (told.ServiceRated, "on_rated"),
        (ClockExtended, "on_clock_extended"),
    ):
        subscribe(event, f"jingkai.modules.approvals.handlers.{handler}")


def _serve_enterprises() -> None:
    """Keep results in libraries, follow licences and accounts, and tell on the home page what is running."""
    from jingkai.kernel.events.api import subscribe
    from jingkai.modules.approvals.web.home import own_matters
    from jingkai.modules.enterprises import api as enterprises
    from jingkai.modules.enterprises.events import EnterpriseHandedOver
    from jingkai.modules.licences import api as licences
    from jingkai.modules.licences.events import ConsentRevoked, LicenceExpired
    from jingkai.records.seals.events import SealArrived

    licences.keep_results_of("approvals.result", "approvals.reissue")
    subscribe(SealArrived, "jingkai.modules.approvals.handlers.on_seal_arrived")
    subscribe(LicenceExpired, "jingkai.modules.approvals.handlers.on_licence_expired")
    subscribe(ConsentRevoked, "jingkai.modules.approvals.handlers.on_consent_revoked")
    subscribe(EnterpriseHandedOver, "jingkai.modules.approvals.handlers.on_enterprise_handed_over")
    enterprises.home_stats.register(enterprises.HomeStat("matters", own_matters, order=10))


def _name_sealed_notices() -> None:
    """Say which notices may bear a seal under a standing authorisation (行政许可法 32)."""
    from jingkai.modules.approvals.operations.papers import PAPERS
    from jingkai.records.seals import api as seals
    from jingkai.records.seals.data import StandingPaper

    for code, paper in PAPERS.items():
        seals.standing_papers.register(StandingPaper(f"approvals.{code}", paper.title, paper.title_en))


def _declare_rules() -> None:
    from jingkai.kernel.rules.api import RuleField, RuleKind, declare_kind

    declare_kind(
        RuleKind(
            code="conditional_validity",
            name="模拟审批意见的等待期限",
            name_en="How long conditional results wait",
            fields=(
                RuleField(name="days", label=_("Days until they lapse"), type="integer", minimum=1),
                RuleField(
                    name="warn",
                    label=_("Days before that the enterprise is warned"),
                    type="integer",
                    minimum=0,
                ),
            ),
            example={"days": 180, "warn": 30},
        )
    )


def _grant_rights() -> None:
    from jingkai.kernel.organisation.api import grant_by_default
    from jingkai.modules.approvals import rules
    from jingkai.records.seals import api as seals

    rights = {
        "service_agent": (rules.ACT_AS_AGENT, rules.SEE_CATALOGUE),
        "county_officer": (rules.REISSUE, seals.APPLY),
        "clerk": (rules.ACCEPT, rules.DELIVER, rules.SEE_SEAL_USE, rules.SEE_CATALOGUE),
        "officer": (rules.REVIEW, rules.SEE_CATALOGUE),
        "unit_head": (rules.REVIEW, rules.SEE_CATALOGUE),
        "signer": (
            rules.SIGN,
            rules.REVOKE,
            rules.SEE_SEAL_USE,
            rules.SEE_CATALOGUE,
            rules.PUBLISH_CATALOGUE,
            rules.CONFIRM_CATALOGUE,
        ),
        "custodian": (rules.SEAL, rules.SEE_SEAL_USE, rules.SEE_CATALOGUE),
        "leader": (rules.SEE_CATALOGUE,),
        "catalogue_editor": (
            rules.SEE_CATALOGUE,
            rules.EDIT_CATALOGUE,
            rules.CONFIRM_CATALOGUE,
            rules.MANAGE_POWERS,
            rules.MANAGE_PACKAGES,
        ),
        "enterprise_handler": (rules.APPLY,),
        "enterprise_legal_representative": (rules.APPLY,),
    }
    for role, codes in rights.items():
        grant_by_default(role, *codes)


def _describe_trail() -> None:
    from jingkai.kernel.audit.api import describe_actions, describe_stream
    from jingkai.modules.approvals.web.panels import STREAMS

    for kind, label in STREAMS.items():
        describe_stream(kind, label)
    describe_actions(
        {
            "application.guide_renewed": _("Draft put under the guide's new version"),
            "package.opened_single": _("Single item opened for applications"),
            "application.drafted": _("Draft opened"),
            "application.drafted_at_counter": _("Draft opened at a window with the applicant's consent"),
            "application.discarded": _("Draft deleted"),
            "application.submitted": _("Application handed in"),
            "application.facts_changed": _("Facts of the application changed"),
            "application.accepted": _("Application accepted"),
            "application.deemed_accepted": _("Application accepted by law, for nobody answered"),
            "application.correction_asked": _("Correction notice issued"),
            "application.refused": _("Application not accepted"),
            "review.question_asked": _("Applicant asked"),
            "review.question_answered": _("Applicant answered"),
            "review.expert_review_started": _("Expert review begun"),
            "review.expert_review_ended": _("Expert review ended"),
            "decision.signed": _("Decision signed"),
            "decision.sealed": _("Result sealed"),
            "decision.seal_ordered": _("State seal ordered for the result"),
            "seal_use.ordered": _("State seal ordered on request"),
            "seal.code_refused": _("Code for the seal refused"),
            "decision.collected": _("Result downloaded"),
            "result.paper_asked": _("Result asked for on paper"),
            "result.handed_over": _("Result handed over at the window"),
            "result.posted": _("Result sent by post"),
            "result.arrived": _("Result arrived by post"),
            "result.came_back": _("Result came back by post"),
            "replacement.asked": _("New document asked for in a result's place"),
            "replacement.prepared": _("New document prepared"),
            "replacement.refused": _("New document refused"),
            "replacement.done": _("Result replaced by a new document"),
            "seal_use.asked": _("Use of a seal asked for"),
            "seal_use.approved": _("Use of a seal approved"),
            "seal_use.refused": _("Use of a seal refused"),
            "seal_use.sealed": _("Seal applied on request"),
            "decision.revoked": _("Result revoked"),
            "power.state_changed": _("State of a power changed"),
            "power.created": _("Power entered"),
            "power.changed": _("Power changed"),
            "power.expiry_announced": _("End of a power announced"),
            "power.lapsed": _("No power in force for the decision"),
            "power.restored": _("Power in force again"),
            "application.handed": _("Matter handed to the organ"),
            "item.loaded": _("Item loaded"),
            "item.created": _("Item drafted"),
            "item.version_begun": _("New version of an item begun"),
            "item.version_edited": _("Version of an item edited"),
            "item.version_reviewed": _("Version of an item reviewed"),
            "item.version_discarded": _("Version of an item given up"),
            "item.published": _("Version of an item published"),
            "item.in_force": _("Version of an item in force"),
            "item.withdrawn": _("Item withdrawn"),
            "item.confirmed": _("Legal statements confirmed"),
            "item.confirmation_withdrawn": _("Confirmation taken back"),
            "item.import_read": _("Items read for an import"),
            "item.import_applied": _("Items imported"),
            "item.import_discarded": _("Import given up"),
            "service.rated": _("Service rated"),
            "approvals.list_exported": _("List taken as a spreadsheet"),
            "material.expired": _("A licence used in the matter ended"),
            "application.handler_changed": _("Handler of the application changed"),
            "permit.received": _("Construction permit received"),
            "package.loaded": _("Package of services loaded"),
            "package.arranged": _("Items of a package arranged"),
            "item.started": _("Item begun"),
            "item.dropped": _("Item dropped, for one before it came to nothing"),
            "item.extended": _("Limit of an item extended"),
            "material.supplied": _("Material handed in later"),
            "condition.met": _("Condition checked and met"),
            "condition.refused": _("Condition's document found wrong"),
            "condition.lapsed": _("Condition did not come in time"),
            "review.hearing_started": _("Hearing begun"),
            "review.hearing_ended": _("Hearing ended"),
            "result.reissued": _("Result reissued by the entrusting department"),
            "mandate.offered": _("Mandate offered"),
            "mandate.accepted": _("Mandate accepted"),
            "mandate.declined": _("Mandate declined"),
            "mandate.ended": _("Mandate ended"),
        }
    )


def _register_owners() -> None:
    from jingkai.modules.approvals import rules
    from jingkai.records.files import api as files
    from jingkai.records.files.data import OwnerKind
    from jingkai.records.seals import api as seals
    from jingkai.records.seals.data import AuthorisationKind

    files.register_owner(
        OwnerKind(
            code="application",
            may_read=rules.may_read_application_files,
            may_write=rules.may_add_application_files,
            resolve=rules.find_application,
        )
    )
    files.register_owner(
        OwnerKind(
            code="mandate",
            may_read=rules.may_read_mandate,
            may_write=lambda _actor, _owner, _slot: False,
            resolve=rules.find_mandate,
        )
    )
    files.register_owner(
        OwnerKind(
            code="delivery",
            may_read=rules.may_read_receipt,
            may_write=rules.may_add_receipt,
            resolve=rules.find_delivery,
        )
    )
    files.register_owner(
        OwnerKind(
            code="item",
            may_read=lambda _actor, _owner: True,
            may_write=lambda actor, _owner, _slot: rules.EDIT_CATALOGUE in actor.permissions,
        )
    )
    files.register_owner(OwnerKind(code="material", may_read=lambda _actor, _owner: True))
    seals.register_authorisation(AuthorisationKind(code="decision", load=rules.signed_decision))
    seals.register_authorisation(AuthorisationKind(code="seal_request", load=rules.approved_seal_use))
    seals.register_authorisation(AuthorisationKind(code="reissue", load=rules.authorised_reissue))


def _register_menus() -> None:
    from jingkai.kernel.hooks.api import menu
    from jingkai.kernel.hooks.data import MenuEntry
    from jingkai.modules.approvals import rules

    rail = (
        (_("My projects"), "approvals:agent", "users", rules.ACT_AS_AGENT, 20),
        (_("Delivery of results"), "approvals:deliveries", "send", rules.DELIVER, 25),
        (_("Replacements"), "approvals:replacements", "refresh", rules.DELIVER, 26),
        (_("Requests to use a seal"), "approvals:seal_requests", "rubber-stamp", rules.SEE_SEAL_USE, 27),
        (_("Documents to reissue"), "approvals:reissues", "copy", rules.REISSUE, 30),
        (_("Packages"), "approvals:packages", "list-check", rules.MANAGE_PACKAGES, 45),
    )
    for label, url, icon, right, order in rail:
        menu.register(
            MenuEntry(
                label=label, url_name=url, icon=icon, group=_("Services"), order=order, permission=right
            )
        )
    menu.register(
        MenuEntry(
            label=_("Agents and mandates"),
            url_name="approvals:mandates",
            order=6,
            place="account",
            permission=rules.APPLY,
            kinds=("enterprise",),
        )
    )

    everyone = ("visitor", "enterprise", "staff")
    for label, url_name, order in (
        (_("Services"), "approvals:catalogue", 10),
        (_("Where is my matter?"), "approvals:track", 20),
        (_("Register of powers"), "approvals:powers", 40),
    ):
        menu.register(MenuEntry(label=label, url_name=url_name, order=order, place="nav", kinds=everyone))
    menu.register(
        MenuEntry(
            label=_("My matters"),
            url_name="approvals:my",
            order=5,
            place="nav",
            permission=rules.APPLY,
            kinds=("enterprise",),
        )
    )
    menu.register(
        MenuEntry(
            label=_("Catalogue of items"),
            url_name="approvals:items",
            icon="list-search",
            group=_("Services"),
            order=35,
            permission=rules.SEE_CATALOGUE,
        )
    )
    menu.register(
        MenuEntry(
            label=_("Register of powers"),
            url_name="approvals:manage_powers",
            icon="gavel",
            group=_("Services"),
            order=40,
            permission=rules.SEE_CATALOGUE,
        )
    )


def _register_interface() -> None:
    from django.conf import settings

    from jingkai.kernel.exchange import api as exchange
    from jingkai.kernel.exchange.data import Endpoint, RouterEntry, Scope

    licences = Endpoint("licences", _("Electronic licences"), lambda: settings.LICENCES_URL)
    exchange.endpoints.register(licences)
    for purpose, name, variable in (
        ("hall", _("Provincial service platform"), "HALL_URL"),
        ("projects", _("Investment project platform"), "PROJECTS_URL"),
        ("hotline", _("12345 line"), "HOTLINE_URL"),
    ):
        exchange.endpoints.register(Endpoint(purpose, name, partial(getattr, settings, variable)))
    parts = (
        ("items", "catalogue.items"),
        ("packages", "catalogue.packages"),
        ("applications", "matters.applications"),
        ("results", "outcomes.results"),
        ("ratings", "outcomes.ratings"),
        ("work-orders", "hotline.orders"),
    )
    for order, (prefix, path) in enumerate(parts, start=10):
        place = f"jingkai.modules.approvals.rest.{path}"
        exchange.routers.register(RouterEntry(prefix, place, order))
    for scope in (
        Scope("items:read", "读取事项和一件事", "Read items and packages"),
        Scope("applications:read", "读取办件和进度", "Read applications and their progress"),
        Scope("applications:write", "代企业填报和提交", "Fill in and submit for enterprises", writes=True),
        Scope("results:read", "读取和下载结果", "Read and download results"),
        Scope("ratings:read", "读取评价", "Read ratings"),
        Scope("ratings:write", "报送评价", "Hand over ratings", writes=True),
        Scope("work-orders:write", "派发 12345 工单", "Send 12345 work orders", writes=True),
    ):
        exchange.scopes.register(scope)
