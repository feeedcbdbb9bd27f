"""A one-time password on its way to the page that shows it once."""

from jingkai.kernel.accounts.data import NewAccount
from jingkai.kernel.parties.api import decrypt, encrypt
from jingkai.kernel.permissions.api import Request

SLOT = "one_time_passwords"
CONTEXT = "accounts.one_time_password"


def keep(request: Request, account: NewAccount | None) -> None:
    """Hold a one-time password, encrypted, until its page is opened."""
    if account is not None and account.one_time_password:
        held = request.session.get(SLOT, {})
        request.session[SLOT] = {
            **held,
            str(account.user_id): encrypt(account.one_time_password, context=CONTEXT),
        }


def take(request: Request, user_id: int | None) -> str:
    """Give the one-time password held for a login, and forget it."""
    held = request.session.get(SLOT, {})
    if str(user_id) not in held:
        return ""
    sealed = held.pop(str(user_id))
    request.session[SLOT] = held
    return decrypt(sealed, context=CONTEXT)
