"""Names of the databases of tests fit into PostgreSQL, and two never become one."""

from __future__ import annotations

from jingkai.kernel.hooks.testing import LONGEST, called


def test_a_short_name_is_kept_and_a_long_one_stays_its_own() -> None:
    assert called("zone", "cast", "copy") == "zone_cast_copy"
    long = [called("zone_" + "x" * 60, end) for end in ("copy", "hall", "")]
    assert {len(name) for name in long} == {LONGEST}
    assert len(set(long)) == 3
    assert len(called(long[0], "copy")) == LONGEST
    assert called(long[0], "copy") not in long
    assert all(name.startswith("zone_x") for name in long)
