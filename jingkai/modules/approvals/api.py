"""The door of the service hall: the acts of a matter, from the draft to the rating."""

from jingkai.modules.approvals.operations import (
    accept_application,
    add_material,
    answer_question,
    apply_seal,
    ask_applicant,
    create_draft,
    end_expert_review,
    give_opinion,
    load_package,
    rate_service,
    request_correction,
    save_facts,
    sign_decision,
    start_expert_review,
    submit_application,
    summarise,
    supply_correction,
)
from jingkai.modules.approvals.queries import get_by_case, get_package

__all__ = [
    "accept_application",
    "add_material",
    "answer_question",
    "apply_seal",
    "ask_applicant",
    "create_draft",
    "end_expert_review",
    "get_by_case",
    "get_package",
    "give_opinion",
    "load_package",
    "rate_service",
    "request_correction",
    "save_facts",
    "sign_decision",
    "start_expert_review",
    "submit_application",
    "summarise",
    "supply_correction",
]
