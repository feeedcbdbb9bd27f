"""A forgotten password, set again by a code to the person's phone."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import CodePurpose
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.operations.codes import TooManyCodes, check_phone_code, send_phone_code
from jingkai.kernel.accounts.operations.logins import change_password, end_sessions
from jingkai.kernel.accounts.operations.signing_in import actor_self
from jingkai.kernel.organisation.api import actor_for
from jingkai.kernel.parties.api import is_mobile


def may_reset_by_phone(user: User | None, at: datetime) -> bool:
    """Whether a login may be reset by its phone: not those that need a second factor, nor one out of use."""
    if user is None or not user.is_active or user.person is None or not is_mobile(user.person.phone):
        return False
    return not rules.needs_second_factor(actor_for(user, timezone.localdate(at)).permissions)


@transaction.atomic
def start_reset(*, user: User | None, language: str, at: datetime) -> None:
    """Send a code where that is allowed; to the outside it looks the same where it is not."""
    if user is None or user.person is None or not may_reset_by_phone(user, at):
        return
    try:
        with transaction.atomic():
            send_phone_code(
                phone=user.person.phone, purpose=CodePurpose.RESET_PASSWORD, language=language, at=at
            )
    except TooManyCodes:
        return


@transaction.atomic
def finish_reset(*, user: User | None, code: str, password: str, at: datetime) -> bool:
    """Set the new password if the code is right, and sign the login out everywhere."""
    if user is None or user.person is None or not may_reset_by_phone(user, at):
        return False
    phone = user.person.phone
    if not check_phone_code(phone=phone, purpose=CodePurpose.RESET_PASSWORD, code=code, at=at):
        return False
    by = actor_self(user)
    change_password(user=user, password=password, by=by, at=at)
    end_sessions(user=user, by=by, at=at)
    return True
