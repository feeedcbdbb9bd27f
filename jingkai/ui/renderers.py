"""Django forms drawn in this design wherever a template says `{{ form }}`."""

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Set as `FORM_RENDERER`: `{{ form }}` then looks like `{% form_fields form %}`."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
