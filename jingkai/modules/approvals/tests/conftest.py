"""The package of 14 items for the tests of this module; it is too large for everybody's."""

from jingkai.modules.approvals.testing.project import project

__all__ = ["project"]
