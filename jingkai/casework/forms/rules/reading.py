"""Reading a form's definition from an untrusted hand: everything wrong is said at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Condition, ConditionError, parse_condition
from jingkai.casework.forms.data import (
    CELL_KINDS,
    MOST_FIELDS,
    NUMERIC,
    TITLE_LENGTH,
    Field,
    FieldKind,
    Form,
    FormFault,
    Option,
    Right,
    Rule,
    SheetLayout,
)
from jingkai.casework.forms.rules.patterns import is_tame

FORM = "-"
"""Stands for the field when a fault belongs to the whole form."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
RESERVED = frozenset({"outcome", "true", "false", "null", "and", "or", "not", "in", "is", "if", "else"})
MOST_OPTIONS = 200
LONGEST_TEXT = 2000
LONGEST_LONG = 20_000
_BOUNDED = (*NUMERIC, FieldKind.DATE, FieldKind.DATES)
_TEXTS = (FieldKind.TEXT, FieldKind.LONG)
_FORM_KEYS = {"name", "name_en", "fields", "rights", "subject", "subject_en", "sheet"}
_FIELD_KEYS = {
    "name",
    "kind",
    "label",
    "label_en",
    "help",
    "help_en",
    "required",
    "min",
    "max",
    "shortest",
    "longest",
    "pattern",
    "default",
    "options",
    "visible",
    "rules",
    "columns",
    "of",
    "rights",
}


class _Reader:
    """Collects what is wrong while it reads."""

    def __init__(self) -> None:
        self.faults: list[FormFault] = []
        self.at = FORM

    def wrong(self, sentence: str, **values: object) -> None:
        self.faults.append(FormFault(self.at, sentence % values if values else sentence))

    def text(self, raw: Mapping[str, Any], key: str, *, longest: int = 500) -> str:
        value = raw.get(key, "")
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            self.wrong(_("“%(key)s” must be a text of at most %(limit)s characters."), key=key, limit=longest)
            return ""
        return value.strip()

    def whole(self, raw: Mapping[str, Any], key: str) -> int | None:
        value = raw.get(key)
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_LONG:
            self.wrong(_("“%(key)s” must be a whole number."), key=key)
            return None
        return value

    def bound(self, raw: Mapping[str, Any], key: str, kind: FieldKind) -> Decimal | date | None:
        value = raw.get(key)
        if value in (None, ""):
            return None
        if kind not in _BOUNDED:
            self.wrong(_("“%(key)s” does not fit this kind of field."), key=key)
            return None
        try:
            if kind in (FieldKind.DATE, FieldKind.DATES):
                return value if isinstance(value, date) else date.fromisoformat(str(value))
            number = Decimal(str(value))
        except (ValueError, InvalidOperation):
            number = Decimal("NaN")
        if not number.is_finite():
            self.wrong(_("“%(key)s” can't be read: %(value)s."), key=key, value=str(value)[:40])
            return None
        return number

    def condition(self, text: str) -> Condition | None:
        if not text:
            return None
        try:
            return parse_condition(text)
        except ConditionError as error:
            self.wrong(
                _("The condition “%(text)s” can't be read (%(why)s)."), text=text[:80], why=error.detail
            )
            return None


def read_definition(raw: Any) -> tuple[Form | None, list[FormFault]]:
    """Read a definition; no form means that the faults make it unusable."""
    reader = _Reader()
    given = raw.get("fields") if isinstance(raw, Mapping) else None
    if not isinstance(given, Sequence) or isinstance(given, str):
        return None, [FormFault(FORM, _("This is not a form: it must be an object with a list of fields."))]
    unknown = sorted(str(key) for key in raw.keys() - _FORM_KEYS)
    if unknown:
        reader.wrong(_("Unknown entries: %(names)s."), names="、".join(unknown)[:200])
    if len(given) > MOST_FIELDS:
        return None, [
            FormFault(
                FORM,
                _("The form has %(n)d fields; at most %(limit)d are accepted.")
                % {"n": len(given), "limit": MOST_FIELDS},
            )
        ]
    fields = [one for item in given if (one := _read_field(reader, item)) is not None]
    reader.at = FORM
    form = Form(
        name=reader.text(raw, "name", longest=TITLE_LENGTH) or _("Form"),
        name_en=reader.text(raw, "name_en", longest=TITLE_LENGTH),
        fields=tuple(fields),
        rights=_rights(reader, raw.get("rights", {})),
        subject=reader.text(raw, "subject", longest=200),
        subject_en=reader.text(raw, "subject_en", longest=200),
        sheet=_sheet(reader, raw.get("sheet", {}), {one.name for one in fields}),
    )
    return form, reader.faults + list(_relations(form))


