"""Writing clocks: the law's acts, computing anew, warnings and cards, silence, the product's rules."""

from jingkai.casework.clock.operations.acting import (
    end_capped_hold,
    extend_clock,
    resume_clock,
    start_clock,
    start_clocks,
    stop_clock,
    suspend_clock,
)
from jingkai.casework.clock.operations.cards import appeal_card, decide_card
from jingkai.casework.clock.operations.escalating import take_steps
from jingkai.casework.clock.operations.lapsing import lapse_clock
from jingkai.casework.clock.operations.projecting import mark_warned, reproject_clock, reproject_clocks
from jingkai.casework.clock.operations.runs import RUN, begin_preview, begin_reprojection, run_batch
from jingkai.casework.clock.operations.seeding import seed_limits
from jingkai.casework.clock.operations.telling import tell_of_extension

__all__ = [
    "RUN",
    "appeal_card",
    "begin_preview",
    "begin_reprojection",
    "decide_card",
    "end_capped_hold",
    "extend_clock",
    "lapse_clock",
    "mark_warned",
    "reproject_clock",
    "reproject_clocks",
    "resume_clock",
    "run_batch",
    "seed_limits",
    "start_clock",
    "start_clocks",
    "stop_clock",
    "suspend_clock",
    "take_steps",
    "tell_of_extension",
]
