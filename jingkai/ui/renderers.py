"""Django forms drawn in this design wherever a template says `{{ form }}`."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from jingkai.ui.widgets import drawn


class FormRenderer(DjangoTemplates):
    """Set as `FORM_RENDERER`: `{{ form }}` then looks like `{% form_fields form %}`."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Draw a form, a field or a control; plain controls without a template."""
        done = drawn(template_name, context["widget"]) if "widget" in context else None
        return super().render(template_name, context, request) if done is None else done
