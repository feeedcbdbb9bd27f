"""Rights over the door, and what apps hang into it: routers, scopes, events, endpoints, kinds, systems."""

from __future__ import annotations

from jingkai.kernel.exchange.data import (
    CopySheet,
    Endpoint,
    ExchangeKind,
    ExportSource,
    OutsideSystem,
    PublicEvent,
    RouterEntry,
    Scope,
)
from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.permissions.data import Permission

MANAGE_TOKENS = "exchange.manage_tokens"
MANAGE_WEBHOOKS = "exchange.manage_webhooks"
SEE_EXCHANGE = "exchange.see"
WORK_EXCHANGE = "exchange.work"

WRONG_TOKENS = "wrong_tokens"
"""The pace of calls without a valid token."""

PERMISSIONS = (
    Permission(MANAGE_TOKENS, "管理接口令牌", "Manage access tokens", "system"),
    Permission(MANAGE_WEBHOOKS, "管理事件推送", "Manage webhooks", "system"),
    Permission(SEE_EXCHANGE, "查看数据交换台账", "See the journal of exchanges", "system"),
    Permission(
        WORK_EXCHANGE, "处理数据交换（重发、人工录入，留痕）", "Work on exchanges (recorded)", "system"
    ),
)

routers: Registry[RouterEntry] = Registry("routers", key=lambda entry: entry.prefix)
"""The parts of the interface `/api/v1/`."""

scopes: Registry[Scope] = Registry("scopes", key=lambda scope: scope.code)
"""What a token may be allowed to do."""

public_events: Registry[PublicEvent] = Registry("public_events", key=lambda event: event.code)
"""What other systems may be told of."""

endpoints: Registry[Endpoint] = Registry("endpoints", key=lambda endpoint: (endpoint.purpose, endpoint.name))
"""Addresses outside that the environment names."""

kinds: Registry[ExchangeKind] = Registry("exchange_kinds", key=lambda kind: kind.code)
"""What is exchanged with systems outside."""

systems: Registry[OutsideSystem] = Registry("outside_systems", key=lambda system: system.code)
"""The systems outside."""

copy_sheets: Registry[CopySheet] = Registry("copy_sheets", key=lambda sheet: sheet.code)
"""What people copy over by hand, beside the exchanges of the journal."""

export_sources: Registry[ExportSource] = Registry("export_sources", key=lambda source: source.code)
"""The lists that can be taken along whole, however long they are."""
