"""The door of backups."""

from jingkai.kernel.backups.connectors.keys import make_recovery_key, pack, unlock, unpack
from jingkai.kernel.backups.connectors.postgres import verify_data
from jingkai.kernel.backups.data import BARE_KEYS, CERTIFICATE, KEYS, LOG, BackupFailed, BackupRefused
from jingkai.kernel.backups.operations import (
    begin,
    end,
    follow,
    hand_over,
    lay_out,
    log_since,
    make_backup,
    note_restored,
    prove,
    prune,
    set_aside,
)
from jingkai.kernel.backups.queries import get_standing, list_newest_runs, read_manifest
from jingkai.kernel.backups.queries.checks import check_backup, check_drill
from jingkai.kernel.backups.rules import NAME, plan_on

__all__ = [
    "BARE_KEYS",
    "CERTIFICATE",
    "KEYS",
    "LOG",
    "NAME",
    "BackupFailed",
    "BackupRefused",
    "begin",
    "check_backup",
    "check_drill",
    "end",
    "follow",
    "get_standing",
    "hand_over",
    "lay_out",
    "list_newest_runs",
    "log_since",
    "make_backup",
    "make_recovery_key",
    "note_restored",
    "pack",
    "plan_on",
    "prove",
    "prune",
    "read_manifest",
    "set_aside",
    "unlock",
    "unpack",
    "verify_data",
]
