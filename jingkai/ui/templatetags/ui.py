"""The components of the design system as template tags: `{% load ui %}`.

Each tag takes data (see `jingkai.ui.data`) and draws one component; README.md shows a call for each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, FileInput, Textarea
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from jingkai.ui import cells, cookies, data, frames, parts, pieces, words
from jingkai.ui.cells import cell
from jingkai.ui.translating import translate

register = template.Library()

register.filter("day", words.day)
register.filter("moment", words.moment)
register.filter("grouped", words.grouped)
register.filter("money", words.money)
register.filter("in_large_print", cookies.in_large_print)
register.filter("file_size", words.file_size)
register.simple_tag(words.working_days, name="working_days")
register.simple_tag(cell)
register.tag("translate", translate)

Params = dict[str, Any]


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is hidden from screen readers."""
    sprite = asset("ui/dist/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, sprite, name
        )
    return _hidden_icon(sprite, name)


@lru_cache(maxsize=1024)
def _hidden_icon(sprite: str, name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag
@cache
def asset(name: str) -> str:
    """Give the address of a file of ours: it stays the same while the process lives."""
    return static(name)


@register.simple_tag(takes_context=True)
def script(context: Context, name: str) -> SafeString:
    """Load a script of ours, with the mark of this answer without which the browser runs none.

    Nothing where there is no mark: a page that was drawn without its request runs no script.
    """
    nonce = getattr(context.get("request"), "csp_nonce", "")
    if not nonce:
        return SafeString("")
    return format_html('<script src="{}" defer nonce="{}"></script>', asset(name), nonce)


@register.simple_tag
def light(value: data.Light | str | None, text: str = "") -> SafeString:
    """Draw a status light: `{% light row.light %}` or `{% light "warn" text %}`."""
    if not value:
        return SafeString("")
    given = value if isinstance(value, data.Light) else data.Light(value, text)  # type: ignore[arg-type]
    return cells.light(given.tone, given.text)


@register.simple_tag
def working_days_light(left: int, warn_at: int = 1) -> SafeString:
    """Draw the light of remaining working days."""
    return light(words.working_days_light(left, warn_at=warn_at))


@register.simple_tag(takes_context=True)
def frame(context: Context, part: frames.Part) -> SafeString:
    """Draw a part of what surrounds every page: `{% frame "rail" %}`."""
    return frames.drawn(part, context)  # type: ignore[arg-type]


@register.simple_tag
def crumbs(*places: str | data.Crumb) -> SafeString:
    """Draw the places above this page: `{% crumbs label url label url last_label %}` or Crumb objects."""
    if places and isinstance(places[0], data.Crumb):
        return parts.drawn("ui/parts/crumbs.html", {"crumbs": places})
    texts = [str(place) for place in places]
    pairs = [texts[at : at + 2] for at in range(0, len(texts), 2)]
    return parts.drawn("ui/parts/crumbs.html", {"crumbs": [data.Crumb(*pair) for pair in pairs]})


@register.simple_tag
def part(template_name: str, **values: Any) -> SafeString:
    """Draw a piece that shows nothing but these values: `{% part "inbox/parts/keys.html" claims=True %}`."""
    return parts.drawn(template_name, values)


@register.simple_tag
def tabs(items: Sequence[data.Tab], label: str = "") -> SafeString:
    """Draw the tabs over a list."""
    return parts.drawn("ui/parts/tabs.html", {"tabs": items, "label": label})


@register.inclusion_tag("ui/parts/table.html")
def table(value: data.Table) -> Params:
    """Draw a list from columns and rows; on a phone each row becomes stacked lines."""
    heads = [format_html('<td class="c-{}" data-label="{}">', one.kind, one.label) for one in value.columns]
    tick = _tick(value.select) if value.select else ("", "")
    style = (*heads, *tick)
    written = "".join([_known(style, heads, tick, row) for row in value.rows])
    return {"table": value, "lines": SafeString(written)}  # nosec B703 - each cell is escaped


def _known(style: object, heads: Sequence[str], tick: tuple[str, str], row: data.Row) -> str:
    """Take a line from what was drawn of it, or write it."""
    if row.drawn is None:
        return _line(heads, tick, row)
    if style not in row.drawn:
        row.drawn[style] = _line(heads, tick, row)
    return row.drawn[style]


def _line(heads: Sequence[str], tick: tuple[str, str], row: data.Row) -> str:
    """Write a line: a template for each would take ten times as long."""
    texts = ['<tr class="off">' if row.muted else "<tr>"]
    if tick[0]:
        texts += ('<td class="c-tick">', tick[0], escape(row.value), tick[1]) if row.value else (_NO_TICK,)
    for head, one in zip(heads, row.cells, strict=True):
        texts += (head, cell(one), "</td>")
    texts.append("</tr>\n")
    return "".join(texts)


_NO_TICK = '<td class="c-tick"></td>'


def _tick(name: str) -> tuple[str, str]:
    """Write the box that ticks a line, before and after the line's value."""
    label = gettext("Select this line")
    before = format_html('<input type="checkbox" name="{}" value="', name)
    return before, format_html('" aria-label="{}"></td>', label)


@register.simple_tag
def pager(value: data.Pager | None) -> SafeString:
    """Draw the links to the newer and the older page."""
    return parts.drawn("ui/parts/pager.html", {"pager": value})


@register.simple_tag
def empty(title: str, text: str = "", url: str = "", label: str = "", icon: str = "inbox") -> SafeString:
    """Draw an empty state: what is not here, and what to do next."""
    return parts.drawn(
        "ui/parts/empty.html", {"title": title, "text": text, "url": url, "label": label, "icon_name": icon}
    )


@register.simple_tag
def facts(items: Sequence[data.Fact], columns: int = 3) -> SafeString:
    """Draw labels and values."""
    return pieces.facts(items, columns)


@register.simple_tag
def clocks(bars: Sequence[data.ClockBar], note: str = "") -> SafeString:
    """Draw each department's clock with its promised limit as a red line and held time hatched."""
    return parts.drawn("ui/parts/clocks.html", {"bars": bars, "note": note}, _clocks)


def _clocks(bars: Sequence[data.ClockBar], note: str) -> Params:
    return {"bars": [_clock(bar) for bar in bars], "note": note}


def _clock(bar: data.ClockBar) -> Params:
    held = [
        {"x": _percent(span.start), "to": _percent(span.end), "width": _percent(span.end - span.start)}
        for span in bar.held
    ]
    promised = None if bar.promised_percent is None else _percent(min(bar.promised_percent, 99.6))
    return {"bar": bar, "used": _percent(bar.used_percent), "promised": promised, "held": held}


def _percent(value: float) -> str:
    return f"{max(0.0, min(100.0, value)):.2f}".rstrip("0").rstrip(".") + "%"


@register.simple_tag
def journey(steps: Sequence[data.JourneyStep]) -> SafeString:
    """Draw a matter's journey like a parcel's, newest first."""
    return pieces.journey(steps)


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Sequence[data.Step]) -> Params:
    """Draw the header of a form that runs over several pages."""
    number = next((at for at, step in enumerate(items, 1) if step.state == "now"), 1)
    return {"steps": items, "number": number, "total": len(items)}


