"""Who may see how the installation does."""

from jingkai.kernel.permissions.data import Permission

SEE = "health.see"
PERMISSIONS = (Permission(SEE, "查看系统运行状况", "See how the installation does", "system"),)
