"""Django's password validators for the zone's policy."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import password_faults
from jingkai.kernel.accounts.models import User


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
