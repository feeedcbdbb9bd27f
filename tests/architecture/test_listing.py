"""The lists of fields and of combinations say what the code says."""

from __future__ import annotations

from tests.architecture import listing

HELP = "an intended change: python -m tools.access"


def test_the_list_of_fields_is_that_of_the_code() -> None:
    told, real = set(listing.read(listing.FIELDS)), set(listing.fields())
    assert (sorted(told - real)[:20], sorted(real - told)[:20]) == ([], []), HELP


def test_the_list_of_combinations_is_that_of_the_code() -> None:
    told, real = set(listing.read(listing.COMBINATIONS)), set(listing.combinations())
    assert (sorted(told - real)[:20], sorted(real - told)[:20]) == ([], []), HELP


def test_every_field_says_who_writes_or_reads_it() -> None:
    lines = listing.fields()
    assert [line for line in lines if not (line[3] or line[4])] == []
    assert [line for line in lines if "nobody" in line[3:]] == []
    assert {"encrypted", "guard"} <= {line[2] for line in lines}
    assert sum(line[0].startswith("/") for line in lines) > 300
    assert sum("/api/v1" in line[0] for line in lines) > 300


def test_every_rule_that_fits_things_together_is_said_in_words() -> None:
    assert [line for line in listing.combinations() if not line[2]] == []
