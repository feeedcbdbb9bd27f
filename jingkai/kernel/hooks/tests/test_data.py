"""Errors that people may read."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError


class CannotClose(PersonFacingError):
    sentence = _("%(reference)s cannot be closed.")
    advice = "Finish it first."

    def __init__(self, reference: str) -> None:
        super().__init__(reference=reference)


class NoFacts(PersonFacingError):
    sentence = "100 % done"
    status = 404


def test_error_fills_its_sentence_with_facts() -> None:
    error = CannotClose("A-1")
    assert (str(error), error.advice, error.status) == ("A-1 cannot be closed.", "Finish it first.", 409)
    assert error.facts == {"reference": "A-1"}


def test_error_without_facts_leaves_percent_signs_alone() -> None:
    assert (str(NoFacts()), NoFacts().status) == ("100 % done", 404)


def test_error_can_be_given_its_words_on_raising() -> None:
    error = PersonFacingError("No.", "Ask.", status=400)
    assert (error.sentence, error.advice, error.status) == ("No.", "Ask.", 400)


def test_error_is_read_in_the_language_of_its_reader() -> None:
    error = PersonFacingError(_("Yes"))
    with translation.override("zh-hans"):
        chinese = str(error)
    with translation.override("en"):
        assert str(error) == "Yes"
    assert chinese == "是"
