"""What backups do: make one, prove and unpack one, keep the record, take old ones away."""

from jingkai.kernel.backups.operations.following import follow
from jingkai.kernel.backups.operations.making import make_backup
from jingkai.kernel.backups.operations.opening import lay_out, log_since, prove, set_aside
from jingkai.kernel.backups.operations.pruning import prune
from jingkai.kernel.backups.operations.recording import begin, end, hand_over, note_restored

__all__ = [
    "begin",
    "end",
    "follow",
    "hand_over",
    "lay_out",
    "log_since",
    "make_backup",
    "note_restored",
    "prove",
    "prune",
    "set_aside",
]
