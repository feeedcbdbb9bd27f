"""Forms: nothing typed is lost, every error stands beside its field and is tied to it."""

from __future__ import annotations

from django import forms
from django.template import Context, Template

from jingkai.ui.renderers import FormRenderer


class Example(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="Name", help_text="As in the licence", max_length=3)
    way = forms.ChoiceField(label="Way", widget=forms.RadioSelect, choices=[("1", "Post")])
    agree = forms.BooleanField(label="Agree")
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "tall"}), required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(source: str, form: forms.Form) -> str:
    return Template("{% load ui %}" + source).render(Context({"form": form}))


def test_field_ties_help_and_error_to_the_control() -> None:
    html = draw("{% field form.name %}", Example({"name": "too long"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="too long"' in html


def test_group_of_choices_is_a_fieldset_with_its_error() -> None:
    html = draw("{% field form.way %}", Example({}))
    assert "<fieldset" in html
    assert "<legend>" in html
    assert 'id="id_way_error"' in html


def test_checkbox_has_its_label_behind_it() -> None:
    html = draw("{% field form.agree %}", Example())
    assert html.index("<input") < html.index("<label")


def test_own_classes_of_a_widget_stay() -> None:
    assert 'class="tall input"' in draw("{% field form.note %}", Example())


def test_summary_links_every_error_to_its_field() -> None:
    html = draw("{% form_errors form %}", Example({}))
    assert 'href="#id_name"' in html
    assert 'href="#id_way' in html
    assert 'role="alert"' in html
    assert draw("{% form_errors form %}", Example()).strip() == ""


def test_hidden_fields_are_drawn_once_and_without_label() -> None:
    html = draw("{% form_fields form %}", Example())
    assert html.count('name="secret"') == 1


def test_form_renderer_draws_the_same() -> None:
    html = Example(renderer=FormRenderer()).render()
    assert 'class="field line' in html
