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
from jingkai.modules.approvals.operations.catalogue import (
    load_package,
)
from jingkai.modules.approvals.operations.catalogue_import import (
    apply_import,
    discard_import,
    import_items,
    preview_items,
    read_sheet,
)
from jingkai.modules.approvals.operations.catalogue_loading import (
    load_catalogue,
)
from jingkai.modules.approvals.operations.conditions import (
    Turned,
    confirm_condition,
    lapse_condition,
    refuse_condition,
    supply_material,
    turn_formal,
    turn_formal_by_code,
    warn_of_condition,
)
from jingkai.modules.approvals.operations.confirming import (
    confirm_sections,
    withdraw_confirmation,
)
from jingkai.modules.approvals.operations.counter import create_draft_at_counter
from jingkai.modules.approvals.operations.decision import (
    apply_seal,
    return_to_summary,
    revoke_result,
    seal_by_code,
    sign_decision,
    summarise,
)
from jingkai.modules.approvals.operations.delivering import OWNER as DELIVERY_OWNER
from jingkai.modules.approvals.operations.delivering import (
    Address,
    Collector,
    ask_for_paper,
    hand_over_result,
    open_delivery,
    record_arrival,
    record_download,
    record_posting,
    record_return,
)
from jingkai.modules.approvals.operations.delivery_papers import typeset_receipt, typeset_seal_sheet
from jingkai.modules.approvals.operations.drafts import (
    DoesNotServe,
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
from jingkai.modules.approvals.operations.exporting import (
    record_export,
)
from jingkai.modules.approvals.operations.hearings import (
    HearingDraft,
    end_hearing,
    note_extension,
    start_hearing,
)
from jingkai.modules.approvals.operations.intake import (
    Incomplete,
    submit_application,
    supply_correction,
    withdraw_application,
)
from jingkai.modules.approvals.operations.item_forms import (
    typeset_form,
)
from jingkai.modules.approvals.operations.item_papers import seal_in_use
from jingkai.modules.approvals.operations.items import (
    return_item,
    seal_item,
    seal_item_by_code,
    sign_item,
)
from jingkai.modules.approvals.operations.mandates import (
    MandateDraft,
    accept_mandate,
    act_under,
    decline_mandate,
    end_mandate,
    give_mandate,
    list_agents,
    open_for_enterprise,
)
from jingkai.modules.approvals.operations.own_forms import ACCEPTED as FORM_FILES
from jingkai.modules.approvals.operations.own_forms import KINDS as FORM_KINDS
from jingkai.modules.approvals.operations.own_forms import keep_own_form, without_own_form
from jingkai.modules.approvals.operations.permit import (
    ask_for_permit,
    note_permit_by_hand,
    record_permit,
    record_permit_problem,
)
from jingkai.modules.approvals.operations.planning import (
    CircularDependency,
    arrange_package,
    drawing_of,
    publish_drawing,
    seed_network_rules,
)
from jingkai.modules.approvals.operations.power_gaps import (
    check_gaps,
    hand_to_organ,
)
from jingkai.modules.approvals.operations.power_register import (
    PowerDraft,
    announce_expiry,
    change_power,
    enter_power,
    expiry_days,
    load_powers,
    seed_power_rules,
)
from jingkai.modules.approvals.operations.powers import (
    change_power_state,
)
from jingkai.modules.approvals.operations.rating import (
    NotYetRateable,
    rate_service,
)
from jingkai.modules.approvals.operations.reissuing import (
    reissue_by_code,
    reissue_result,
)
from jingkai.modules.approvals.operations.replacing import (
    ask_for_replacement,
    refuse_replacement,
)
from jingkai.modules.approvals.operations.review import (
    answer_question,
    ask_applicant,
    end_expert_review,
    give_opinion,
    start_expert_review,
)
from jingkai.modules.approvals.operations.sealing import KIND as SEAL_USE_KIND
from jingkai.modules.approvals.operations.sealing import (
    apply_requested,
    apply_requested_by_code,
    ask_for_reissue_seal,
    decide_seal_use,
    go_on_with_sealed,
    seed_seal_use,
    send_to_seal,
)
from jingkai.modules.approvals.operations.single import (
    WHY,
    GuideChanged,
    NoSuchService,
    NotOffered,
    check_offered,
    open_service,
    open_single,
    renew_draft,
)
from jingkai.modules.approvals.operations.versions import (
    apply_due_versions,
    begin_version,
    create_item,
    discard_version,
    publish_version,
    review_version,
    save_version,
    withdraw_item,
)

__all__ = [
    "DELIVERY_OWNER",
    "FORM_FILES",
    "FORM_KINDS",
    "SEAL_USE_KIND",
    "WHY",
    "Address",
    "CircularDependency",
    "Collector",
    "DoesNotServe",
    "GuideChanged",
    "HearingDraft",
    "Incomplete",
    "MandateDraft",
    "MaterialEnded",
    "NoSuchService",
    "NotOffered",
    "NotYetRateable",
    "NotYours",
    "PowerDraft",
    "StaleDraft",
    "Turned",
    "accept_application",
    "accept_mandate",
    "act_under",
    "add_material",
    "announce_expiry",
    "answer_question",
    "apply_due_versions",
    "apply_import",
    "apply_requested",
    "apply_requested_by_code",
    "apply_seal",
    "arrange_package",
    "ask_applicant",
    "ask_for_paper",
    "ask_for_permit",
    "ask_for_reissue_seal",
    "ask_for_replacement",
    "begin_version",
    "change_power",
    "change_power_state",
    "check_gaps",
    "check_offered",
    "confirm_condition",
    "confirm_sections",
    "create_draft",
    "create_draft_at_counter",
    "create_item",
    "decide_seal_use",
    "decline_mandate",
    "discard_draft",
    "discard_import",
    "discard_version",
    "drawing_of",
    "end_expert_review",
    "end_hearing",
    "end_mandate",
    "enter_power",
    "expiry_days",
    "give_mandate",
    "give_opinion",
    "go_on_with_sealed",
    "hand_over_result",
    "hand_to_organ",
    "import_items",
    "keep_own_form",
    "keep_typed",
    "lapse_condition",
    "list_agents",
    "load_catalogue",
    "load_package",
    "load_powers",
    "note_expiry",
    "note_extension",
    "note_permit_by_hand",
    "open_delivery",
    "open_for_enterprise",
    "open_service",
    "open_single",
    "pass_on_matters",
    "preview_items",
    "publish_drawing",
    "publish_version",
    "rate_service",
    "read_sheet",
    "record_arrival",
    "record_download",
    "record_export",
    "record_permit",
    "record_permit_problem",
    "record_posting",
    "record_return",
    "refuse_application",
    "refuse_condition",
    "refuse_replacement",
    "reissue_by_code",
    "reissue_result",
    "remove_material",
    "renew_draft",
    "request_correction",
    "return_item",
    "return_to_summary",
    "review_version",
    "revoke_result",
    "save_facts",
    "save_version",
    "seal_by_code",
    "seal_in_use",
    "seal_item",
    "seal_item_by_code",
    "seed_network_rules",
    "seed_power_rules",
    "seed_seal_use",
    "send_to_seal",
    "sign_decision",
    "sign_item",
    "start_expert_review",
    "start_hearing",
    "submit_application",
    "summarise",
    "supply_correction",
    "supply_material",
    "turn_formal",
    "turn_formal_by_code",
    "typeset_form",
    "typeset_receipt",
    "typeset_seal_sheet",
    "use_licence",
    "warn_of_condition",
    "withdraw_application",
    "withdraw_confirmation",
    "withdraw_item",
    "withdraw_use",
    "without_own_form",
]
