"""Sentences about faults, and the error that carries them."""

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import Fault, FaultCode
from jingkai.kernel.hooks.data import PersonFacingError


def fault(element: str, code: FaultCode, sentence: str, /, **values: object) -> Fault:
    """Make a fault whose sentence is already in the active language."""
    return Fault(element, code, sentence % values if values else sentence)


class FlowRefused(PersonFacingError):
    """A flow file cannot be published; `faults` says why, element by element."""

    status = 422
    advice = _("Correct the elements named and publish again. Running cases are not affected.")
    told = gettext_noop("The flow has %(count)d faults. The first: %(element)s: %(message)s")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            gettext(self.told)
            % {"count": len(self.faults), "element": first.element, "message": first.message}
        )


class DecisionRefused(FlowRefused):
    """A decision table cannot be published; `faults` says why, cell by cell."""

    told = gettext_noop("The table has %(count)d faults. The first: %(element)s: %(message)s")
