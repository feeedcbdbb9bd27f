"""The data folder and the port: ours, or a clear refusal."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jingkai.config.environment import MARKER
from jingkai.config.home import CannotStart, prepare_home, refuse_busy_port


def test_home_is_made_and_accepted_again(tmp_path: Path) -> None:
    home = prepare_home(tmp_path / "new" / "home")
    assert (home / MARKER).exists()
    assert prepare_home(home) == home


def test_an_empty_folder_is_accepted(tmp_path: Path) -> None:
    assert (prepare_home(tmp_path) / MARKER).exists()


def test_a_folder_whose_maker_was_killed_before_its_mark_was_written_is_finished(tmp_path: Path) -> None:
    home = prepare_home(tmp_path)
    (home / MARKER).write_text("")
    (home / "secrets").rmdir()
    assert (prepare_home(home) / MARKER).read_text() == "1\n"
    assert (home / "secrets").is_dir()


def test_processes_that_start_at_once_all_get_the_folder(tmp_path: Path) -> None:
    for attempt in range(20):
        home = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as starters:
            assert set(starters.map(prepare_home, [home] * 8)) == {home}


def test_a_folder_with_something_else_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(CannotStart, match=r"not Jingkai's: thesis\.odt") as refusal:
        prepare_home(tmp_path)
    assert refusal.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_file_a_dead_link_and_another_format_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    later = prepare_home(tmp_path / "later")
    (later / MARKER).write_text("99\n")
    for name, words in (("file", "is a file"), ("link", "leads nowhere"), ("later", "another release")):
        with pytest.raises(CannotStart, match=words):
            prepare_home(tmp_path / name)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_busy_port_is_refused_with_another_to_try(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken") as refusal:
            refuse_busy_port("127.0.0.1", port)
    assert "PORT=" in refusal.value.advice
    refuse_busy_port("127.0.0.1", port)