@register.simple_tag
def opinion(value: data.Opinion) -> SafeString:
    """Draw what one person said."""
    return parts.drawn_anew("ui/parts/opinion.html", {"opinion": value})


@register.inclusion_tag("ui/parts/materials.html")
def materials(items: Sequence[data.Material]) -> Params:
    """Draw the list of materials, each with its files and, where allowed, an upload control."""
    return {"materials": items}


@register.inclusion_tag("ui/parts/upload.html")
def upload(name: str, url: str = "", accept: str = "", multiple: bool = True, label: str = "") -> Params:
    """Draw a file input that uploads at once where scripts run, and is a plain input where not."""
    return {"name": name, "url": url, "accept": accept, "multiple": multiple, "label": label}


@register.simple_tag
def file_line(file: data.FileLink) -> SafeString:
    """Draw one stored file as a list item; also the `html` that an upload answers with."""
    return pieces.file_line(file, icon("file-text"))


@register.simple_tag
def stats(items: Sequence[data.Stat]) -> SafeString:
    """Draw a strip of figures."""
    return parts.drawn("ui/parts/stats.html", {"stats": items})


@register.simple_tag
def stacked_bars(rows: Sequence[data.StackedBar]) -> SafeString:
    """Draw horizontal stacked bars on one common scale, readable as text."""
    return parts.drawn("ui/parts/bars.html", {"rows": rows}, _stacked)


def _stacked(rows: Sequence[data.StackedBar]) -> Params:
    longest = max((sum(part.value for part in row.parts) for row in rows), default=0) or 1
    return {"rows": [{"row": row, "parts": _segments(row, longest)} for row in rows]}


