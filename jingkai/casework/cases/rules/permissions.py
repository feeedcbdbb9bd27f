"""Rights over cases and tasks beyond one's own."""

from jingkai.kernel.permissions.data import Permission

MANAGE_TASKS = "cases.manage_tasks"
VOID_CASES = "cases.void_cases"
URGE_TASKS = "cases.urge_tasks"
HAND_OVER = "cases.hand_over_tasks"
MANAGE_FLOWS = "cases.manage_flows"

PERMISSIONS = (
    Permission(MANAGE_TASKS, "调整他人待办", "Transfer or release other people's tasks", "cases"),
    Permission(MANAGE_FLOWS, "管理流程", "Publish flows and move running cases", "cases"),
    Permission(URGE_TASKS, "督办催办", "Urge other people's tasks", "cases"),
    Permission(HAND_OVER, "移交离任人员待办", "Hand over the tasks of people who leave a post", "cases"),
    Permission(VOID_CASES, "作废办件", "Declare cases void", "cases"),
)
