"""Steps that a published table decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.api import decision_at
from jingkai.casework.flow.data import DecisionConflict, DecisionTask, evaluate
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError


class TableUndecided(PersonFacingError):
    """A table that must give one answer gives two; nothing was written."""

    sentence = _("The table of “%(node)s” gives more than one answer (%(rules)s), so it can't decide.")
    advice = _("Ask the system administrator to correct the table or its hit policy; then try again.")


def decide_by_table(node: DecisionTask, values: Mapping[str, Any], *, begun_at: datetime) -> dict[str, Any]:
    """Ask the table that was in force when the case began; its outputs become case variables."""
    try:
        return evaluate(decision_at(node.decision, begun_at), values)
    except DecisionConflict as conflict:
        raise TableUndecided(node=local(node, "name"), rules=", ".join(conflict.rules)) from conflict
