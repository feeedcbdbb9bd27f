"""The two ledgers of security say something about every requirement, and point to what is really there.

A row without a verdict, a verdict without evidence, a gap without a reason, a test that was renamed or
removed, a figure on the page that no longer holds: each fails the build. Nothing is run here, only read.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.architecture.tree import ROOT, parsed

FOLDER = ROOT / "docs" / "security"
PAGES = ("README.md", "README.zh.md")
VERDICTS = ("met", "partly", "not-met", "not-applicable")
WHO = ("产品", "部署", "管理")
ASVS = {
    1: "1.1-2 2.1-9 3.1-11 4.1-3 5.1-2",
    2: "1.1-3 2.1-3 3.1-4 4.1-1",
    3: "2.1-2 3.1-4 4.1-6 5.1-5 7.1-2",
    4: "1.1-3 2.1-1 3.1-2 4.1-4",
    5: "1.1-1 2.1-3 3.1-2 4.1-3",
    6: "1.1-3 2.1-12 3.1-4 4.1-4 5.1-5 6.1-3 8.1-4",
    7: "1.1-3 2.1-4 3.1-2 4.1-5 5.1-2 6.1-2",
    8: "1.1-2 2.1-3 3.1-1 4.1-1",
    9: "1.1-3 2.1-4",
    10: "1.1-2 2.1-2 3.1-4 4.1-11 5.1-5 6.1-2 7.1-3",
    11: "1.1-2 2.1-3 3.1-3 4.1-4 5.1-1 6.1-1",
    12: "1.1-3 2.1-2 3.1-4",
    13: "1.1-1 2.1-5 3.1-2 4.1-5",
    14: "1.1-2 2.1-4 3.1-3",
    15: "1.1-3 2.1-3 3.1-7",
    16: "1.1-1 2.1-5 3.1-4 4.1-3 5.1-3",
    17: "1.1-1 2.1-4 3.1-2",
}
"""OWASP ASVS 5.0, levels 1 and 2: by chapter, each section with its first and last number."""
ASVS_LEVELS = {"1": 70, "2": 183}
WHOLE = (
    "8.1.4.1abcd 8.1.4.2abcdefg 8.1.4.3abcd 8.1.4.4abcdef 8.1.4.5 8.1.4.6 8.1.4.7ab 8.1.4.8ab 8.1.4.9abc "
    "8.1.4.10ab 8.1.4.11ab 8.1.5.1ab 8.1.5.2ab 8.1.5.3ab 8.1.5.4abcdef 8.1.9.4abcdefg 8.1.9.5abc "
    "8.1.9.7ab 8.1.9.8abc 8.1.10.5ab 8.1.10.8ab 8.1.10.9ab 8.1.10.11abc"
)
"""GB/T 22239-2019 level 3: clauses that are there with all their letters."""
PARTS = (
    "8.1.2.2ab 8.1.2.3 8.1.3.1a 8.1.3.2ae 8.1.3.3a 8.1.3.4a 8.1.3.5ad 8.1.10.6abefgi 8.1.10.7b "
    "8.1.10.10ac 8.1.10.12c 8.1.10.13bc"
)
"""Clauses of which only some letters concern whoever makes an application."""
CRYPTOGRAPHY = "8.4abcdefghij"
"""GB/T 39786-2021 level 3: application and data."""
WRITTEN = "Written down:"
"""Requirements that a page answers, not a program."""
QUOTED = re.compile(r"`([\w./-]+\.(?:py|md|csv|toml|txt)(?:::\w+)?)`")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asvs_ids() -> list[str]:
    found = []
    for chapter, sections in ASVS.items():
        for section in sections.split():
            head, numbers = section.split(".")
            first, last = map(int, numbers.split("-"))
            found += [f"{chapter}.{head}.{number}" for number in range(first, last + 1)]
    return found


def clauses(written: str) -> list[str]:
    split = [re.fullmatch(r"([\d.]+)([a-z]*)", word) for word in written.split()]
    lettered = [(one[1], one[2]) for one in split if one]
    return [f"{clause} {one})" if one else clause for clause, letters in lettered for one in letters or [""]]


@cache
def functions_of(path: str) -> frozenset[str]:
    nodes = ast.walk(parsed(ROOT / path))
    return frozenset(node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def fault_of_evidence(word: str) -> str:
    """What is wrong with one piece of evidence: a path, or a path and the name of a test in it."""
    path, _separator, name = word.partition("::")
    if ".." in path or not (ROOT / path).is_file():
        return f"{word}: no such file"
    if name and name not in functions_of(path):
        return f"{word}: no such test"
    if name and not name.startswith("test_"):
        return f"{word}: not a test"
    return ""


def is_proof(word: str) -> bool:
    """Whether evidence is a test or a part of the program, and not a page about it."""
    return not word.endswith(".md")


def faults_of(row: dict[str, str], place: str) -> list[str]:
    """What is wrong with one row."""
    evidence, verdict = row["evidence"].split(), row["verdict"]
    faults = [fault for fault in map(fault_of_evidence, evidence) if fault]
    if verdict not in VERDICTS:
        faults.append(f"“{verdict}” is no verdict")
    if not evidence:
        faults.append("no evidence")
    if len(set(evidence)) < len(evidence):
        faults.append("the same evidence twice")
    if bool(row["reason"].strip()) == (verdict == "met"):
        faults.append("a reason is for what is not met" if verdict == "met" else "no reason")
    if not row["subject"].strip():
        faults.append("no subject")
    return [f"{row[place]}: {fault}" for fault in faults]


def test_every_requirement_of_asvs_has_its_row_once() -> None:
    wanted = asvs_ids()
    assert len(wanted) == sum(ASVS_LEVELS.values()) == 253
    assert [row["id"] for row in rows("asvs.csv")] == wanted
    assert Counter(row["level"] for row in rows("asvs.csv")) == ASVS_LEVELS


def test_every_clause_of_the_national_standards_has_its_row_once() -> None:
    found = rows("mlps.csv")
    general = [row["clause"] for row in found if row["standard"] == "GB/T 22239"]
    assert sorted(general) == sorted(clauses(WHOLE) + clauses(PARTS))
    assert [row["clause"] for row in found if row["standard"] == "GB/T 39786"] == clauses(CRYPTOGRAPHY)
    assert len(general) + len(clauses(CRYPTOGRAPHY)) == len(found)
    assert {row["who"] for row in found} == set(WHO)


@pytest.mark.parametrize(("name", "place"), [("asvs.csv", "id"), ("mlps.csv", "clause")])
def test_every_row_has_a_verdict_with_evidence_and_a_gap_its_reason(name: str, place: str) -> None:
    faults = [fault for row in rows(name) for fault in faults_of(row, place)]
    assert not faults, "\n".join(faults)


def test_what_is_met_is_shown_by_more_than_a_page() -> None:
    found = [row for row in rows("asvs.csv") if row["verdict"] == "met"]
    asked = [row for row in found if not row["subject"].startswith(WRITTEN)]
    assert [row["id"] for row in asked if not any(map(is_proof, row["evidence"].split()))] == []


def figures() -> dict[str, list[int]]:
    """The figures of the ledgers, by the words that stand before them on the pages."""
    asvs, mlps = rows("asvs.csv"), rows("mlps.csv")
    groups: dict[str, list[dict[str, str]]] = {
        "ASVS 5.0 L1": [row for row in asvs if row["level"] == "1"],
        "ASVS 5.0 L2": [row for row in asvs if row["level"] == "2"],
        "GB/T 22239": [row for row in mlps if row["standard"] == "GB/T 22239"],
        "GB/T 39786": [row for row in mlps if row["standard"] == "GB/T 39786"],
    }
    return {name: [len(group), *_by_verdict(group)] for name, group in groups.items()}


def _by_verdict(group: list[dict[str, str]]) -> list[int]:
    counted = Counter(row["verdict"] for row in group)
    return [counted[verdict] for verdict in VERDICTS]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_tells_the_figures_of_the_ledgers(page: str) -> None:
    told = {}
    for line in (FOLDER / page).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in figures():
            told[cells[0]] = [int(cell) for cell in cells[1:]]
    assert told == figures()


@pytest.mark.parametrize("page", [*PAGES, "measures.md"])
def test_the_pages_name_only_what_is_there(page: str) -> None:
    named = set(QUOTED.findall((FOLDER / page).read_text(encoding="utf-8")))
    faults = [fault_of_evidence(word) for word in named if "/" in word]
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, ""),
        ({"verdict": ""}, "no verdict"),
        ({"verdict": "mostly"}, "no verdict"),
        ({"evidence": ""}, "no evidence"),
        ({"evidence": "jingkai/gone.py"}, "no such file"),
        ({"evidence": "../etc/passwd"}, "no such file"),
        ({"evidence": "tests/architecture/test_ledgers.py::test_gone"}, "no such test"),
        ({"evidence": "tests/architecture/test_ledgers.py::rows"}, "not a test"),
        ({"evidence": "LICENSE LICENSE"}, "twice"),
        ({"verdict": "partly"}, "no reason"),
        ({"reason": "because"}, "for what is not met"),
        ({"subject": " "}, "no subject"),
    ],
)
def test_the_look_itself(changed: dict[str, Any], fault: str) -> None:
    row = {"id": "1", "subject": "x", "verdict": "met", "evidence": "LICENSE", "reason": ""} | changed
    found = faults_of(row, "id")
    assert (not found) if not fault else any(fault in one for one in found)