def _read_field(reader: _Reader, raw: Any, *, column: bool = False) -> Field | None:
    if not isinstance(raw, Mapping):
        reader.wrong(_("A field must be an object with a name and a kind."))
        return None
    name = str(raw.get("name", ""))
    reader.at = name[:60] or FORM
    if not NAME.match(name) or name in RESERVED:
        reader.wrong(
            _(
                "The name “%(name)s” is not usable: small Latin letters, digits and “_”, beginning with a "
                "letter; “outcome” and words of the condition language are taken."
            ),
            name=name[:60],
        )
        return None
    try:
        kind = FieldKind(str(raw.get("kind", "text")))
    except ValueError:
        reader.wrong(_("There is no field of the kind “%(kind)s”."), kind=str(raw.get("kind"))[:40])
        return None
    if column and kind not in CELL_KINDS:
        reader.wrong(_("A column of a table is a text, a number, an amount, a date or a choice."))
        return None
    unknown = sorted(str(key) for key in raw.keys() - _FIELD_KEYS)
    if unknown:
        reader.wrong(_("Unknown entries: %(names)s."), names="、".join(unknown)[:200])
    label = reader.text(raw, "label", longest=100)
    if not label:
        reader.wrong(_("The field has no label. Say what is asked."))
    return Field(
        name=name,
        kind=kind,
        label=label or name,
        label_en=reader.text(raw, "label_en", longest=100) or label or name,
        help=reader.text(raw, "help"),
        help_en=reader.text(raw, "help_en"),
        required=raw.get("required") is True,
        minimum=reader.bound(raw, "min", kind),
        maximum=reader.bound(raw, "max", kind),
        shortest=reader.whole(raw, "shortest"),
        longest=reader.whole(raw, "longest"),
        pattern=_pattern(reader, raw, kind),
        default=reader.text(raw, "default", longest=200),
        options=_options(reader, raw, kind),
        visible=None if column else reader.condition(reader.text(raw, "visible")),
        rules=() if column else _rules(reader, raw.get("rules", [])),
        columns=_columns(reader, raw, name) if kind is FieldKind.TABLE else (),
        of=_names(reader, raw.get("of", [])) if kind is FieldKind.SUM else (),
        rights=_rights(reader, raw.get("rights", {})),
    )


def _pattern(reader: _Reader, raw: Mapping[str, Any], kind: FieldKind) -> str:
    pattern = reader.text(raw, "pattern")
    if pattern and kind is not FieldKind.TEXT:
        reader.wrong(_("“%(key)s” does not fit this kind of field."), key="pattern")
        return ""
    if pattern and not is_tame(pattern):
        reader.wrong(
            _(
                "The pattern “%(pattern)s” can't be used: no repeats inside repeats, no references, no "
                "look-arounds, at most three open repeats."
            ),
            pattern=pattern[:80],
        )
        return ""
    return pattern


def _options(reader: _Reader, raw: Mapping[str, Any], kind: FieldKind) -> tuple[Option, ...]:
    given = raw.get("options", [])
    if kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        reader.wrong(_("A choice needs its options."))
        return ()
    found = []
    for item in given[:MOST_OPTIONS]:
        if not isinstance(item, Mapping) or not str(item.get("value", "")).strip():
            reader.wrong(_("Each option needs a value and a label."))
            continue
        value = reader.text(item, "value", longest=80)
        label = reader.text(item, "label", longest=100) or value
        found.append(Option(value, label, reader.text(item, "label_en", longest=100) or label))
    twice = [value for value, count in Counter(one.value for one in found).items() if count > 1]
    if twice:
        reader.wrong(_("The option “%(value)s” appears twice."), value=twice[0])
    if len(given) > MOST_OPTIONS:
        reader.wrong(_("At most %(limit)d options are accepted."), limit=MOST_OPTIONS)
    return tuple(found)


