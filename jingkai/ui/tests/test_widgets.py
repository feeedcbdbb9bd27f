"""Plain controls without a template are what Django's templates draw."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import SafeString

from jingkai.ui.renderers import FormRenderer
from jingkai.ui.widgets import drawn

CHOICES = [("", "—"), ("工业", [("a<b", "x & y"), (3, 1234567)]), (2, SafeString("<b>2</b>"))]
MANY = {"id": "i", "class": 'c & "d"', "required": True, "disabled": False, "rows": 4, "data-x": "<&>"}
WIDGETS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(), "钱某 <script>"),
    (forms.TextInput(), None),
    (forms.TextInput(), SafeString("<i>")),
    (forms.NumberInput(), Decimal("1234567.50")),
    (forms.EmailInput(), ""),
    (forms.URLInput(), "https://example.cn/?a=1&b=2"),
    (forms.PasswordInput(render_value=True), "'"),
    (forms.HiddenInput(), 1234567),
    (forms.DateInput(), date(2026, 11, 22)),
    (forms.TimeInput(), time(9, 30)),
    (forms.FileInput(), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.Textarea(), "一\n二 & 三"),
    (forms.Textarea(), ""),
    (forms.Select(choices=CHOICES), "2"),
    (forms.Select(choices=CHOICES), None),
    (forms.SelectMultiple(choices=CHOICES), ["2", "3"]),
    (forms.NullBooleanSelect(), True),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("attrs", [{}, MANY], ids=["bare", "many"])
def test_a_plain_control_is_djangos(
    widget: forms.Widget, value: Any, language: str, attrs: dict[str, Any]
) -> None:
    with translation.override(language):
        context = widget.get_context("n'x", value, attrs)
        fast = drawn(widget.template_name, context["widget"])  # type: ignore[attr-defined]
        assert fast == DjangoTemplates().render(widget.template_name, context)  # type: ignore[attr-defined]


def test_a_control_of_its_own_keeps_its_template() -> None:
    radios = forms.RadioSelect(choices=[("a", "甲"), ("b", "乙")])
    assert drawn(radios.template_name, radios.get_context("n", "a", {})["widget"]) is None
    assert radios.render("n", "a", renderer=FormRenderer()) == radios.render(
        "n", "a", renderer=DjangoTemplates()
    )
