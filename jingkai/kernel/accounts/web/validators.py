"""Django's password validators for the zone's policy."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import password_faults
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.web.breached import is_breached
from jingkai.kernel.accounts.web.well_known import is_well_known, personal_number_in, word_in


class PolicyValidator:
    """Length and kinds of characters."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password that the policy finds too short or too plain, saying which."""
        del user
        policy = rules.policy_at(timezone.now())
        faults = password_faults(password, policy)
        errors = [ValidationError(rules.fault_text(fault, policy), code=fault.value) for fault in faults]
        if errors:
            raise ValidationError(errors)

    def get_help_text(self) -> str:
        """Say the rules before anybody types."""
        return rules.password_rules(rules.policy_at(timezone.now()))


class WellKnownValidator:
    """No password that everybody knows, however it is dressed up."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a common or breached password and one that is built around a single common word."""
        del user
        if is_well_known(password):
            raise ValidationError(
                gettext(
                    "Everybody knows this password, or the word it is built around. Join several words that "
                    "do not belong together."
                ),
                code="well_known",
            )
        if is_breached(password, settings.BREACHED_PASSWORDS):
            raise ValidationError(
                gettext("This password was in a theft of data somewhere. Choose another one."),
                code="breached",
            )

    def get_help_text(self) -> str:
        """Say the rule before anybody types."""
        return gettext("Not a well-known password.")


class PlaceValidator:
    """No password that holds a word of the zone, of the person, or a number that others know."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse words of the place and the person, phone numbers, credit codes and numbers of identity."""
        if personal_number_in(password):
            raise ValidationError(
                gettext("Take no phone number, credit code or number of identity into the password."),
                code="number",
            )
        word = word_in(
            password, rules.refused_words(user if isinstance(user, User) else None, timezone.now())
        )
        if word:
            raise ValidationError(
                gettext(
                    "Take no name of the zone, of yourself or of the product into the password: %(word)s."
                )
                % {"word": word},
                code="place",
            )

    def get_help_text(self) -> str:
        """Say the rule before anybody types."""
        return gettext("Without names of the zone or of yourself, and without phone numbers and codes.")


class HistoryValidator:
    """No password this login had before."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse the present password and the last ones before it."""
        if not isinstance(user, User) or user.pk is None:
            return
        if rules.was_used_before(user, password, rules.policy_at(timezone.now())):
            raise ValidationError(
                gettext("You have used this password before. Choose a new one."), code="used_before"
            )

    def get_help_text(self) -> str:
        """Say the rule before anybody types."""
        return gettext("Not one of your former passwords.")
