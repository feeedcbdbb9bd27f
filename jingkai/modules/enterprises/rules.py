"""Rights over the registry, what is wrong with a code in words, and which code is admitted."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Permission
from jingkai.modules.enterprises.data import CodeFault, CodeFaultKind, check_code, plain_code
from jingkai.modules.enterprises.models import CodeException, Enterprise

SEE = "enterprises.see"
MANAGE = "enterprises.manage"
ALLOW_CODE = "enterprises.allow_code"
MANAGE_OWN = "enterprises.manage_own"

PERMISSIONS = (
    Permission(SEE, "查看企业名录", "See the registry of enterprises", "enterprises"),
    Permission(MANAGE, "登记和维护企业信息", "Register and edit enterprises", "enterprises"),
    Permission(
        ALLOW_CODE, "准予使用校验不符的早期信用代码", "Admit early codes that fail the check", "enterprises"
    ),
    Permission(
        MANAGE_OWN, "维护本企业信息和经办人", "Edit the own enterprise and its handlers", "enterprises"
    ),
)


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
    taken = Enterprise.objects.filter(uscc=code).select_related("party").first()
    if taken is not None:
        raise CodeTaken(name=taken.party.name)
    return code


def may_be_admitted(fault: CodeFault) -> bool:
    """Whether an officer may admit a code with this fault: only failed checks, not other shapes."""
    return fault.kind in (CodeFaultKind.CHECK, CodeFaultKind.BODY_CHECK)
