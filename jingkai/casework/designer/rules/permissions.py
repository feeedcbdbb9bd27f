"""Rights of the designer. Two rights open the same pages: one is an administrator's, one is for daily work.

A right belongs to the three administrators or to daily work, never to both (GB/T 22239), and zones differ in
who draws their flows.
"""

from jingkai.kernel.permissions.data import Permission

MANAGE_FLOWS = "designer.manage_flows"
DRAW_FLOWS = "designer.draw_flows"
RIGHTS = (MANAGE_FLOWS, DRAW_FLOWS)

PERMISSIONS = (
    Permission(
        MANAGE_FLOWS, "维护流程和表单（系统管理）", "Design flows and forms (administration)", "designer"
    ),
    Permission(DRAW_FLOWS, "设计流程和表单（业务管理）", "Design flows and forms (business)", "designer"),
)
