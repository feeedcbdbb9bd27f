"""Conditions and default flows: every choice must be decidable, with names that exist."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Condition, ConditionError, Fault, FaultCode, Problem, parse_condition
from jingkai.casework.flow.rules.declared import outcomes_of, variables_of
from jingkai.casework.flow.rules.drawing import (
    BOUNDARY,
    CALL,
    CATCH,
    CHOOSING,
    START,
    USER,
    Arrow,
    Drawing,
    Shape,
)
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.structure import is_join

OUTCOME = "outcome"
"""The name under which a condition asks how the last task on this path ended."""


def check_conditions(drawing: Drawing) -> Iterator[Fault]:
    """Check every exclusive and inclusive gateway, and that no other element carries a condition."""
    for shape in drawing.shapes.values():
        if shape.kind in CHOOSING and len(shape.outgoing) > 1:
            yield from _choice_faults(drawing, shape)
        else:
            for arrow in shape.outgoing:
                if arrow.condition is not None and shape.kind:
                    text = _(
                        "A condition stands where there is no choice. Only arrows "
                        "out of an exclusive or inclusive gateway "
                        "with several ways carry conditions."
                    )
                    yield fault(arrow.id, FaultCode.STRAY_CONDITION, text)


def _choice_faults(drawing: Drawing, gateway: Shape) -> Iterator[Fault]:
    names = [arrow.id for arrow in gateway.outgoing]
    if not gateway.default:
        text = _("This gateway has no default flow. Mark the arrow to take when no condition holds.")
        yield fault(gateway.id, FaultCode.NO_DEFAULT, text)
    elif gateway.default not in names:
        text = _("The default flow “%(flow)s” does not leave this gateway. Choose one of: %(flows)s.")
        yield fault(gateway.id, FaultCode.BAD_DEFAULT, text, flow=gateway.default, flows=", ".join(names))
    known = _known_outcomes(drawing, gateway)
    for arrow in gateway.outgoing:
        if arrow.id == gateway.default:
            if arrow.condition:
                text = _("The default flow carries a condition. Remove it: it is taken when no other holds.")
                yield fault(arrow.id, FaultCode.STRAY_CONDITION, text)
        elif not arrow.condition:
            text = _("This arrow has no condition, so nobody knows when to follow it. Write one.")
            yield fault(arrow.id, FaultCode.NO_CONDITION, text)
        else:
            yield from _condition_faults(drawing, arrow, known)


def _condition_faults(drawing: Drawing, arrow: Arrow, known: set[str] | None) -> Iterator[Fault]:
    try:
        condition = parse_condition(arrow.condition or "")
    except ConditionError as error:
        yield fault(arrow.id, FaultCode.BAD_CONDITION, _sentence(error.reason, error.detail))
        return
    types = {**variables_of(drawing).types, OUTCOME: "text"}
    for problem in condition.problems(types):
        yield _problem_fault(arrow, problem, sorted(types))
    if OUTCOME in condition.names:
        yield from _outcome_faults(arrow, condition, known)


def _problem_fault(arrow: Arrow, problem: Problem, names: list[str]) -> Fault:
    if problem.reason == "unknown-name":
        text = _(
            "The name “%(name)s” is not declared. Declare it in "
            "jk:variables of the process; known: %(names)s."
        )
        return fault(arrow.id, FaultCode.UNKNOWN_NAME, text, name=problem.detail, names=", ".join(names))
    return fault(arrow.id, FaultCode.BAD_CONDITION, _sentence(problem.reason, problem.detail))


def _outcome_faults(arrow: Arrow, condition: Condition, known: set[str] | None) -> Iterator[Fault]:
    if known is None:
        text = _(
            "“outcome” is not known here, because a path comes from the start, from a join or from an event. "
            "Keep it with jk:outcomeAs at the task and ask for that name."
        )
        yield fault(arrow.id, FaultCode.OUTCOME_NOT_KNOWN, text)
        return
    for unknown in sorted(condition.literals_compared_with(OUTCOME) - known if known else ()):
        text = _("The task before never ends with the outcome “%(outcome)s”; it offers: %(known)s.")
        yield fault(
            arrow.id, FaultCode.UNKNOWN_OUTCOME, text, outcome=unknown, known=", ".join(sorted(known))
        )


def _known_outcomes(drawing: Drawing, gateway: Shape) -> set[str] | None:
    """Return the outcomes that can arrive here: nothing known (None), anything (empty), or these."""
    codes: set[str] = set()
    seen, waiting, free = {gateway.id}, [gateway], False
    while waiting:
        for arrow in waiting.pop().incoming:
            shape = drawing.shapes[arrow.source]
            if shape.kind in (START, CATCH, BOUNDARY) or is_join(shape):
                return None
            if shape.kind == CALL:
                free = True
            elif shape.kind == USER:
                declared = outcomes_of(shape)
                free = free or not declared
                codes |= {outcome.code for outcome in declared}
            elif shape.id not in seen:
                seen.add(shape.id)
                waiting.append(shape)
    return set() if free else codes


def _sentence(reason: str, detail: str) -> str:
    match reason:
        case "not-allowed":
            text = _(
                "“%(detail)s” is not allowed in a condition: only names, "
                "values, comparisons, in, and, or, not."
            )
        case "in-needs-list":
            text = _("“%(detail)s”: write a list of values after “in”, such as ('a', 'b').")
        case "not-boolean":
            text = _("“%(detail)s” is not yes or no. Compare it with a value.")
        case "types-differ":
            text = _("“%(detail)s” compares values of different types. Compare like with like.")
        case "too-long":
            text = _(
                "The condition is longer than %(detail)s characters. Decide "
                "it in a task before, and ask for that."
            )
        case "empty":
            text = _("The condition is empty. Write one.")
        case _:
            text = _(
                "“%(detail)s” cannot be read as a condition. Example: outcome == 'approve' and area >= 1000"
            )
    return text % {"detail": detail}
