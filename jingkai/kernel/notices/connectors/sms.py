"""Text messages: the interface of a provider, and the provider that the installation chose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from django.conf import settings

from jingkai.kernel.notices.connectors.aliyun import AliyunSms
from jingkai.kernel.notices.data import Receipt, ShortMessage


class SmsProvider(Protocol):
    """What a provider of text messages can do; both calls raise `NotSent`."""

    def send(self, message: ShortMessage) -> Receipt:
        """Hand a message over."""

    def find(self, message: ShortMessage, on: date) -> Receipt | None:
        """Look whether a message with this id was taken over on a day, after its answer was lost."""


def _aliyun() -> SmsProvider:
    return AliyunSms(
        endpoint=settings.SMS_ENDPOINT,
        key_id=settings.SMS_KEY_ID,
        key_secret=settings.SMS_KEY_SECRET,
        sign_name=settings.SMS_SIGN_NAME,
    )


PROVIDERS: dict[str, Callable[[], SmsProvider]] = {"aliyun": _aliyun}
"""Add a provider here; the setting SMS_PROVIDER names the one in use (aliyun where it is not set)."""


def is_set_up() -> bool:
    """Say whether the installation has an account with a provider."""
    return bool(settings.SMS_ENDPOINT and settings.SMS_KEY_ID and settings.SMS_KEY_SECRET)


def provider() -> SmsProvider:
    """Give the provider in use."""
    return PROVIDERS[getattr(settings, "SMS_PROVIDER", "aliyun")]()
