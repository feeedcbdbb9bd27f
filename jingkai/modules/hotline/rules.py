"""Who answers work orders, and the zone's terms of them as a rule."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.rules import api as kernel_rules
from jingkai.kernel.rules.api import RuleField, RuleKind
from jingkai.modules.hotline.data import Terms

ANSWER = "hotline.answer"
PERMISSIONS = (Permission(ANSWER, "办理 12345 工单", "Answer 12345 work orders", "hotline"),)

TERMS = "hotline_terms"
STANDARD = "standard"

TERMS_RULE = RuleKind(
    code=TERMS,
    name="12345 工单办理要求",
    name_en="Terms of 12345 work orders",
    keys=(STANDARD,),
    fields=(
        RuleField(
            name="days", label=_("Days to answer (working days)"), type="integer", minimum=1, maximum=30
        ),
        RuleField(name="unit", label=_("Code of the unit whose head receives them")),
    ),
)


def terms_on(on: date) -> Terms:
    """The zone's terms of that day; the product's own where the zone has written none."""
    found = kernel_rules.find_rule(TERMS, STANDARD, on=on)
    if found is None:
        return Terms()
    return Terms(rule_id=found.id, days=int(found.value["days"]), unit=str(found.value["unit"]))
