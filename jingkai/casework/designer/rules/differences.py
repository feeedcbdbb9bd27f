"""What differs between two states of a flow: elements of the drawing, forms and their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from jingkai.casework.designer.data import Differences, ElementChange, FormChange

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
JK = "{urn:jingkai:bpmn:1}"
_NOT_COMPARED = {"id"}
_REFERENCES = {"incoming", "outgoing"}


def differences(
    old: str,
    new: str,
    *,
    old_forms: Mapping[str, Any] | None = None,
    new_forms: Mapping[str, Any] | None = None,
) -> Differences:
    """Compare two drawings element by element (known by their ids), and their forms field by field."""
    before, after = _elements(old), _elements(new)
    changes = [ElementChange(key, *_said(before[key]), "removed") for key in before if key not in after]
    for key, (kind, facts) in after.items():
        if key not in before:
            changes.append(ElementChange(key, kind, facts.get("name", ""), "added"))
        elif before[key] != (kind, facts):
            earlier = before[key][1]
            what = sorted(name for name in {*facts, *earlier} if facts.get(name, "") != earlier.get(name, ""))
            changes.append(ElementChange(key, kind, facts.get("name", ""), "changed", tuple(what)))
    return Differences(tuple(changes), tuple(_form_changes(old_forms or {}, new_forms or {})))


def _said(element: tuple[str, Mapping[str, str]]) -> tuple[str, str]:
    return element[0], element[1].get("name", "")


def _elements(bpmn: str) -> dict[str, tuple[str, dict[str, str]]]:
    try:
        root = fromstring(bpmn.encode(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    process = root.find(f"{BPMN}process")
    if process is None:
        return {}
    found = {process.get("id", ""): ("process", _facts(process))}
    for element in process:
        if isinstance(element.tag, str) and element.tag.startswith(BPMN) and element.get("id"):
            found[element.get("id", "")] = (element.tag.removeprefix(BPMN), _facts(element, inner=True))
    return found


def _facts(element: Element, *, inner: bool = False) -> dict[str, str]:
    facts = {
        name.removeprefix(JK): " ".join(value.split())
        for name, value in element.items()
        if name not in _NOT_COMPARED and value
    }
    for child in element if inner else ():
        tag = str(child.tag).removeprefix(BPMN)
        if tag not in _REFERENCES:
            facts[tag] = "".join(child.itertext()).strip() + str(sorted(child.items()))
    return facts


def _form_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FormChange]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield FormChange(name, "", _label(after, "name") or name, "added")
        elif after is None:
            yield FormChange(name, "", _label(before, "name") or name, "removed")
        elif before != after:
            yield from _field_changes(name, before, after)


def _field_changes(form: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FormChange]:
    old, new = _fields(before), _fields(after)
    if {**before, "fields": ()} != {**after, "fields": ()} or [*old] != [name for name in new if name in old]:
        yield FormChange(form, "", _label(after, "name") or form, "changed")
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old:
            yield FormChange(form, name, _label(new[name], "label") or name, "added")
        elif name not in new:
            yield FormChange(form, name, _label(old[name], "label") or name, "removed")
        elif old[name] != new[name]:
            yield FormChange(form, name, _label(new[name], "label") or name, "changed")


def _fields(form: Mapping[str, Any]) -> dict[str, Any]:
    fields = form.get("fields", [])
    return {str(one.get("name")): one for one in fields if isinstance(one, Mapping)}


def _label(item: Any, key: str) -> str:
    return str(item.get(key, "")) if isinstance(item, Mapping) else ""
