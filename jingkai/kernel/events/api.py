"""The door of events: tell facts, react to them, work in the background."""

from jingkai.kernel.events.data import AdminAct, Backoff
from jingkai.kernel.events.jobs import run_jobs, run_worker
from jingkai.kernel.events.operations import (
    UnknownWork,
    enqueue,
    enqueue_many,
    job,
    on_admin_action,
    periodic,
    publish,
    publish_many,
    subscribe,
)

__all__ = [
    "AdminAct",
    "Backoff",
    "UnknownWork",
    "enqueue",
    "enqueue_many",
    "job",
    "on_admin_action",
    "periodic",
    "publish",
    "publish_many",
    "run_jobs",
    "run_worker",
    "subscribe",
]
