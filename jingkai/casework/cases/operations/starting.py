"""Opening a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.events import CaseStarted
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.operations.store import read_scene
from jingkai.casework.cases.queries.words import words_of, words_of_name
from jingkai.casework.cases.rules import advance, check_values
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.records.numbering import api as numbering

SERIES = "case"
"""The series of case references where the caller brings none."""


class ReferenceTaken(PersonFacingError):
    """References are unique for ever."""

    sentence = _("The number %(reference)s is already taken by another case.")


@transaction.atomic
def start_case(
    *,
    flow_key: str,
    kind: str,
    title: str,
    by: Actor,
    at: datetime,
    title_en: str = "",
    applicant: models.Model | int | None = None,
    starter: models.Model | int | None = None,
    reference: str = "",
    variables: Mapping[str, Any] | None = None,
    pins: Mapping[str, Any] | None = None,
    version: FlowVersion | None = None,
) -> Case:
    """Open a case under the current version of its flow, and its first tasks.

    `applicant` and `starter` are parties (or rows that extend one, or their numbers); the starter is the
    acting person unless another is named. Without a `reference` the next number of the series is taken.
    Both, the zone, and everybody on whom a task falls may see the case from now on.
    """
    version = version or flows.get_current(flow_key)
    flow = flows.compiled(version)
    case = Case(
        reference=reference or numbering.next_number(series=SERIES, at=at, by=by).text,
        kind=kind,
        title=title[:300],
        title_en=title_en[:300],
        flow_version=version,
        applicant_id=party_id(applicant),
        starter_id=party_id(starter) or by.party_id,
        opened_at=at,
        updated_at=at,
        pins=dict(pins or {}),
        variables=check_values(flow, variables or {}),
    )
    _insert(case)
    step = Step(case, flow, by, at, read_scene(case.pk, flow.units), fresh=True)
    step.grantees |= {party for party in (case.applicant_id, case.starter_id) if party}
    node = flow.nodes[flow.start]
    step.follow(advance(flow, node, outcome="", values=case.variables, perform=step.perform), previous=None)
    facts = {
        "reference": case.reference,
        "kind": kind,
        "flow": version.pk,
        "applicant": case.applicant_id,
        "starter": case.starter_id,
    }
    step.finish("case.started", facts=facts, for_=case.applicant_id, told=(CaseStarted(case_id=case.pk),))
    return case


def party_id(party: models.Model | int | None) -> int | None:
    """Give the number of a party, of a row that extends one, or a number as it is."""
    return party if isinstance(party, int) or party is None else int(party.pk)


def _insert(case: Case) -> None:
    """Write the row with its search words and the applicant's; a taken reference is told in words."""
    if Case.objects.filter(reference=case.reference).exists():
        raise ReferenceTaken(reference=case.reference)
    found = words_of(case.reference, case.title, case.title_en)
    if case.applicant is not None:
        found += words_of_name(case.applicant)
    words = Value(list(dict.fromkeys(found)), ArrayField(models.TextField()))
    case.words = Func(words, function="array_to_tsvector")
    case.save(force_insert=True)
    case.words = None
