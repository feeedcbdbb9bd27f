"""Rights on personal data."""

from jingkai.kernel.permissions.data import Permission

REVEAL = "parties.reveal"
"""See a masked phone or e-mail address in full; every look is written to the trail."""

PERMISSIONS = (
    Permission(REVEAL, "查看完整联系方式（留痕）", "See full contact details (recorded)", "parties"),
)
