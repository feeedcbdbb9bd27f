"""An import-linter contract: apps meet only at their doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Doors(Contract):
    """Nobody imports past another app's public files.

    `container` is the stratum whose apps are guarded, `public` the files that everybody else may import.
    """

    type_name = "doors"

    container = fields.StringField()
    public = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Collect every import that enters an app elsewhere than at its doors."""
        intrusions = sorted(self._intrusions(graph))
        return ContractCheck(kept=not intrusions, metadata={"intrusions": intrusions})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line per import."""
        for importer, imported in check.metadata["intrusions"]:
            output.print_error(f"{importer} reaches into {imported}", bold=False)

    def _intrusions(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        prefix = f"{self.container}."
        for imported in graph.modules:
            if not imported.startswith(prefix):
                continue
            app, _, inside = imported.removeprefix(prefix).partition(".")
            if not inside or inside.split(".")[0] in self._public():
                continue
            for importer in graph.find_modules_that_directly_import(imported):
                if not f"{importer}.".startswith(f"{prefix}{app}."):
                    yield importer, imported

    def _public(self) -> set[str]:
        names: Any = self.public
        return set(names)
