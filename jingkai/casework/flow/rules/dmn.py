"""Reading a DMN 1.3 decision table from an untrusted hand, with the same care as a flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Decision, Fault, FaultCode, HitPolicy, UnaryError, parse_unary
from jingkai.casework.flow.data.decisions import (
    Aggregation,
    Column,
    Rule,
    Unary,
    literals_of,
    parse_output,
    type_of,
)
from jingkai.casework.flow.data.faults import FILE
from jingkai.casework.flow.rules.declared import usable_name
from jingkai.casework.flow.rules.faults import DecisionRefused, fault

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
MAX_BYTES = 1_000_000
MAX_RULES = 2_000
_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
}


def lint_dmn(dmn: bytes) -> list[Fault]:
    """Return everything that is wrong with a decision table; empty means publishable."""
    try:
        compile_dmn(dmn)
    except DecisionRefused as refused:
        return list(refused.faults)
    return []


def compile_dmn(dmn: bytes) -> Decision:
    """Read a table into frozen data; a faulty one raises `DecisionRefused` with all its faults."""
    element, table = _table(dmn)
    faults: list[Fault] = []
    policy, aggregation = _policy(table, faults)
    inputs = tuple(_inputs(table, faults))
    outputs = tuple(_outputs(table, faults))
    rules = tuple(_rules(table, inputs, outputs, faults))
    decision = Decision(
        element.get("id", ""), element.get("name", ""), inputs, outputs, rules, policy, aggregation
    )
    faults += _shape_faults(decision, table.get("id", FILE))
    if faults:
        raise DecisionRefused(list(dict.fromkeys(faults)))
    return decision


def _table(dmn: bytes) -> tuple[Element, Element]:
    root = _parse(dmn)
    decisions = root.findall(f"{DMN}decision")
    if root.tag != f"{DMN}definitions" or len(decisions) != 1:
        text = _("The file must hold exactly one decision of DMN 1.3. Export one table per file.")
        raise DecisionRefused([fault(FILE, FaultCode.NOT_DMN, text)])
    table = decisions[0].find(f"{DMN}decisionTable")
    if table is None:
        text = _("The decision is no table. Only decision tables are supported.")
        raise DecisionRefused([fault(decisions[0].get("id") or FILE, FaultCode.NOT_DMN, text)])
    return decisions[0], table


def _parse(dmn: bytes) -> Element:
    if len(dmn) > MAX_BYTES:
        text = _("The table is larger than %(limit)d KB. Split it.")
        raise DecisionRefused([fault(FILE, FaultCode.TOO_LARGE, text, limit=MAX_BYTES // 1000)])
    try:
        return fromstring(dmn, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        text = _(
            "The file declares a document type or entities, which are never read. Remove the <!DOCTYPE> part."
        )
        raise DecisionRefused([fault(FILE, FaultCode.ENTITIES, text)]) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        text = _("The file is not well-formed XML (%(error)s). Export it again from the modeler.")
        raise DecisionRefused([fault(FILE, FaultCode.NOT_XML, text, error=error)]) from error


def _policy(table: Element, faults: list[Fault]) -> tuple[HitPolicy, Aggregation]:
    try:
        policy = HitPolicy(table.get("hitPolicy", "UNIQUE"))
        aggregation = Aggregation(table.get("aggregation", ""))
    except ValueError:
        text = _("The hit policy “%(policy)s” is not supported. Use UNIQUE, FIRST or COLLECT.")
        shown = f"{table.get('hitPolicy', '')} {table.get('aggregation', '')}".strip()
        faults.append(fault(table.get("id", FILE), FaultCode.BAD_TABLE, text, policy=shown))
        return HitPolicy.UNIQUE, Aggregation.NONE
    return policy, aggregation if policy is HitPolicy.COLLECT else Aggregation.NONE


def _inputs(table: Element, faults: list[Fault]) -> Iterator[Column]:
    for element in table.findall(f"{DMN}input"):
        expression = element.find(f"{DMN}inputExpression")
        written = "" if expression is None else (expression.findtext(f"{DMN}text") or "").strip()
        kind = "" if expression is None else expression.get("typeRef", "string")
        yield _column(element.get("id", FILE), written, kind, faults)


def _outputs(table: Element, faults: list[Fault]) -> Iterator[Column]:
    for element in table.findall(f"{DMN}output"):
        yield _column(
            element.get("id", FILE), element.get("name", ""), element.get("typeRef", "string"), faults
        )


def _column(element: str, name: str, kind: str, faults: list[Fault]) -> Column:
    if not usable_name(name):
        text = _("“%(name)s” is not the name of a case variable. Write one name, without a formula.")
        faults.append(fault(element, FaultCode.BAD_TABLE, text, name=name))
    if kind not in _TYPES:
        text = _("The type “%(kind)s” is not supported. Use string, number, boolean or date.")
        faults.append(fault(element, FaultCode.BAD_TABLE, text, kind=kind))
    return Column(name, _TYPES.get(kind, "text"))


def _rules(
    table: Element, inputs: tuple[Column, ...], outputs: tuple[Column, ...], faults: list[Fault]
) -> Iterator[Rule]:
    for number, element in enumerate(table.findall(f"{DMN}rule"), 1):
        name = element.get("id", f"rule-{number}")
        entries = [_cell(cell) for cell in element.findall(f"{DMN}inputEntry")]
        results = [_cell(cell) for cell in element.findall(f"{DMN}outputEntry")]
        if len(entries) != len(inputs) or len(results) != len(outputs):
            text = _("This rule has another number of cells than the table has columns. Complete it.")
            faults.append(fault(name, FaultCode.BAD_TABLE, text))
            continue
        try:
            tests = tuple(parse_unary(text) for text in entries)
            values = tuple(parse_output(text) for text in results)
        except UnaryError as error:
            text = _(
                "“%(cell)s” cannot be read. Write values, comparisons such as >= 10, ranges [1..5], "
                "several with commas, not(…), or “-”."
            )
            faults.append(fault(name, FaultCode.BAD_TABLE, text, cell=error))
            continue
        faults += _type_faults(name, inputs, outputs, tests, values)
        yield Rule(name, tests, values)


def _cell(element: Element) -> str:
    return (element.findtext(f"{DMN}text") or "").strip()


def _type_faults(
    rule: str,
    inputs: tuple[Column, ...],
    outputs: tuple[Column, ...],
    tests: tuple[Unary, ...],
    values: tuple[Any, ...],
) -> Iterator[Fault]:
    text = _("A cell of “%(name)s” has another type than its column (%(kind)s). Correct the cell.")
    for column, test in zip(inputs, tests, strict=True):
        if any(type_of(one) not in (column.type, "null") for one in literals_of(test)):
            yield fault(rule, FaultCode.BAD_TABLE, text, name=column.name, kind=column.type)
    for column, value in zip(outputs, values, strict=True):
        members = value if isinstance(value, tuple) else (value,)
        if any(type_of(one) not in (column.type, "null") for one in members):
            yield fault(rule, FaultCode.BAD_TABLE, text, name=column.name, kind=column.type)


def _shape_faults(decision: Decision, element: str) -> Iterator[Fault]:
    if not decision.inputs or not decision.outputs or not decision.rules:
        text = _("A table needs at least one input, one output and one rule.")
        yield fault(element, FaultCode.BAD_TABLE, text)
    if len(decision.rules) > MAX_RULES:
        text = _("The table has more than %(limit)d rules. Split it.")
        yield fault(element, FaultCode.BAD_TABLE, text, limit=MAX_RULES)
    names = [column.name for column in decision.outputs]
    if len(set(names)) < len(names):
        yield fault(element, FaultCode.BAD_TABLE, _("Two outputs have the same name. Rename one."))
    numeric = decision.aggregation in (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX)
    if numeric and any(column.type != "number" for column in decision.outputs):
        text = _("Only numbers can be added up or compared. Give the output the type number.")
        yield fault(element, FaultCode.BAD_TABLE, text)
