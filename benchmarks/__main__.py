"""`python -m benchmarks [engine|memory|lists|pages …]`: measure and print; `--write` keeps docs/bench.md."""

from __future__ import annotations

import argparse
import os

from benchmarks.installation import scratch_installation

PARTS = ("engine", "memory", "lists", "pages")


def main() -> None:
    """Run the parts asked for, all when none is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}; all without")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/bench.md")
    parser.add_argument("--rounds", type=int, default=12, help="rounds of the engines")
    parser.add_argument("--cases", type=int, default=10_000, help="cases of the memory part")
    parser.add_argument(
        "--scale", type=int, default=int(os.environ.get("SCALE", "100000")), help="cases in the lists (SCALE)"
    )
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    with scratch_installation():
        from benchmarks import report
        from benchmarks.run import run

        tables = run(chosen.parts or PARTS, chosen)
        report.show(tables)
        if chosen.write:
            report.write(tables)


if __name__ == "__main__":
    main()