def _rules(reader: _Reader, given: Any) -> tuple[Rule, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        reader.wrong(_("“%(key)s” must be a list."), key="rules")
        return ()
    found = []
    for item in given[:20]:
        if not isinstance(item, Mapping):
            reader.wrong(_("Each rule needs a condition and a message."))
            continue
        condition = reader.condition(reader.text(item, "condition"))
        message = reader.text(item, "message", longest=200)
        if condition is None or not message:
            reader.wrong(_("Each rule needs a condition and a message."))
        else:
            found.append(Rule(condition, message, reader.text(item, "message_en", longest=200) or message))
    return tuple(found)


def _columns(reader: _Reader, raw: Mapping[str, Any], name: str) -> tuple[Field, ...]:
    given = raw.get("columns", [])
    if not isinstance(given, Sequence) or isinstance(given, str) or not 1 <= len(given) <= 12:
        reader.wrong(_("A table needs one to twelve columns."))
        return ()
    found = []
    for item in given:
        column = _read_field(reader, item, column=True)
        reader.at = name
        if column is not None:
            found.append(column)
    twice = [one for one, count in Counter(column.name for column in found).items() if count > 1]
    if twice:
        reader.wrong(_("Two columns are called “%(name)s”. Give each a name of its own."), name=twice[0])
    return tuple(found)


def _names(reader: _Reader, given: Any) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        reader.wrong(_("“%(key)s” must be a list."), key="of")
        return ()
    return tuple(str(item)[:90] for item in given[:50])


def _rights(reader: _Reader, given: Any) -> Mapping[str, Right]:
    if not isinstance(given, Mapping):
        reader.wrong(_("“%(key)s” must be an object of steps."), key="rights")
        return MappingProxyType({})
    found = {}
    for node, right in given.items():
        try:
            found[str(node)[:80]] = Right(str(right))
        except ValueError:
            reader.wrong(
                _("A step may “write”, “read” or have the field “hidden”, not “%(right)s”."), right=right
            )
    return MappingProxyType(found)


def _sheet(reader: _Reader, given: Any, names: set[str]) -> SheetLayout:
    if not isinstance(given, Mapping):
        reader.wrong(_("“%(key)s” must be an object."), key="sheet")
        return SheetLayout()
    lines = given.get("lines", [])
    sound = isinstance(lines, Sequence) and all(
        isinstance(line, Sequence) and not isinstance(line, str) and 1 <= len(line) <= 3 for line in lines
    )
    if not sound:
        reader.wrong(_("Each line of the printed sheet names one to three fields."))
        lines = []
    for name in (name for line in lines for name in line if name not in names):
        reader.wrong(
            _("The printed sheet names “%(name)s”, which is no field of this form."), name=str(name)[:60]
        )
    return SheetLayout(
        title=reader.text(given, "title", longest=TITLE_LENGTH),
        title_en=reader.text(given, "title_en", longest=TITLE_LENGTH),
        lines=tuple(tuple(str(name) for name in line if name in names) for line in lines),
        opinions=tuple(str(node)[:80] for node in given.get("opinions", ()) if isinstance(node, str)),
    )


def _relations(form: Form) -> list[FormFault]:
    """What only the whole form tells: clashing names, unknown names in conditions and sums."""
    faults = []
    if not form.fields:
        faults.append(FormFault(FORM, _("The form has no field yet. Add one.")))
    for name, count in Counter(one.name for one in form.fields).items():
        if count > 1:
            text = _("The name “%(name)s” is used by %(n)d fields. Give each field a name of its own.")
            faults.append(FormFault(name, text % {"name": name, "n": count}))
    types = condition_types(form)
    for one in form.fields:
        conditions = [rule.condition for rule in one.rules] + ([one.visible] if one.visible else [])
        for condition in conditions:
            faults += [FormFault(one.name, _problem(problem)) for problem in condition.problems(types)]
        if one.visible and one.name in one.visible.names:
            faults.append(
                FormFault(one.name, _("The field can't decide by its own answer whether it is shown."))
            )
        if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:  # type: ignore[operator]
            faults.append(FormFault(one.name, _("The smallest value is larger than the largest.")))
        if one.kind is FieldKind.SUM:
            faults += _sum_faults(form, one)
    return faults


def _problem(problem: Any) -> str:
    if problem.reason == "unknown-name":
        return _("A condition asks for “%(name)s”, which is no field of this form.") % {
            "name": problem.detail
        }
    return _("A condition compares what can't be compared: %(detail)s.") % {"detail": problem.detail}


def _sum_faults(form: Form, total: Field) -> list[FormFault]:
    if not total.of:
        return [FormFault(total.name, _("A sum needs the numbers that it adds up."))]
    addable = {one.name for one in form.fields if one.kind in (FieldKind.NUMBER, FieldKind.MONEY)}
    for table in form.fields:
        addable |= {f"{table.name}.{column.name}" for column in table.columns if column.kind in NUMERIC}
    text = _("The sum adds up “%(name)s”, which is no number of this form.")
    return [FormFault(total.name, text % {"name": name}) for name in total.of if name not in addable]


def condition_types(form: Form) -> dict[str, str]:
    """Give the fields that conditions may ask for, with their types in the condition language."""
    types = {}
    for one in form.fields:
        if one.kind in NUMERIC:
            types[one.name] = "number"
        elif one.kind is FieldKind.YESNO:
            types[one.name] = "boolean"
        elif one.kind is FieldKind.DATE:
            types[one.name] = "date"
        elif one.kind in (*_TEXTS, FieldKind.CHOICE):
            types[one.name] = "text"
    return types
