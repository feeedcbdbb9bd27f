"""Whether several people have decided: pass, fail, or not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jingkai.casework.flow.data.graph import Several


def decide(several: Several, *, given: Sequence[str], waiting: int, declared: Sequence[str]) -> str | None:
    """Give the outcome of a task of several people, or nothing while it is open.

    `given` are the outcomes so far, `waiting` how many are still to come, `declared` the outcomes that the
    task offers. Passed: the passing outcome given most often; failed: the other outcome given most often.
    """
    if not given:
        return None
    total = len(given) + waiting
    for_it = [outcome for outcome in given if not several.passing or outcome in several.passing]
    against = [outcome for outcome in given if several.passing and outcome not in several.passing]
    needed = several.rule.needed(total)
    over = not waiting or (several.rule.early and (len(for_it) >= needed or len(for_it) + waiting < needed))
    if not over:
        return None
    return _commonest(for_it if len(for_it) >= needed else against, declared)


def _commonest(outcomes: Sequence[str], declared: Sequence[str]) -> str:
    order = {code: place for place, code in enumerate(declared)}
    counted = Counter(outcomes)
    return min(counted, key=lambda code: (-counted[code], order.get(code, len(order)), code))
