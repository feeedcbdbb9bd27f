"""Who may do what with documents, and what the public may read of them."""

from __future__ import annotations

import re
import secrets

from jingkai.kernel.permissions.api import Permission

SEE = "documents.see_register"
REVOKE = "documents.revoke"

MISSES = "documents_misses"
"""The pace of codes that do not exist."""

PERMISSIONS = (
    Permission(SEE, "查看文书登记簿", "See the register of issued documents", "documents"),
    Permission(REVOKE, "撤销已发文书", "Revoke issued documents", "documents"),
)

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_CODE = re.compile(f"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}")
_LOOKALIKES = str.maketrans("OIL", "011")
_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "合伙企业",
    "合作社",
    "个体工商户",
    "公司",
    "厂",
    "中心",
)


def new_code() -> str:
    """Make a verification code: 60 random bits that can be read aloud (no I, L, O, U)."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def spaced_code(code: str) -> str:
    """Write a code in groups of four, as it stands on the paper."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(text: str) -> str | None:
    """Read a code as people type it: hyphens, small letters, O for 0; None where it cannot be one."""
    plain = re.sub(r"[\s\-–—_]", "", text).upper().translate(_LOOKALIKES)
    return plain if _CODE.fullmatch(plain) else None


def mask_name(name: str) -> str:
    """Mask a name: a person keeps the first character, an enterprise the first two and its form."""
    form = next((form for form in _FORMS if name.endswith(form) and len(name) > len(form) + 2), "")
    if form:
        return f"{name[:2]}{'*' * min(len(name) - len(form) - 2, 6)}{form}"
    if len(name) <= 4:
        return f"{name[:1]}{'*' * max(len(name) - 1, 0)}"
    return f"{name[:2]}{'*' * min(len(name) - 2, 6)}"
