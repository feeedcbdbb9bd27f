"""Long lists: written by a job in one view of the data, counted twice, given to nobody else."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.data import ExportSource
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.exchange.operations import whole_lists as operations
from jingkai.kernel.exchange.rules import export_sources
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import ShelfAway
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
ROWS = 5_003


@pytest.fixture(autouse=True)
def numbers(settings: Any, tmp_path: Any) -> Iterator[dict[str, int]]:
    """One list of numbers; how many it says there are, and how many it gives, can be changed."""
    settings.HOME = tmp_path
    said = {"count": ROWS, "rows": ROWS}
    source = ExportSource(
        "tests.numbers",
        "数",
        lambda: [("数", 10), ("=1+1", 10)],
        lambda _actor, _query, _at: ([number, f"={number}"] for number in range(said["rows"])),
        lambda _actor, _query, _at: said["count"],
    )
    with export_sources.including(source):
        yield said


def order(cast: Cast, **more: Any) -> Export:
    given = {"source": "tests.numbers", "query": "", "language": "zh-hans", "by": cast.clerk, **more}
    return operations.order_export(at=timezone.now(), **given)


def write(row: Export) -> None:
    operations.write_list(export_id=row.pk, clock=timezone.now)
    row.refresh_from_db()


def test_every_row_is_in_the_file_and_counted_twice(cast: Cast) -> None:
    row = order(cast)
    write(row)
    assert (row.state, row.written, row.total) == ("done", ROWS, ROWS)
    assert row.size == operations.path_of(row).stat().st_size
    sheet = load_workbook(operations.path_of(row), read_only=True).active
    lines = list(sheet.iter_rows(values_only=True))
    assert (len(lines), lines[0], lines[-1]) == (ROWS + 1, ("数", "=1+1"), (ROWS - 1, f"={ROWS - 1}"))


@pytest.mark.parametrize(("count", "rows"), [(ROWS, ROWS - 1), (ROWS - 1, ROWS)])
def test_a_file_with_another_number_of_rows_is_no_result(
    cast: Cast, numbers: dict[str, int], count: int, rows: int
) -> None:
    numbers.update(count=count, rows=rows)
    row = order(cast)
    with pytest.raises(operations.CountDiffers):
        write(row)
    row.refresh_from_db()
    assert row.state == "failed"
    assert not operations.path_of(row).exists()
    numbers.update(count=7, rows=7)
    write(row)
    assert (row.state, row.written) == ("done", 7)


def test_rows_that_straddle_a_piece_are_counted_once(tmp_path: Any) -> None:
    path = tmp_path / "x.xlsx"
    text = "<sheetData>" + "".join(f'<row r="{n}"><c>{"x" * (n % 97)}</c></row>' for n in range(30_000))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", text + "<rows/></sheetData>")
    assert operations.count_rows(path) == 29_999


def test_the_page_shows_how_far_it_is_then_gives_the_file(client: Client, cast: Cast) -> None:
    user = log_in(client, cast.clerk)
    answer = client.post("/exports/order/", with_token({"source": "tests.numbers"}, user=user))
    row = Export.objects.get()
    assert answer["Location"] == f"/exports/{row.uuid}/"
    Export.objects.update(state="running", written=2_000, total=ROWS)
    page = client.get(answer["Location"], headers={"accept-language": "en"}).content.decode()
    assert "2000 of 5003 rows" in page.replace(",", "")
    part = client.get(answer["Location"], headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert client.get(f"{answer['Location']}file/").status_code == 404
    run_jobs(raise_errors=True)
    file = client.get(f"{answer['Location']}file/")
    assert b"".join(file.streaming_content)[:2] == b"PK"
    assert [entry.action for entry in entries_of(row)] == ["export.ordered", "export.taken"]
    other = Client()
    log_in(other, cast.clerk_2)
    assert other.get(f"{answer['Location']}file/").status_code == 404
    assert other.get(answer["Location"]).status_code == 404
    assert client.get("/exports/").status_code == 200


def test_the_same_list_ordered_twice_is_one_and_three_are_enough(cast: Cast) -> None:
    assert order(cast).pk == order(cast).pk
    for query in ("a=1", "a=2"):
        order(cast, query=query)
    with pytest.raises(operations.TooManyExports):
        order(cast, query="a=3")
    assert order(cast, by=cast.clerk_2).person_id == cast.clerk_2.party_id


def test_files_go_after_a_week(cast: Cast) -> None:
    row = order(cast)
    write(row)
    assert operations.forget_exports(at=timezone.now()) == 0
    assert operations.forget_exports(at=timezone.now() + timedelta(days=8)) == 1
    row.refresh_from_db()
    assert row.state == "gone"
    assert not operations.path_of(row).exists()


@pytest.fixture
def shared(bucket: Any, settings: Any, tmp_path: Any) -> Any:
    """A shelf that two machines share; gives a function that goes to the machine of a name."""

    def at_machine(name: str) -> None:
        settings.HOME = tmp_path / name

    at_machine("one")
    return at_machine


def test_a_list_written_at_one_machine_is_given_out_at_the_other(cast: Cast, shared: Any) -> None:
    row = order(cast)
    write(row)
    assert not operations.path_of(row).exists()
    shared("two")
    with operations.open_list(row) as file:
        assert hashlib.sha256(file.read()).hexdigest() == row.sha256
    assert list((operations.path_of(row).parent).iterdir()) == []


def test_a_list_that_the_bucket_gives_back_altered_is_given_to_nobody(cast: Cast, shared: Any) -> None:
    row = order(cast)
    write(row)
    wrong = operations.path_of(row).with_name("wrong")
    wrong.write_bytes(b"PK, but another one")
    shelf().put(operations.name_of(row), wrong)
    with pytest.raises(operations.ListAltered):
        operations.open_list(row)
    shelf().remove(operations.name_of(row))
    assert operations.open_list(row) is None


def test_without_its_bucket_a_list_is_not_said_to_be_ready(cast: Cast, shared: Any, settings: Any) -> None:
    settings.FILES_SECRET, right = "wrong", settings.FILES_SECRET
    row = order(cast)
    with pytest.raises(ShelfAway):
        write(row)
    row.refresh_from_db()
    assert row.state == "failed"
    settings.FILES_SECRET = right
    write(row)
    assert row.state == "done"


def test_lists_go_after_a_week_from_wherever_they_lie(cast: Cast, shared: Any, settings: Any) -> None:
    row = order(cast)
    write(row)
    at = timezone.now() + timedelta(days=8)
    left = operations.path_of(row).with_name("left.xlsx")
    left.touch()
    settings.FILES_SECRET, right = "wrong", settings.FILES_SECRET
    assert operations.forget_exports(at=at) == 0
    assert not left.exists()
    settings.FILES_SECRET = right
    assert operations.forget_exports(at=at) == 1
    row.refresh_from_db()
    assert row.state == "gone"
    assert list(shelf().things("exports")) == []
