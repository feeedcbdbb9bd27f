"""Writes of the service hall, by topic."""

from jingkai.modules.approvals.operations.acceptance import (
    accept_application,
    refuse_application,
    request_correction,
)
from jingkai.modules.approvals.operations.ageing import (
    MaterialEnded,
    note_expiry,
    pass_on_matters,
    withdraw_use,
)
from jingkai.modules.approvals.operations.catalogue import load_package
from jingkai.modules.approvals.operations.decision import (
    apply_seal,
    record_collection,
    return_to_summary,
    revoke_result,
    seal_by_code,
    sign_decision,
    summarise,
)
from jingkai.modules.approvals.operations.drafts import (
    NotYours,
    StaleDraft,
    add_material,
    create_draft,
    discard_draft,
    keep_typed,
    remove_material,
    save_facts,
    use_licence,
)
from jingkai.modules.approvals.operations.exporting import record_export
from jingkai.modules.approvals.operations.intake import (
    submit_application,
    supply_correction,
    withdraw_application,
)
from jingkai.modules.approvals.operations.permit import ask_for_permit, record_permit, record_permit_problem
from jingkai.modules.approvals.operations.powers import change_power_state
from jingkai.modules.approvals.operations.rating import rate_service
from jingkai.modules.approvals.operations.review import (
    answer_question,
    ask_applicant,
    end_expert_review,
    give_opinion,
    start_expert_review,
)

__all__ = [
    "MaterialEnded",
    "NotYours",
    "StaleDraft",
    "accept_application",
    "add_material",
    "answer_question",
    "apply_seal",
    "ask_applicant",
    "ask_for_permit",
    "change_power_state",
    "create_draft",
    "discard_draft",
    "end_expert_review",
    "give_opinion",
    "keep_typed",
    "load_package",
    "note_expiry",
    "pass_on_matters",
    "rate_service",
    "record_collection",
    "record_export",
    "record_permit",
    "record_permit_problem",
    "refuse_application",
    "remove_material",
    "request_correction",
    "return_to_summary",
    "revoke_result",
    "save_facts",
    "seal_by_code",
    "sign_decision",
    "start_expert_review",
    "submit_application",
    "summarise",
    "supply_correction",
    "use_licence",
    "withdraw_application",
    "withdraw_use",
]
