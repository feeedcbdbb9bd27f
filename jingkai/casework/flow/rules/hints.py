"""What to draw instead of a BPMN element outside the subset."""

from django.utils.translation import gettext as _

HARMLESS = frozenset(
    {
        "documentation",
        "extensionElements",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "ioSpecification",
        "property",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
    }
)
"""Elements that say something to people and nothing to the engine."""


def hint_for(tag: str) -> str:
    """Say in one sentence what to use instead of an unsupported element."""
    if tag in ("task", "manualTask", "receiveTask"):
        return _("Use a user task: every step is on somebody.")
    if tag in ("scriptTask", "sendTask", "businessRuleTask"):
        return _("Use a service task with jk:action, a registered action of the program.")
    if tag in ("inclusiveGateway", "complexGateway", "eventBasedGateway"):
        return _("Use exclusive gateways, or a parallel gateway whose branches begin with an exclusive one.")
    if tag in ("subProcess", "transaction", "adHocSubProcess", "callActivity"):
        return _("Draw the steps directly in this flow.")
    if tag.endswith("LoopCharacteristics"):
        return _(
            "Draw one task per person between two parallel gateways, or lead an arrow back to repeat a task."
        )
    if tag == "timerEventDefinition":
        return _("Give the task a limit with jk:clock: the clock warns and escalates.")
    if tag in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        return _("Use a user task for waiting, and jk:clock for limits.")
    if tag.endswith("EventDefinition"):
        return _("Use a plain start or end event.")
    return _(
        "Remove it: the supported elements are start and end event, "
        "user and service task, exclusive and "
        "parallel gateway, sequence flow."
    )
