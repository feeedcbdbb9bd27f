"""12345 work orders that the line sends to the zone."""

from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from ninja import Router, Schema
from pydantic import Field

from jingkai.kernel.exchange.api import ApiRequest, needs
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.rest.schemas import Strict

orders = Router(tags=[_("12345 work orders")])


class OrderIn(Strict):
    """One work order; the same number is taken in once."""

    orderNumber: Annotated[str, Field(min_length=1, max_length=60)]  # noqa: N815
    title: Annotated[str, Field(min_length=1, max_length=200)]
    content: Annotated[str, Field(max_length=4000)] = ""
    callerName: Annotated[str, Field(max_length=60)] = ""  # noqa: N815
    callerPhone: Annotated[str, Field(max_length=20)] = ""  # noqa: N815
    createdAt: Annotated[str, Field(max_length=40)] = ""  # noqa: N815
    dueAt: Annotated[str, Field(max_length=40)] = ""  # noqa: N815


class OrderOut(Schema):
    """What became of a work order."""

    number: str
    taken_in: bool = Field(description="False: it had come before.")


@orders.post("", response={201: OrderOut}, summary=_("Send a work order to the zone"))
@needs("work-orders:write")
def receive(request: ApiRequest, body: OrderIn) -> Any:
    """Take a work order in; the same number has no second effect."""
    row, is_new = reporting.receive_order(order=body.model_dump(), at=request.at)
    return 201, {"number": row.outside_number, "taken_in": is_new}
