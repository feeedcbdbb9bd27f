"""Writes of the unified log-in."""

from jingkai.kernel.federation.operations.arriving import (
    ArrivalGone,
    LoginUnfit,
    PhoneInUse,
    act_for_enterprise,
    arrive,
    forget_old,
    link_by_code,
    link_own,
    make_login,
    send_code,
    unlink,
)
from jingkai.kernel.federation.operations.providers import (
    ProviderDraft,
    add_provider,
    change_provider,
    check_provider,
    switch_provider,
)
from jingkai.kernel.federation.operations.signing_in import (
    NotProven,
    ProviderDown,
    StateGone,
    TooWeak,
    begin,
    finish,
)
from jingkai.kernel.federation.operations.visits import end_at_platform, note_visit

__all__ = [
    "ArrivalGone",
    "LoginUnfit",
    "NotProven",
    "PhoneInUse",
    "ProviderDown",
    "ProviderDraft",
    "StateGone",
    "TooWeak",
    "act_for_enterprise",
    "add_provider",
    "arrive",
    "begin",
    "change_provider",
    "check_provider",
    "end_at_platform",
    "finish",
    "forget_old",
    "link_by_code",
    "link_own",
    "make_login",
    "note_visit",
    "send_code",
    "switch_provider",
    "unlink",
]
