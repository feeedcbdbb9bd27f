"""The words of the drawing board, for the script: the modeler itself speaks English only."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.designer.web.shown import element_words


def board_words() -> dict[str, str]:
    """Give the words of palette, context pad and messages by the names that the script uses."""
    kinds = element_words()
    return {
        "hand": _("Move the picture"),
        "lasso": _("Choose several"),
        "space": _("Make room"),
        "connect": _("Connect"),
        "start": kinds["startEvent"],
        "end": kinds["endEvent"],
        "user": kinds["userTask"],
        "service": kinds["serviceTask"],
        "rule": kinds["businessRuleTask"],
        "call": kinds["callActivity"],
        "exclusive": kinds["exclusiveGateway"],
        "parallel": kinds["parallelGateway"],
        "inclusive": kinds["inclusiveGateway"],
        "wait": kinds["intermediateCatchEvent"],
        "timer": kinds["boundaryEvent"],
        "text": kinds["textAnnotation"],
        "append": _("Add behind: %(what)s"),
        "remove": pgettext("drawing", "Delete"),
        "several_off": _("one person"),
        "several_parallel": _("several people at once"),
        "several_sequential": _("several people one after the other"),
        "saving": _("Saving …"),
        "saved": _("Saved."),
        "unsaved": _("Not saved yet"),
        "checking": _("Checking …"),
        "sound": _("Nothing keeps this flow from being published."),
        "faults": _("%(n)s things to correct"),
        "lost": _("The connection was lost. What you drew is still here; save it again."),
        "leave": _("What you drew is not saved yet."),
        "unreadable": _("The drawing can't be shown."),
        "edit_form": _("Edit the form"),
        "flow_name": _("The whole flow"),
        **{f"kind:{key}": value for key, value in kinds.items()},
    }
