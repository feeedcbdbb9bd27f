"""Rights over the registry, what is wrong with a code in words, and which code is admitted."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import PreparedValues
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.modules.enterprises.data import CodeFault, CodeFaultKind, check_code, plain_code
from jingkai.modules.enterprises.models import CodeException, Enterprise, Payment

SEE = "enterprises.see"
MANAGE = "enterprises.manage"
ALLOW_CODE = "enterprises.allow_code"
MANAGE_OWN = "enterprises.manage_own"
SEE_FEES = "enterprises.see_fees"
MANAGE_FEES = "enterprises.manage_fees"
CHARGE = "enterprises.charge"
SETTLE = "enterprises.settle"
PAY_OWN = "enterprises.pay_own"
SLIP_OWNER = "payment"
HAND_OVER_OWNER = "hand_over"
"""Kinds of owners of files: a payment's slip, the evidence of a hand-over."""

PERMISSIONS = (
    Permission(SEE, "查看企业名录", "See the registry of enterprises", "enterprises"),
    Permission(MANAGE, "登记和维护企业信息", "Register and edit enterprises", "enterprises"),
    Permission(
        ALLOW_CODE, "准予使用校验不符的早期信用代码", "Admit early codes that fail the check", "enterprises"
    ),
    Permission(
        MANAGE_OWN, "维护本企业信息和经办人", "Edit the own enterprise and its handlers", "enterprises"
    ),
    Permission(SEE_FEES, "查看收费台账", "See demands and payments", "enterprises"),
    Permission(MANAGE_FEES, "维护收费目录清单", "Keep the fee list", "enterprises"),
    Permission(CHARGE, "开具缴费通知", "Issue fee demands", "enterprises"),
    Permission(SETTLE, "确认到账和退费", "Confirm payments and refunds", "enterprises"),
    Permission(PAY_OWN, "查看和缴纳本企业费用", "See and pay the own enterprise's fees", "enterprises"),
)


class ActsWithoutPerson(PersonFacingError):
    """Whoever demands, settles, agrees or hands over is named."""

    sentence = _("This act must be done by a person under their own name.")
    status = 403


def person_of(by: Actor) -> int:
    """The acting person. Errors: ActsWithoutPerson."""
    if by.party_id is None:
        raise ActsWithoutPerson
    return by.party_id


def may_read_slip(actor: Actor, payment_id: int) -> bool:
    """The slip of a payment is read by the enterprise that paid and by officers who see fees."""
    if SEE_FEES in actor.permissions:
        return True
    return Payment.objects.filter(pk=payment_id, enterprise_id__in=actor.enterprise_ids).exists()


def may_add_slip(actor: Actor, payment_id: int, slot: str) -> bool:
    """The slip is added by who reports or records the payment."""
    if SETTLE in actor.permissions:
        return True
    return PAY_OWN in actor.permissions and may_read_slip(actor, payment_id)


def may_read_evidence(actor: Actor, hand_over_id: int) -> bool:
    """The evidence of a hand-over is read by the officers who keep the registry."""
    return MANAGE in actor.permissions


def may_add_evidence(actor: Actor, hand_over_id: int, slot: str) -> bool:
    """The evidence of a hand-over is added by the officers who keep the registry."""
    return MANAGE in actor.permissions


class CodeWrong(PersonFacingError):
    """The credit code breaks the standard; `fault` says where."""

    status = 422
    advice = _(
        "Copy the code from the business licence. If the licence shows exactly this code, come to the "
        "service window with it: some early codes fail the check and are admitted there."
    )

    def __init__(self, fault: CodeFault) -> None:
        self.fault = fault
        super().__init__(fault_text(fault))


class CodeTaken(PersonFacingError):
    """The enterprise is registered already."""

    sentence = _("%(name)s is already registered with this code.")
    advice = _(
        "To act for it, ask its legal representative or a handler to invite you (My enterprise › Handlers), "
        "or come to the service window with the business licence and a letter of authority."
    )


def fault_text(fault: CodeFault) -> str:
    """Say what is wrong with a code: what was found, where, and what should stand there."""
    facts = {"position": fault.position, "found": fault.found, "expected": fault.expected}
    match fault.kind:
        case CodeFaultKind.LENGTH:
            text = gettext(
                "A unified social credit code has %(expected)s characters; this one has %(found)s."
            )
        case CodeFaultKind.ALPHABET:
            text = gettext(
                "“%(found)s” at position %(position)s does not occur in credit codes (digits and capitals "
                "without I, O, S, V, Z)."
            )
        case CodeFaultKind.DIVISION:
            text = gettext(
                "“%(found)s” at position %(position)s must be a digit: positions 3 to 8 name the division."
            )
        case CodeFaultKind.CHECK:
            text = gettext(
                "The check character at position 18 should be “%(expected)s”, not “%(found)s”: one of the "
                "characters is mistyped."
            )
        case CodeFaultKind.BODY_CHECK:
            text = gettext(
                "The check character of the organisation code at position 17 should be “%(expected)s”, not "
                "“%(found)s”."
            )
    return text % facts


def require_admitted_code(typed: str) -> str:
    """Give the code as the standard writes it; raises `CodeWrong` or, if it is in use, `CodeTaken`.

    A code that fails a check passes when an officer admitted it with a reason; one of the wrong length or
    with other characters never does.
    """
    code, fault = plain_code(typed), check_code(typed)
    if fault is not None and not CodeException.objects.filter(uscc=code).exists():
        raise CodeWrong(fault)
    taken = _TAKEN.first(code=code)
    if taken is not None:
        raise CodeTaken(name=taken["party__name"])
    return code


_TAKEN = PreparedValues(
    lambda slots: Enterprise.objects.filter(uscc=slots.text("code")).order_by().values("party__name")
)


def may_be_admitted(fault: CodeFault) -> bool:
    """Whether an officer may admit a code with this fault: only failed checks, not other shapes."""
    return fault.kind in (CodeFaultKind.CHECK, CodeFaultKind.BODY_CHECK)
