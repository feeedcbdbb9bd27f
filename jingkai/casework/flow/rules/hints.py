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
    if tag in ("scriptTask", "sendTask"):
        return _("Use a service task with jk:action, a registered action of the program.")
    if tag == "complexGateway":
        return _("Use exclusive, inclusive or parallel gateways.")
    if tag == "eventBasedGateway":
        return _("Use a user task or a message event with a timer at its boundary.")
    if tag in ("subProcess", "transaction", "adHocSubProcess"):
        return _("Draw the steps directly in this flow, or call another flow as a sub-case.")
    if tag == "multiInstanceLoopCharacteristics":
        return _("Use it on a user task; for sub-cases draw one per matter.")
    if tag == "standardLoopCharacteristics":
        return _("Lead an arrow back to repeat a task.")
    if tag in ("loopCardinality", "completionCondition", "loopDataInputRef", "inputDataItem"):
        return _("Use jk:each to name the people and jk:pass for how many must agree.")
    if tag == "timeCycle":
        return _("Use several timers, or jk:timeout with one reminder after the other.")
    if tag == "intermediateThrowEvent":
        return _("Use a service task with jk:action to tell others.")
    if tag.endswith("EventDefinition"):
        return _("Use a plain event, or a timer, message or signal where the case is to wait.")
    return _(
        "Remove it: the supported elements are start and end event, user, service and business rule task, "
        "call activity, timer at a boundary, timer, message and signal catching event, exclusive, inclusive "
        "and parallel gateway, sequence flow."
    )
