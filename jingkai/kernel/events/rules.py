"""The one right that background work asks for."""

from jingkai.kernel.permissions.api import Permission

MANAGE_JOBS = "events.manage_jobs"

PERMISSIONS = (Permission(MANAGE_JOBS, "管理后台任务", "Manage background jobs", "system"),)
