"""What the pages of the service hall show, built from the tables in the design system's words."""

from jingkai.modules.approvals.web.shown.application import (
    applicant_facts,
    decision_facts,
    fact_groups,
    facts_title,
    file_link,
    material_cards,
    my_head,
    my_lines,
    my_rows,
    steps,
)
from jingkai.modules.approvals.web.shown.catalogue import (
    flow_nodes,
    power_head,
    power_light,
    power_lines,
    power_rows,
)
from jingkai.modules.approvals.web.shown.items import (
    change_rows,
    days,
    flow_chart,
    item_head,
    item_light,
    item_lines,
    item_page,
    item_rows,
    qr_code,
)
from jingkai.modules.approvals.web.shown.journey import clock_bars, journey_steps, public_journey
from jingkai.modules.approvals.web.shown.matter import lacks_power, matter_page, paper_links

__all__ = [
    "applicant_facts",
    "change_rows",
    "clock_bars",
    "days",
    "decision_facts",
    "fact_groups",
    "facts_title",
    "file_link",
    "flow_chart",
    "flow_nodes",
    "item_head",
    "item_light",
    "item_lines",
    "item_page",
    "item_rows",
    "journey_steps",
    "lacks_power",
    "material_cards",
    "matter_page",
    "my_head",
    "my_lines",
    "my_rows",
    "paper_links",
    "power_head",
    "power_light",
    "power_lines",
    "power_rows",
    "public_journey",
    "qr_code",
    "steps",
]
