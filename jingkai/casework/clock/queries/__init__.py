"""Reading clocks: limits by key, lights, used days, accounts of days, moves, cards."""

from jingkai.casework.clock.queries.accounts import Account, accounts_of
from jingkai.casework.clock.queries.cards import CardCursor, CardFilter, get_card, list_cards
from jingkai.casework.clock.queries.lights import (
    left_words,
    light_lasts_until,
    light_of,
    lights_of,
    limit_words,
    list_ledger,
    reason_name,
    union_excluded,
    unit_name,
    usage,
)
from jingkai.casework.clock.queries.limits import LimitKey, get_limit, get_limits, read_limits
from jingkai.casework.clock.queries.moves import (
    count_open,
    get_run,
    get_run_by_id,
    list_capped_holds,
    list_lapsed_ids,
    list_moves,
    list_open_ids,
    newest_run,
    run_of_draft,
)
from jingkai.casework.clock.queries.progress import extend_url, progress_of

__all__ = [
    "Account",
    "CardCursor",
    "CardFilter",
    "LimitKey",
    "accounts_of",
    "count_open",
    "extend_url",
    "get_card",
    "get_limit",
    "get_limits",
    "get_run",
    "get_run_by_id",
    "left_words",
    "light_lasts_until",
    "light_of",
    "lights_of",
    "limit_words",
    "list_capped_holds",
    "list_cards",
    "list_lapsed_ids",
    "list_ledger",
    "list_moves",
    "list_open_ids",
    "newest_run",
    "progress_of",
    "read_limits",
    "reason_name",
    "run_of_draft",
    "union_excluded",
    "unit_name",
    "usage",
]
