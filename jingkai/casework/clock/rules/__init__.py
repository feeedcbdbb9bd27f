"""What the law says about clocks: how a due date follows, what may stop it, who may extend it."""
