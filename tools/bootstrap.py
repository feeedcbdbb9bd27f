"""From a bare Python to a filled `.venv`: `python3 tools/bootstrap.py run|dev|system`. Standard library only.

`run` installs what the product needs, `dev` what its makers need, too; both exactly as locked, by hash.
`system` sees that the programs which only the tests need are there, and on Debian, as root, installs them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STANDIN = VENV / "standin"
"""The S3 server of the tests, in an environment of its own: its libraries ask for others than ours."""
SHELL = "chromium-headless-shell"
"""Chromium without windows, as Debian names it."""
NEWEST_FIRST = ("python3.13", "python3.12", "python3.11")


def main(arguments: list[str]) -> int:
    """Run one of the three steps; the exit code is 0 when all is in place afterwards."""
    steps = {"run": install_run, "dev": install_dev, "system": ensure_system}
    if len(arguments) != 1 or arguments[0] not in steps:
        say(__doc__ or "")
        return 2
    require_python()
    steps[arguments[0]]()
    return 0


def install_run() -> None:
    """Install what the product needs, unless that or more was installed before."""
    if not (is_installed("dev") or is_installed("run")):
        install("run")


def install_dev() -> None:
    """Install what the makers need, unless it was installed before."""
    if not is_installed("dev"):
        install("dev")
    if not is_installed("standin"):
        install_standin()


def require_python() -> None:
    """Go on under Python 3.11 or newer; look for one when called by an older."""
    if sys.version_info >= (3, 11):  # noqa: UP036
        return
    for name in NEWEST_FIRST:
        if found := shutil.which(name):
            os.execv(found, [found, *sys.argv])
    stop("Jingkai needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".", "Set PYTHON=…")


def prefer_optimised() -> None:
    """Go on under the system's own Python of the same release where this one was built without optimisation.

    What version managers build so is slower in all that follows. `PYTHON=…` is obeyed as it stands.
    """
    options = sysconfig.get_config_var("CONFIG_ARGS") or "--enable-optimizations"
    if os.environ.get("PYTHON") or "--enable-optimizations" in options or sys.base_prefix == "/usr":
        return
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    probe = [system, "-c", "import ensurepip, ssl, venv"]
    if Path(system).exists() and not subprocess.run(probe, check=False, capture_output=True).returncode:
        say(f"{sys.executable} was built without optimisation: taking {system} (PYTHON=… takes another)")
        os.execv(system, [system, *sys.argv])


def is_installed(kind: str) -> bool:
    """Whether `.venv` works and holds exactly this lock file."""
    stamp = VENV / f".installed-{kind}"
    return stamp.exists() and stamp.read_text(encoding="ascii") == digest(kind) and venv_works()


def install(kind: str) -> None:
    """Fill `.venv` from one lock file and put the command `jingkai` into it."""
    if not venv_works():
        prefer_optimised()
        make_venv()
    say(f"Installing {kind}: a few minutes the first time")
    lock = ROOT / "requirements" / f"{kind}.txt"
    pip("install", "--require-hashes", "--requirement", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    for stamp in VENV.glob(".installed-*"):
        stamp.unlink()
    (VENV / f".installed-{kind}").write_text(digest(kind), encoding="ascii")


def install_standin() -> None:
    """Fill the environment of the S3 server that plays the zone's own in tests."""
    say("Installing the S3 server of the tests")
    shutil.rmtree(STANDIN, ignore_errors=True)
    subprocess.run([str(PYTHON), "-m", "venv", "--without-pip", str(STANDIN)], check=True)
    lock = ROOT / "requirements" / "standin.txt"
    where = ("--python", str(STANDIN / "bin" / "python"))
    pip(*where, "install", "--require-hashes", "--requirement", str(lock))
    (VENV / ".installed-standin").write_text(digest("standin"), encoding="ascii")


def digest(kind: str) -> str:
    """What the installation depends on: the lock file, the project file, the interpreter."""
    state = hashlib.sha256()
    for path in (ROOT / "requirements" / f"{kind}.txt", ROOT / "pyproject.toml"):
        state.update(path.read_bytes())
    state.update(str(VENV).encode())
    return state.hexdigest()


def venv_works() -> bool:
    """Whether the interpreter in `.venv` runs and has pip; a moved or copied folder does not."""
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.prefix)"]
    result = subprocess.run(probe, check=False, capture_output=True, text=True)
    return result.returncode == 0 and Path(result.stdout.strip()).resolve() == VENV.resolve()


def make_venv() -> None:
    """Make `.venv`, with Debian's habit of splitting venv off in mind."""
    if VENV.exists():
        shutil.rmtree(VENV)
    if find_spec("ensurepip") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        release = f"{sys.version_info.major}.{sys.version_info.minor}"
        apt_install([f"python{release}-venv"])
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    elif find_spec("ensurepip") is not None:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    elif find_spec("virtualenv") is not None:
        subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)], check=True)
    elif find_spec("pip") is not None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=True)
        borrowed = [sys.executable, "-m", "pip", "--quiet", "--python", str(PYTHON), "install", "pip"]
        subprocess.run(borrowed, check=True)
    else:
        stop(
            "This Python cannot make a virtual environment.",
            "Install python3-venv (Debian, Ubuntu) and repeat.",
        )


def pip(*arguments: str) -> None:
    """Run the pip of `.venv`; stops with its words when it fails."""
    command = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        stop("The packages could not be installed; pip said why above.", "Check the way to a package index.")


def ensure_system() -> None:
    """See that what only tests need is there; on Debian, as root, install what lacks."""
    lacking = [package for package, present in system_packages().items() if not present]
    if not lacking:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install(lacking)
        return
    stop(
        f"The tests need: {', '.join(lacking)}.",
        f"On Debian or Ubuntu: sudo apt-get install {' '.join(lacking)}",
    )


def system_packages() -> dict[str, bool]:
    """Debian's names of what the tests need, and whether each is there under whatever name."""
    browsers = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return {
        "chromium": any(shutil.which(name) for name in browsers),
        "poppler-utils": all(shutil.which(name) for name in ("pdfsig", "pdftotext", "pdftoppm", "pdffonts")),
        "fonts-noto-cjk": has_chinese_font(),
        "libfaketime": any(Path("/").glob("usr/lib*/*/faketime/libfaketimeMT.so.1")),
    }


def has_chinese_font() -> bool:
    """Whether the system can show Chinese on a page."""
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], check=False, capture_output=True, text=True)
    return bool(found.stdout.strip())


def apt_install(packages: list[str]) -> None:
    """Install Debian packages without questions; where the release has Chromium's shell, that one."""
    say(f"Installing with apt-get: {' '.join(packages)}")
    smaller = [SHELL if package == "chromium" else package for package in packages]
    install = ("install", "-y", "-qq", "--no-install-recommends")
    if apt_get(*install, *smaller):
        return
    apt_get("update", "-qq")
    if not apt_get(*install, *smaller) and not apt_get(*install, *packages):
        stop(f"apt-get could not install {' '.join(packages)}.", "Install them by hand and repeat.")


def apt_get(*arguments: str) -> bool:
    """Run apt-get; tell whether it did what was asked."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *arguments]
    return not subprocess.run(command, check=False, env=variables, stdout=subprocess.DEVNULL).returncode


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def stop(problem: str, advice: str) -> None:
    """End with a sentence and an advice."""
    say(problem)
    say(advice)
    raise SystemExit(1)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