def _segments(row: data.StackedBar, longest: float) -> list[Params]:
    done, segments = 0.0, []
    for part in row.parts:
        x, width = done / longest * 100, part.value / longest * 100
        segments.append({"part": part, "x": _percent(x), "width": _percent(width)})
        done += part.value
    return segments


@register.simple_tag
def flow(src: str, nodes: Sequence[data.FlowNode], guide: bool = False) -> SafeString:
    """Draw a BPMN picture with the current and the done nodes marked, and the same as a list.

    `guide` shows a flow in general: the picture in full width, the list below it without states.
    """
    return parts.drawn("ui/parts/flow.html", {"src": src, "nodes": nodes, "guide": guide}, _flow)


def _flow(src: str, nodes: Sequence[data.FlowNode], guide: bool) -> Params:
    current = ",".join(node.id for node in nodes if node.state in ("now", "held", "returned"))
    done = ",".join(node.id for node in nodes if node.state == "done")
    listed = pieces.flow_list(nodes, guide=guide)
    return {"src": src, "nodes": listed, "current": current, "done": done, "guide": guide}


@register.inclusion_tag("ui/parts/chart.html")
def chart(value: data.Chart) -> Params:
    """Draw a chart with its figures as a table beneath it."""
    return {"chart": value, "option": json.dumps(dict(value.option), ensure_ascii=False, default=str)}


@register.inclusion_tag("ui/parts/progress.html")
def progress(value: data.Progress) -> Params:
    """Draw long work's progress; it asks again by itself until done."""
    return {"work": value}


@register.simple_tag
def notice(
    text: str, tone: data.Tone = "none", title: str = "", url: str = "", label: str = ""
) -> SafeString:
    """Draw a notice across the page: what is the matter, and what to do."""
    return parts.drawn(
        "ui/parts/notice.html", {"text": text, "tone": tone, "title": title, "url": url, "label": label}
    )


@register.inclusion_tag("ui/parts/demo.html")
def demo_mark() -> Params:
    """Draw the mark of demonstration data."""
    return {}


@register.inclusion_tag("ui/parts/rating.html")
def rating(name: str, legend: str = "", value: int | None = None) -> Params:
    """Draw a five-level rating as a radio group, in words and shapes."""
    return {"name": name, "legend": legend, "value": value, "levels": words.rating_levels()}


@register.simple_tag
def confirm(url: str, label: str, danger: bool = False, button: bool = False) -> SafeString:
    """Draw a link to a page that asks first (`ui/confirm.html`); with scripts that page opens as a dialog."""
    return pieces.confirm(url, label, danger, button)


@register.simple_tag
def field(bound: BoundField, label: str = "", wide: bool = False) -> SafeString:
    """Draw one form field: label, required mark, help and errors tied to the control."""
    if bound.is_hidden:
        return SafeString(bound)  # nosec B703 - a form's control
    kind, control = field_parts(bound)
    errors = tuple([str(error) for error in bound.errors])
    values = {
        "kind": kind,
        "label": label or bound.label,
        "wide": wide,
        "required": bound.field.required,
        "target": bound.id_for_label,
        "name": bound.auto_id,
        "help": str(bound.help_text),
        "described": (bound.aria_describedby or "") if kind == "group" else "",
        "errors": errors,
        "control": _CONTROL,
    }
    around = parts.drawn("ui/parts/field.html", values)
    return SafeString(around.replace(_CONTROL, control))  # nosec B703 - a form's control


_CONTROL = SafeString("\ue000control\ue000")
"""Where the control goes: what is around it is drawn once, what somebody typed is not kept."""


def field_parts(bound: BoundField) -> tuple[str, str]:
    """Give the control of a field with the classes of this design, and what kind it is."""
    widget = bound.field.widget
    kind = "check" if isinstance(widget, CheckboxInput) else "group" if bound.use_fieldset else "line"
    css = {"check": "check-input", "group": "choices"}.get(kind, "input")
    css = "file-input" if isinstance(widget, FileInput) else css
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"
    return kind, bound.as_widget(attrs=attrs)


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(form: BaseForm) -> Params:
    """Draw the summary of a form's errors, each linked to its field."""
    wrong = [{"field": bound, "target": _target(bound)} for bound in form if bound.errors]
    return {"form": form, "wrong": wrong}


def _target(bound: BoundField) -> str:
    return bound.id_for_label or bound.auto_id


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm) -> Params:
    """Draw the error summary and every field of a form, in its order."""
    return {"form": form}
