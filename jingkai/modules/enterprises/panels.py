"""What the registry hangs into menus and pages."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions
from jingkai.kernel.hooks.api import case_tabs, menu, shell_parts, url_of
from jingkai.kernel.hooks.data import CaseTab, MenuEntry
from jingkai.kernel.pace.api import Pace, paces
from jingkai.modules.enterprises import queries, rules
from jingkai.ui.data import Stat

MENU = (
    MenuEntry(
        label=_("Enterprises"),
        url_name="enterprises:list",
        icon="building-factory-2",
        group=_("Services"),
        order=300,
        permission=rules.SEE,
    ),
    MenuEntry(
        label=_("My enterprise"),
        url_name="enterprises:home",
        icon="building",
        order=30,
        place="nav",
        kinds=("enterprise",),
    ),
    MenuEntry(
        label=_("Fees"),
        url_name="enterprises:demands",
        icon="receipt",
        group=_("Services"),
        order=320,
        permission=rules.SEE_FEES,
    ),
    MenuEntry(
        label=_("Payments"),
        url_name="enterprises:payments",
        icon="cash",
        group=_("Services"),
        order=330,
        permission=rules.SEE_FEES,
    ),
    MenuEntry(
        label=_("Keep the fee list"),
        url_name="enterprises:fee_items",
        icon="list-details",
        group=_("Services"),
        order=340,
        permission=rules.MANAGE_FEES,
    ),
    MenuEntry(
        label=_("My fees"),
        url_name="enterprises:own_fees",
        icon="receipt",
        order=8,
        place="nav",
        permission=rules.PAY_OWN,
        kinds=("enterprise",),
    ),
    MenuEntry(
        label=_("Fee list"),
        url_name="enterprises:fees",
        order=50,
        place="footer",
        kinds=("visitor", "enterprise", "staff"),
    ),
)

ACTIONS = {
    "enterprise.registered": _("Enterprise registered"),
    "enterprise.changed": _("Enterprise changed"),
    "credit_code.admitted": _("Early credit code admitted"),
    "handler.invited": _("Handler invited"),
    "handler.proven": _("Acts for the enterprise by the unified log-in"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "industry.added": _("Industry added"),
    "enterprises.exported": _("Register of enterprises exported"),
    "handler.rights_set": _("Rights of a handler set"),
    "enterprise.hand_over_begun": _("Hand-over of the account begun"),
    "enterprise.handed_over": _("Account handed over"),
    "enterprise.hand_over_called_off": _("Hand-over of the account called off"),
    "fee.item_saved": _("Line of the fee list saved"),
    "fee.demanded": _("Fee demanded"),
    "fee.called_off": _("Fee demand called off"),
    "fee.statement_drawn": _("Fee statement drawn"),
    "fee.payment_reported": _("Payment reported"),
    "fee.payment_confirmed": _("Payment confirmed"),
    "fee.payment_refused": _("Payment not found"),
    "fee.refunded": _("Refund recorded"),
    "fees.exported": _("List of fees taken as a spreadsheet"),
    "person.consented": _("Consent to personal data given"),
}

PACES = (
    Pace(
        code="registration",
        label=_("Register an enterprise or join one"),
        most=20,
        minutes=60,
        pages=("enterprises:register", "enterprises:join"),
    ),
    Pace(
        code="registration_code",
        label=_("Check a credit code while registering"),
        most=120,
        minutes=10,
        pages=("enterprises:check_code",),
        methods=("GET",),
        when=lambda request: bool(request.GET.get("uscc")),
    ),
)


def register_link(request: Any) -> dict[str, Any]:
    """Offer visitors the way to register."""
    return {} if request.user.is_authenticated else {"register_url": url_of("enterprises:register")}


def fees_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """The fee demands on a matter; nothing where there are none and the reader may not charge."""
    may_charge = rules.CHARGE in request.actor.permissions
    if not may_charge and rules.SEE_FEES not in request.actor.permissions:
        return None
    rows = queries.demands_of_case(int(case_id))
    return {"demands": rows, "may_charge": may_charge, "case_id": case_id}


def no_fees(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """That nothing was demanded on a matter, to whoever may see it, and the way to a demand."""
    rights = request.actor.permissions & {rules.CHARGE, rules.SEE_FEES}
    return {"demands": (), "may_charge": rules.CHARGE in rights, "case_id": case_id} if rights else None


def own_fees(request: Any, enterprise: Any) -> list[Stat]:
    """What an enterprise owes, on its home page."""
    if rules.PAY_OWN not in request.actor.permissions:
        return []
    balance = queries.balance_of(enterprise.pk)
    note = (
        _("yuan, %(credit)s credit") % {"credit": f"{balance['credit']:,.2f}"}
        if balance["credit"]
        else _("yuan")
    )
    owed = f"{balance['owed']:,.2f}"
    return [
        Stat(label=str(_("Fees to be paid")), value=owed, unit=str(note), url=url_of("enterprises:own_fees"))
    ]


def register() -> None:
    """Hang everything in; called once while starting."""
    for entry in MENU:
        menu.register(entry)
    for pace in PACES:
        paces.register(pace)
    shell_parts.register(register_link)
    queries.home_stats.register(queries.HomeStat("fees", own_fees, order=30))
    case_tabs.register(
        CaseTab(
            key="fees",
            label=_("Fees"),
            template="enterprises/fees/case.html",
            context=fees_of_case,
            has_any=queries.is_charged,
            without=no_fees,
            kinds=("approvals",),
            order=60,
        )
    )
    describe_actions(ACTIONS)
