"""The user tasks of a drawing, faulty or not, with the forms that they name."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from jingkai.casework.designer.rules.differences import BPMN, JK
from jingkai.casework.forms import api as forms


@dataclass(frozen=True, slots=True)
class StepLine:
    """One user task as it is drawn."""

    id: str
    name: str
    name_en: str
    form: str


def steps_of(bpmn: str) -> list[StepLine]:
    """Give the user tasks of a drawing in the order of the file; nothing of a file that can't be read."""
    try:
        root = fromstring(bpmn.encode(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return []
    return [
        StepLine(
            id=task.get("id", ""),
            name=task.get("name", "") or task.get("id", ""),
            name_en=task.get(f"{JK}nameEn", "") or task.get("name", "") or task.get("id", ""),
            form=forms.local_name(task.get(f"{JK}form", "")),
        )
        for task in root.iterfind(f"{BPMN}process/{BPMN}userTask")
    ]
