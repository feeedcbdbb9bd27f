"""What the trail writes: entries, the checkpoints that sign them, and verifications asked for."""

from jingkai.kernel.audit.operations.checkpoints import write_checkpoints
from jingkai.kernel.audit.operations.checks import TRAIL, ask_for_check, run_check
from jingkai.kernel.audit.operations.entries import record, record_many, together
from jingkai.kernel.audit.operations.refusals import record_refusal

__all__ = [
    "TRAIL",
    "ask_for_check",
    "record",
    "record_many",
    "record_refusal",
    "run_check",
    "together",
    "write_checkpoints",
]
