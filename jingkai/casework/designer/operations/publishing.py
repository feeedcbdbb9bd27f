"""Publishing a drawn flow with its forms, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jingkai.casework.designer import queries
from jingkai.casework.designer.data import Remark
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations.drawing import StaleDesign, create_design
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.forms import api as forms
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.records.numbering import api as numbering

NUMBERS = "case"
"""The series from which cases take their references where nobody brings one."""
SINCE = date(2020, 1, 1)


class NoSuchTemplate(PersonFacingError):
    """No flow is shipped under this code."""

    status = 404
    sentence = _("There is no template “%(code)s”.")


class DesignRefused(PersonFacingError):
    """A flow can't be published as it is drawn; `remarks` says why."""

    status = 422
    advice = _("Correct what is listed and publish again. Running cases are not affected.")

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self.remarks = tuple(remarks)
        told = gettext("%(n)d things keep this flow from being published. The first: %(message)s")
        super().__init__(told % {"n": len(self.remarks), "message": self.remarks[0].message})


@transaction.atomic
def publish_design(*, design: Design, seen: int, by: Actor, at: datetime) -> FlowVersion:
    """Publish the draft: its forms first, then the drawing, which names their versions.

    Cases that run keep the versions they began with; whoever starts the matter from now on gets this one.
    Errors: StaleDesign when the draft is not the one that was looked at, DesignRefused.
    """
    row = Design.objects.select_for_update().get(pk=design.pk)
    if row.version != seen:
        raise StaleDesign(row, queries.changes_since(row, seen))
    faults = [one for one in queries.remarks_on(row) if one.level == "fault"]
    if faults:
        raise DesignRefused(faults)
    versions = {
        name: forms.publish_form(key=f"{row.key}.{name}", definition=definition, by=by, at=at).version
        for name, definition in row.forms.items()
    }
    drawing = forms.pin_forms(row.bpmn, flow_key=row.key, versions=versions)
    version = flows.publish(key=row.key, bpmn=drawing, name=row.name, name_en=row.name_en, by=by, at=at)
    _seed_numbers(by=SYSTEM, at=at)
    row.published, row.published_state = version, row.version
    row.save(update_fields=["published", "published_state"])
    facts = {"flow": version.pk, "version": version.version, "forms": versions}
    audit.record(row, action="design.published", by=by, at=at, facts=facts)
    return version


@transaction.atomic
def offer_template(*, code: str, by: Actor, at: datetime) -> Design:
    """Publish a shipped flow under its code, so that staff may start it; one that is there stays as it is.

    Errors: NoSuchTemplate.
    """
    found = Design.objects.filter(key=code).first()
    if found is not None:
        return found
    template = queries.find_template(code)
    if template is None:
        raise NoSuchTemplate(code=code)
    design = create_design(
        key=code,
        name=template.name,
        name_en=template.name_en,
        summary=template.summary,
        summary_en=template.summary_en,
        bpmn=template.bpmn,
        definitions=template.forms,
        by=by,
        at=at,
    )
    publish_design(design=design, seen=design.version, by=by, at=at)
    design.refresh_from_db()
    return design


def _seed_numbers(*, by: Actor, at: datetime) -> None:
    """Write down how matters that staff start are numbered, unless the zone has its own pattern."""
    numbering.seed_series(
        key=NUMBERS,
        name="内部事项编号",
        name_en="Numbers of office matters",
        pattern="NB{year}-{n:05}",
        starts_on=SINCE,
        source="本区文号规则",
        by=by,
        at=at,
    )
