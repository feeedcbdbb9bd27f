"""What the trail writes: entries, the checkpoints that sign them, and verifications asked for."""

from jingkai.kernel.audit.operations.checkpoints import CheckpointsWait, newest, set_aside, write_checkpoints
from jingkai.kernel.audit.operations.checks import TRAIL, ask_for_check, run_check
from jingkai.kernel.audit.operations.entries import record, record_many, together
from jingkai.kernel.audit.operations.installing import (
    COMMAND,
    CONFIGURED,
    INSTALLATION,
    UPGRADED,
    record_command,
    record_settings,
    record_upgrade,
)
from jingkai.kernel.audit.operations.refusals import Afterwards, afterwards, record_refusal
from jingkai.kernel.audit.operations.shelving import bring_over, send_all, take_from_folder
from jingkai.kernel.audit.operations.verifying import export_whole, verify

__all__ = [
    "COMMAND",
    "CONFIGURED",
    "INSTALLATION",
    "TRAIL",
    "UPGRADED",
    "Afterwards",
    "CheckpointsWait",
    "afterwards",
    "ask_for_check",
    "bring_over",
    "export_whole",
    "newest",
    "record",
    "record_command",
    "record_many",
    "record_refusal",
    "record_settings",
    "record_upgrade",
    "run_check",
    "send_all",
    "set_aside",
    "take_from_folder",
    "together",
    "verify",
    "write_checkpoints",
]
