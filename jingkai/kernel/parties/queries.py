"""Reads: parties by kind and name, persons by phone, who acts for whom, and what is encrypted where."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet
from psycopg import sql

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.parties.data import (
    Contact,
    KeyLine,
    KeysetPage,
    PartyKind,
    PartyLine,
    RepresentationLine,
    RepresentationRole,
    SealedColumn,
    mask_phone,
    plain_phone,
)
from jingkai.kernel.parties.models import EncryptedTextField, Party, Person, Representation
from jingkai.kernel.parties.models.encrypted import lookup_hash
from jingkai.kernel.parties.models.keyring import NAMES, key_file, read_keys

sealed_elsewhere: Registry[SealedColumn] = Registry("sealed_elsewhere", key=lambda one: one.name)
"""Columns that hold encrypted values without being encrypted columns, such as parts of documents."""


def zone() -> Party:
    """Give the zone of this installation; raises `Party.DoesNotExist` before it is set up."""
    return Party.objects.get(kind=PartyKind.ZONE.value)


def zone_name() -> str:
    """Give the zone's Chinese name, empty before it is set up."""
    return Party.objects.filter(kind=PartyKind.ZONE.value).values_list("name", flat=True).first() or ""


def get_person(person_id: int) -> Person:
    """Give a person with the party's names, by the party's number."""
    return Person.objects.select_related("party").get(pk=person_id)


def get_persons_by_phone(phone: str) -> QuerySet[Person]:
    """Find the active persons with this phone number, however it was typed."""
    digits = plain_phone(phone)
    found = Person.objects.select_related("party").filter(party__active=True)
    return found.filter(phone_hash=lookup_hash(digits)) if digits else found.none()


def get_contacts(person_ids: Iterable[int]) -> list[Contact]:
    """Give how to reach these persons, in the clear; for the code that sends messages, never for pages."""
    people = Person.objects.select_related("party").filter(pk__in=list(person_ids), party__active=True)
    return [Contact(p.pk, p.party.name, p.phone, p.email, p.language) for p in people]


def get_names(party_ids: Iterable[int]) -> dict[int, PartyLine]:
    """Give the names of these parties by their numbers, with one query."""
    rows = Party.objects.filter(pk__in=set(party_ids))
    return {row.pk: _line(row) for row in rows}


def list_parties(*, kind: PartyKind, text: str = "", limit: int = 50) -> list[PartyLine]:
    """Give active parties of a kind whose name, pinyin or initials hold the text, in pinyin order."""
    rows = Party.objects.filter(kind=kind.value, active=True).filter(name_matches(text))
    return [_line(row) for row in rows.order_by("pinyin", "pk")[:limit]]


def name_matches(text: str, *, prefix: str = "") -> Q:
    """Give the condition under which a party's name is meant by what somebody typed.

    `prefix` is the path to the party from another table, for example `party__`.
    """
    text = text.strip()
    if not text:
        return Q()
    letters = "".join(text.lower().split())
    fields = {"name__icontains": text, "name_en__icontains": text, "short_name__icontains": text}
    found = Q(**{f"{prefix}initials__contains": letters}) | Q(**{f"{prefix}pinyin__contains": text.lower()})
    for field, value in fields.items():
        found |= Q(**{f"{prefix}{field}": value})
    return found


def representations_of(party_id: int, *, on: date | None = None) -> QuerySet[Representation]:
    """Give who acts for a party, those of a day or (no day) all there ever were, newest first."""
    rows = Representation.objects.select_related("person__party").filter(party_id=party_id)
    if on is not None:
        rows = rows.filter(ended_at__isnull=True, starts_on__lte=on)
        rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return rows.order_by("-starts_on", "-pk")


def list_representations(party_id: int, *, on: date | None = None) -> list[RepresentationLine]:
    """Give who acts for a party as lines of a list, phones masked."""
    return [
        RepresentationLine(
            uuid=str(row.uuid),
            person_id=row.person_id,
            person_name=row.person.party.name,
            role=RepresentationRole(row.role),
            phone=mask_phone(row.person.phone),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in representations_of(party_id, on=on)
    ]


def _line(row: Party) -> PartyLine:
    return PartyLine(row.pk, str(row.uuid), PartyKind(row.kind), row.name, row.name_en, row.short_name)


def keyset_page(
    rows: QuerySet[Any],
    *,
    fields: tuple[str, str],
    place: str,
    back: bool,
    size: int,
    descending: bool = False,
) -> KeysetPage:
    """Cut one page out of a list sorted by a text and, for ties, a number; the same cost at any depth.

    `place` is what an earlier page gave as `before` or `after`; `back` asks for the page before it. Anything
    else in `place` gives the first page. `descending` turns the list round: the newest first.
    """
    text, _, number = place.rpartition(",")
    known = number.isascii() and number.isdigit() and len(number) < 19
    if known:
        way = "lt" if back != descending else "gt"
        same = Q(**{fields[0]: text, f"{fields[1]}__{way}": int(number)})
        rows = rows.filter(Q(**{f"{fields[0]}__{way}": text}) | same)
    back = back and known
    turned = back != descending
    found = list(rows.order_by(*[f"-{field}" for field in fields] if turned else fields)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    newer, older = (more, True) if back else (known, more)
    return KeysetPage(
        rows=found,
        before=_place(found[0], fields) if found and newer else "",
        after=_place(found[-1], fields) if found and older else "",
    )


def _place(row: Any, fields: tuple[str, str]) -> str:
    return ",".join(str(reduce(getattr, field.split("__"), row)) for field in fields)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Give every column of the product that holds values under the keys of personal data."""
    found = [
        SealedColumn(model._meta.db_table, str(model._meta.pk.column), str(field.column), field.context)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField) and model._meta.managed
    ]
    return (*found, *sealed_elsewhere.all())


def sealed_value(column: SealedColumn) -> sql.Composable:
    """Give the expression that reads a column's encrypted text."""
    place = sql.Identifier(column.column)
    return sql.SQL("({} ->> {})").format(place, sql.Literal(column.part)) if column.part else place


def count_values() -> dict[str, Mapping[str, int]]:
    """Count the values of each column that has any, by the name of the key that they are under."""
    counted: dict[str, Mapping[str, int]] = {}
    for column in sealed_columns():
        value = sealed_value(column)
        question = sql.SQL(
            "SELECT split_part({value}, ':', 2), count(*) FROM {table} WHERE {value} <> '' GROUP BY 1"
        ).format(value=value, table=sql.Identifier(column.table))
        with connection.cursor() as cursor:
            cursor.execute(question)
            if rows := cursor.fetchall():
                counted[column.name] = dict(rows)
    return counted


def list_keys() -> list[KeyLine]:
    """Give every key with what it is for and how many values are under it."""
    ring = read_keys(key_file())
    counts = list(count_values().values())
    return [
        KeyLine(
            name,
            NAMES[key.cipher],
            name == ring.current,
            key.made,
            key.left,
            sum(one.get(name, 0) for one in counts),
        )
        for name, key in ring.keys.items()
    ]
