"""Writing clocks: start, suspend, resume, extend, stop, compute anew, and seed the product's rules."""

from jingkai.casework.clock.operations.acting import (
    end_capped_hold,
    extend_clock,
    resume_clock,
    start_clock,
    start_clocks,
    stop_clock,
    suspend_clock,
)
from jingkai.casework.clock.operations.projecting import mark_warned, reproject_clock, reproject_clocks
from jingkai.casework.clock.operations.seeding import seed_limits

__all__ = [
    "end_capped_hold",
    "extend_clock",
    "mark_warned",
    "reproject_clock",
    "reproject_clocks",
    "resume_clock",
    "seed_limits",
    "start_clock",
    "start_clocks",
    "stop_clock",
    "suspend_clock",
]
