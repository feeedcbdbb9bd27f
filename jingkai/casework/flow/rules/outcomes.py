"""Words for the outcomes that most flows use, so that a drawing need not repeat them.

These are data shown in both languages, like the names in a drawing, so they stand here as pairs.
"""

from jingkai.casework.flow.data import Outcome

_USUAL = {
    "approve": ("同意", "Approve"),
    "agree": ("同意", "Agree"),
    "reject": ("不同意", "Reject"),
    "object": ("提出异议", "Object"),
    "accept": ("受理", "Accept"),
    "refuse": ("不予受理", "Refuse"),
    "correct": ("补正告知", "Ask for corrections"),
    "supplied": ("已补正", "Corrections supplied"),
    "ask": ("询问申请人", "Ask the applicant"),
    "answer": ("答复", "Answer"),
    "granted": ("准予", "Grant"),
    "denied": ("不予", "Deny"),
    "sign": ("签发", "Sign"),
    "return": ("退回", "Return"),
    "send_back": ("退回", "Sent back"),
    "sealed": ("已用印", "Sealed"),
    "done": ("办结", "Done"),
    "submit": ("提交", "Submit"),
    "read": ("已阅", "Read"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
}


def words_of(code: str) -> Outcome:
    """Return an outcome with its usual words, or with the code itself when it is not a usual one."""
    name, name_en = _USUAL.get(code, (code, code))
    return Outcome(code, name, name_en)
