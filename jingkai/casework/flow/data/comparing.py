"""What differs between two versions of a flow."""

from __future__ import annotations

from dataclasses import dataclass, fields

from jingkai.casework.flow.data.graph import Flow, Node


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One node that both versions have and that differs; `what` names the parts, arrows as `outgoing`."""

    node: str
    name: str
    name_en: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs: ids of nodes added and removed, and the nodes that changed, in the order of the files."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[NodeChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: Flow, new: Flow) -> Changes:
    """Compare two flows node by node; a node is known by its id."""
    added = tuple(node for node in new.nodes if node not in old.nodes)
    removed = tuple(node for node in old.nodes if node not in new.nodes)
    changed = [_change(old.nodes[node], new.nodes[node]) for node in new.nodes if node in old.nodes]
    return Changes(added, removed, tuple(change for change in changed if change.what))


def _change(old: Node, new: Node) -> NodeChange:
    if type(old) is not type(new):
        what: tuple[str, ...] = ("kind",)
    else:
        what = tuple(part.name for part in fields(old) if _part(old, part.name) != _part(new, part.name))
    return NodeChange(new.id, new.name, new.name_en, what)


def _part(node: Node, name: str) -> object:
    """A part of a node in a comparable form: arrows by where they lead and when, options as a plain dict."""
    value = getattr(node, name)
    if name == "outgoing":
        return [
            (flow.target, flow.condition.text if flow.condition else "", flow.is_default)
            for flow in node.outgoing
        ]
    return dict(value) if name == "options" else value
