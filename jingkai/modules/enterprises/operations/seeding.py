"""The fee list that a zone begins with, and the series of numbers of demands and statements."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises.models import FeeItem
from jingkai.modules.enterprises.operations.fees import DEMANDS, STATEMENTS
from jingkai.modules.enterprises.rules import fees
from jingkai.records.numbering import api as numbering

FEES = Path(__file__).parents[1] / "reference" / "fees.toml"
SINCE = date(2020, 1, 1)
SERIES = (
    (DEMANDS, "缴费通知编号", "Numbers of fee demands", "JF{year}-{n:05}"),
    (STATEMENTS, "结算单编号", "Numbers of fee statements", "JS{year}-{n:05}"),
)


@transaction.atomic
def seed_fees(*, by: Actor, at: datetime) -> int:
    """Load the lines and series that the installation lacks and give how many were new; edits are kept."""
    with FEES.open("rb") as file:
        lines = tomllib.load(file)["fee"]
    added = 0
    for line in lines:
        fees.read_standard(line["kind"], line["standard"])
        code = line.pop("code")
        _row, is_new = FeeItem.objects.get_or_create(code=code, defaults=line)
        added += is_new
    for key, name, name_en, pattern in SERIES:
        numbering.seed_series(
            key=key,
            name=name,
            name_en=name_en,
            pattern=pattern,
            starts_on=SINCE,
            source="本区文号规则",
            by=by,
            at=at,
        )
    return added
