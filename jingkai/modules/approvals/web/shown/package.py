"""A package under way on the enterprise's page: its network, results, conditions, later materials, agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Application, ConditionRun, Decision, Reissue
from jingkai.modules.approvals.queries import MatterFile
from jingkai.modules.approvals.web.shown import network as drawn
from jingkai.modules.approvals.web.shown.application import file_link
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.api import accept_attribute
from jingkai.ui.data import Light, Material


@dataclass(frozen=True)
class ResultLine:
    """One document of the package that the enterprise may download."""

    name: str
    document: IssuedDocument
    light: Light
    note: str = ""


def package_part(matter: MatterFile, *, at: datetime) -> dict[str, Any]:
    """What the enterprise sees of a package beyond an ordinary matter; empty for any other."""
    application = matter.application
    network = queries.network_of(application, at=at) if matter.has_network else None
    if network is None:
        return {}
    single = application.package.version_of_id is not None
    conditions = list(application.conditions.select_related("condition__material"))
    drawing = {} if single else drawn.network_context(network)
    return {
        **drawing,
        "network": network,
        "chart": None if single else drawn.comparison_chart(network),
        "results": _results(application, network),
        "conditions": conditions,
        "given_up": [one for one in conditions if one.state == ConditionRun.State.LAPSED],
        "later": _later(matter),
    }


def _results(application: Application, network: queries.Network) -> list[ResultLine]:
    lines = []
    decisions = Decision.objects.filter(item__application=application, document__isnull=False)
    for one in decisions.select_related("document", "item__item").order_by("sealed_at", "pk"):
        document = one.document
        assert document is not None
        light = _document_light(document)
        lines.append(ResultLine(local(one.item.item, "result_name"), document, light))
    for item in network.items:
        paper = item.run.conditional if item.run else None
        if paper is not None and paper.state == "valid":
            light = Light("hold", _("Conditional, not in effect"))
            lines.append(ResultLine(local(item.item, "result_name"), paper, light, item.condition_name))
    reissues = Reissue.objects.filter(run__application=application, document__isnull=False)
    for done in reissues.select_related("document", "unit", "run__catalogue_item"):
        assert done.document is not None
        name = local(done.run.catalogue_item, "result_name")
        lines.append(ResultLine(name, done.document, Light("ok", _("Valid")), local(done.unit, "name")))
    return lines


def _document_light(document: IssuedDocument) -> Light:
    """What a result's document is worth; one whose state seal was ordered waits for it."""
    if document.state == IssuedDocument.State.PREPARED:
        return Light("hold", _("Waiting for the state seal"))
    return Light("ok", _("Valid")) if document.state == "valid" else Light("late", _("Revoked"))


def _later(matter: MatterFile) -> list[Material]:
    """What may still be handed in, each with its upload."""
    application = matter.application
    if application.state != Application.State.ACCEPTED:
        return []
    slots = rules.later_slots(application)
    return [
        Material(
            name=local(row.material, "name"),
            key=row.material.code,
            required=False,
            note=local(row.material, "requirement"),
            light=Light("ok", _("Uploaded")) if row.files else Light("warn", _("Still missing")),
            files=[file_link(application, given, editable=False) for given in row.files],
            upload_url=reverse("approvals:supply_material", args=[application.uuid, row.material.code]),
            accept=accept_attribute(tuple(row.material.accepted)),
        )
        for row in matter.materials
        if row.material.code in slots
    ]
