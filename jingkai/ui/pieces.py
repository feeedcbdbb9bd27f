"""Pieces that a page shows many of, written without a template for each: files, journeys, flows.

A template for each line takes ten times as long. Everything that is not HTML already is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import conditional_escape as escaped
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from jingkai.ui import words
from jingkai.ui.cells import cell
from jingkai.ui.data import Fact, FileLink, FlowNode, JourneyStep, StepState


def confirm(url: str, label: str, danger: bool = False, button: bool = False) -> SafeString:
    """Write a link to a page that asks first."""
    kind = ("btn" if button else "") + (" danger" if danger else "")
    return format_html('<a class="{}" href="{}" data-dialog>{}</a>\n', kind, url, label)


def file_line(file: FileLink, icon: SafeString) -> SafeString:
    """Write one stored file as a list item: name, size, remark and, where it may be removed, how."""
    parts = ['<li class="file">', icon, f'<a href="{escaped(file.url)}">{escaped(file.name)}</a>']
    if file.size is not None:
        parts.append(f'<span class="muted small num">{words.file_size(file.size)}</span>')
    if file.note:
        parts.append(f'<span class="muted small">{escaped(file.note)}</span>')
    if file.remove_url:
        parts.append(confirm(file.remove_url, gettext("Remove"), danger=True))
    return _html([*parts, "</li>\n"])


_WIDE = '<div class="wide-fact">'


def facts(items: Iterable[Fact], columns: int) -> SafeString:
    """Write labels and values."""
    lines = [
        f"{_WIDE if one.wide else '<div>'}<dt>{escaped(one.label)}</dt><dd>{cell(one.value)}</dd></div>"
        for one in items
    ]
    return _html([f'<dl class="facts of-{columns}">', *lines, "</dl>"])


def journey(steps: Iterable[JourneyStep]) -> SafeString:
    """Write the events of a matter, newest first."""
    return _html(['\n<ol class="journey" reversed>\n\n', *map(_event, steps), "</ol>\n"])


def _event(step: JourneyStep) -> str:
    plain = escaped(step.title)
    title = f'<a href="{escaped(step.url)}">{plain}</a>' if step.url else plain
    note = f"<small>{escaped(step.note)}</small>" if step.note else ""
    return f"<li{_state(step.state)}>\n<b>{title}</b>{_aside(step.state)}\n{note}\n{_when(step)}\n</li>\n\n"


def _state(state: StepState) -> str:
    return f' class="{state}"' + (' aria-current="step"' if state == "now" else "")


def _aside(state: StepState) -> str:
    """Say in words what only a colour would say otherwise."""
    if state == "returned":
        return f' <span class="hide">{escaped(pgettext("step", "returned"))}</span>'
    if state == "held":
        return f' <span class="hide">{escaped(pgettext("step", "on hold"))}</span>'
    if state == "next":
        return f' <span class="muted">{escaped(pgettext("step", "not yet"))}</span>'
    return ""


def _when(step: JourneyStep) -> str:
    at = f'<time datetime="{step.at.isoformat()}">{words.moment(step.at)}</time>' if step.at else ""
    between = " " if at and step.who else ""
    return f"<small>{at}{between}{escaped(step.who)}</small>" if at or step.who else ""


def flow_list(nodes: Sequence[FlowNode], *, guide: bool) -> SafeString:
    """Write the steps of a flow in words; a guide shows them without states."""
    return _html(['<ol class="flow-list">', *(_node(node, guide) for node in nodes), "</ol>"])


def _node(node: FlowNode, guide: bool) -> str:
    said = ""
    if not guide:
        note = f" · {escaped(node.note)}" if node.note else ""
        said = f' <span class="muted small">{escaped(_state_words(node.state))}{note}</span>'
    return f"<li{_state(node.state)}><span>{escaped(node.label)}</span>{said}</li>"


def _state_words(state: StepState) -> str:
    if state == "done":
        return pgettext("step", "done")
    if state == "now":
        return pgettext("step", "now")
    if state == "held":
        return pgettext("step", "on hold")
    return pgettext("step", "returned") if state == "returned" else pgettext("step", "not yet")


def _html(parts: Iterable[str]) -> SafeString:
    return SafeString("".join(parts))  # nosec B703 - every part is escaped where it is written
