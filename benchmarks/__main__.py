"""`python -m benchmarks [engine|lists|pages|cpu|intake …]`: measure, print, keep docs/bench.md.

A run of all parts writes docs/bench.md; a run of some only prints, unless `--write` is given. `SCALE=1000000`
makes the large database of lists, pages and uploads larger.
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks.installation import scratch_installation

PARTS = (
    "engine",
    "clocks",
    "steps",
    "lists",
    "pages",
    "cpu",
    "search",
    "intake",
    "export",
    "uploads",
    "memory",
)
SCALE = 100_000


def main() -> None:
    """Run the parts asked for, all when none is named."""
    scale = os.environ.get("SCALE", "")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}; all without")
    parser.add_argument("--write", action="store_true", help="write docs/bench.md also after some parts")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of the engines")
    parser.add_argument("--cases", type=int, default=10_000, help="cases of the memory part")
    parser.add_argument("--clocks", type=int, default=10_000, help="running clocks of the clocks part")
    parser.add_argument("--scale", type=int, default=int(scale or SCALE), help="cases in the lists (SCALE)")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    asked = f"SCALE={scale} " if scale else ""
    command = f"{asked}{' '.join(['python -m benchmarks', *sys.argv[1:]])}"
    with scratch_installation() as installation:
        from benchmarks import report
        from benchmarks.run import run

        surroundings = report.Surroundings(command)
        tables = []
        for table in run(installation, chosen.parts or PARTS, chosen):
            report.show(table)
            tables.append(table)
        report.conclude(tables, surroundings)
        if chosen.write or not sys.argv[1:]:
            report.write(tables, surroundings)


if __name__ == "__main__":
    main()
