"""What the trail writes: entries, and the checkpoints that sign them."""

from jingkai.kernel.audit.operations.checkpoints import write_checkpoints
from jingkai.kernel.audit.operations.entries import record, record_many

__all__ = ["record", "record_many", "write_checkpoints"]
