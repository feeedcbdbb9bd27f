"""What a form may be, what an answer may be, how a drawing names its forms."""

from jingkai.casework.forms.rules.patterns import is_tame
from jingkai.casework.forms.rules.reading import condition_types, read_definition
from jingkai.casework.forms.rules.references import local_name, parse_reference, pin_forms, unpin_forms
from jingkai.casework.forms.rules.typing import number_of, opinion_of, typed, with_line
from jingkai.casework.forms.rules.values import (
    Answers,
    as_variables,
    find_problems,
    in_conditions,
    is_empty,
    value_problems,
    variable_type,
    visible_fields,
    with_sums,
)

__all__ = [
    "Answers",
    "as_variables",
    "condition_types",
    "find_problems",
    "in_conditions",
    "is_empty",
    "is_tame",
    "local_name",
    "number_of",
    "opinion_of",
    "parse_reference",
    "pin_forms",
    "read_definition",
    "typed",
    "unpin_forms",
    "value_problems",
    "variable_type",
    "visible_fields",
    "with_line",
    "with_sums",
]
