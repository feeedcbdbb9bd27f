"""The embedded server: started twice, killed, as root or not, over a folder that is somebody else's."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from jingkai.config.embedded import EmbeddedServer
from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, OWNER_ROLE, socket_folder
from jingkai.config.home import CannotStart

USER = """
import sys, time
from pathlib import Path
from jingkai.config.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).in_use():
    print("up", flush=True)
    time.sleep(float(sys.argv[2]))
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def connect(server: EmbeddedServer, role: str = APP_ROLE) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**server.address(role).as_conninfo())  # type: ignore[arg-type]


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_start_twice_keeps_data_and_stops_with_the_last_user(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        with connect(server, OWNER_ROLE) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        with EmbeddedServer(home).in_use():
            assert server.is_running()
        assert server.is_running()
    assert not server.is_running()
    with server.in_use(), connect(server) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_server_is_neither_root_nor_open_to_others(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path("/proc/self").exists():
            assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket_folder(home).stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in (home / "secrets").iterdir()} == {0o600}
        with connect(server, ADMIN_ROLE) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        wrong = {**server.address().as_conninfo(), "password": "guessed"}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**wrong)  # type: ignore[arg-type]


def test_product_role_uses_rows_but_changes_no_table(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        with connect(server, OWNER_ROLE) as owner:
            owner.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        with connect(server) as app:
            app.execute("INSERT INTO thing (name) VALUES ('a')")
            app.execute("UPDATE thing SET name = 'b'")
            assert app.execute("DELETE FROM thing RETURNING name").fetchone() == ("b",)
        for forbidden in ("DROP TABLE thing", "CREATE TABLE other (id int)", "TRUNCATE thing"):
            with connect(server) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_start_after_the_server_was_killed(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not server.is_running())
        with EmbeddedServer(home).in_use(), connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_start_over_a_pid_file_that_names_another_living_process(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        content = (server.data / "postmaster.pid").read_text().split("\n", 1)[1]
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{content}")
    (socket_folder(home) / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n{content}")
    assert not server.is_running()
    with server.in_use():
        assert server.is_running()


def test_server_goes_down_when_its_user_is_killed(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", USER, str(home), "60"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    server = EmbeddedServer(home)
    assert server.is_running()
    process.kill()
    process.wait()
    assert eventually(lambda: not server.is_running())


@pytest.fixture
def recovering(home: Path) -> Iterator[tuple[EmbeddedServer, int]]:
    """A server held in its recovery after one of its sessions was killed; with the process that recovers."""
    server = EmbeddedServer(home, farewell=2)
    with server.in_use():
        with connect(server, ADMIN_ROLE) as session:
            session.execute("CREATE TABLE much AS SELECT generate_series(1, 200000)")
        session = connect(server)
        os.kill(session.info.backend_pid, signal.SIGKILL)
        assert eventually(lambda: _startup_process(server) is not None)
        startup = _startup_process(server)
        assert startup is not None
        yield server, startup
        with contextlib.suppress(ProcessLookupError):
            os.kill(startup, signal.SIGCONT)


def _startup_process(server: EmbeddedServer) -> int | None:
    """The process that recovers, stopped as soon as it is seen."""
    pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        with contextlib.suppress(OSError):
            if "startup" in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(child, signal.SIGSTOP)
                return child
    return None


def test_a_server_that_recovers_is_waited_for_and_not_stopped(recovering: tuple[EmbeddedServer, int]) -> None:
    server, startup = recovering
    before = (server.data / "postmaster.pid").read_text().split("\n", 1)[0]
    with ThreadPoolExecutor(1) as other:
        hold = other.submit(EmbeddedServer(server.home).take_hold)
        with pytest.raises(TimeoutError):
            hold.result(timeout=1)
        os.kill(startup, signal.SIGCONT)
        hold.result(timeout=30).close()
    assert (server.data / "postmaster.pid").read_text().split("\n", 1)[0] == before
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stop_that_hangs_in_a_recovery_comes_to_its_end(recovering: tuple[EmbeddedServer, int]) -> None:
    server, startup = recovering
    with ThreadPoolExecutor(1) as other:
        stopped = other.submit(server._stop)
        with pytest.raises(TimeoutError):
            stopped.result(timeout=0.5)
        os.kill(startup, signal.SIGCONT)
        stopped.result(timeout=30)
    assert not server.is_running()
    with server.take_hold(), connect(server, ADMIN_ROLE) as connection:
        assert connection.execute("SELECT count(*) FROM much").fetchone() == (200000,)


def test_many_starters_at_once_share_one_server(home: Path) -> None:
    command = [sys.executable, "-c", USER, str(home), "0.5"]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(5)]
    assert [starter.communicate(timeout=60)[0] for starter in starters] == [b"up\n"] * 5
    assert {starter.returncode for starter in starters} == {0}
    assert eventually(lambda: not EmbeddedServer(home).is_running())


def test_interrupted_making_of_the_data_is_begun_anew(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        folder = server.data.parent
    shutil.rmtree(server.data)
    (folder / "data.new").mkdir()
    (folder / "data.new" / "half").write_text("half")
    with server.in_use():
        assert server.is_running()


def test_data_of_another_release_are_refused_untouched(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        pass
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 16; this release brings 18") as refusal:
        server.take_hold()
    assert "DATABASE_URL" in refusal.value.advice
    assert (server.data / "PG_VERSION").read_text() == "16\n"


def test_data_folder_with_something_else_is_refused_untouched(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        pass
    (server.data / "PG_VERSION").unlink()
    with pytest.raises(CannotStart, match="no PostgreSQL data"):
        server.take_hold()
    assert (server.data / "postgresql.conf").exists()


def test_lost_passwords_are_named(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.in_use():
        pass
    (home / "secrets" / f"database-{ADMIN_ROLE}").unlink()
    with pytest.raises(CannotStart, match="passwords of the database"):
        server.take_hold()


def test_long_path_gets_a_short_socket_folder(home: Path) -> None:
    deep = home / ("long-" * 30)
    server = EmbeddedServer(deep)
    with server.in_use(), connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    shutil.rmtree(socket_folder(deep))


@as_root
def test_root_leaves_a_private_parent_private(home: Path) -> None:
    home.parent.chmod(0o700)
    server = EmbeddedServer(home)
    with server.in_use(), connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    moved = (home / "postgres").resolve()
    assert moved.parent == Path("/var/lib/jingkai")
    assert stat.S_IMODE(moved.stat().st_mode) == 0o700
    shutil.rmtree(moved)


def interpreter_for(uid: int) -> list[str]:
    """An interpreter of this release that the user may run: root's own often lies in root's folder."""
    for program in (sys.executable, "/usr/bin/python3"):
        probe = [program, "-c", "import sys; print(sys.version_info[:2])"]
        try:
            found = subprocess.run(probe, check=False, user=uid, cwd="/", capture_output=True, text=True)
        except PermissionError:
            continue
        if found.stdout.strip() == str(sys.version_info[:2]):
            return [program]
    pytest.skip("there is no interpreter that an ordinary user may run")


@as_root
def test_an_ordinary_user_starts_it_and_root_takes_over(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(home.parent, nobody.pw_uid, nobody.pw_gid)
    script = (
        "import sys\nfrom pathlib import Path\nfrom jingkai.config.embedded import EmbeddedServer\n"
        "with EmbeddedServer(Path(sys.argv[1])).in_use(): print('up')"
    )
    result = subprocess.run(
        [*interpreter_for(nobody.pw_uid), "-c", script, str(home)],
        check=False,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PATH": "/usr/bin:/bin"},
    )
    assert result.stdout == "up\n", result.stderr
    server = EmbeddedServer(home)
    with server.in_use():
        pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        assert Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid
