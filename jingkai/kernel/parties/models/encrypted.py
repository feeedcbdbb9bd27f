"""Columns that are unreadable without the installation's key.

Phones and e-mail addresses are personal data: a copied database or backup must not give them away
(GB/T 22239, confidentiality of data). The key file lies outside the database, among the installation's
secrets; with which algorithm a value was encrypted, and under which key, stands before it.
A second key gives the keyed hash by which an exact value is still found.
"""

import base64
import hashlib
import hmac
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from jingkai.kernel.parties.models.keyring import key_file, read_keys, seal, unseal


def encrypt(text: str, *, context: str) -> str:
    """Return the text sealed with the key in use; `context` must be the same again to open it."""
    ring = read_keys(key_file())
    sealed = seal(ring.newest, text.encode(), context=context.encode())
    return f"{ring.prefix}{base64.b64encode(sealed).decode()}"


def decrypt(stored: str, *, context: str) -> str:
    """Open a sealed text; anything altered, moved to another column or under an unknown key is an error."""
    ring = read_keys(key_file())
    try:
        form, name, body = stored.split(":", 2)
        key = ring.keys[name]
        if form != key.cipher:
            raise ValueError(form)
        opened = unseal(key, base64.b64decode(body), context=context.encode())
    except (ValueError, KeyError, InvalidTag) as error:
        raise ImproperlyConfigured(
            f"{context}: a stored value does not open with the keys in {key_file()}"
        ) from error
    return opened.decode()


def lookup_hash(value: str) -> str:
    """Return the keyed hash by which an exact value is found again; empty stays empty."""
    if not value:
        return ""
    return hmac.new(read_keys(key_file()).lookup, value.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text encrypted on its way into the database; it cannot be searched or sorted."""

    @property
    def context(self) -> str:
        """What binds a value to its column."""
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt; empty and null are stored as they are."""
        value = super().get_prep_value(value)
        return encrypt(value, context=self.context) if value else value

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Decrypt on the way out."""
        return decrypt(value, context=self.context) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every comparison but `isnull`: a fresh nonce makes equal texts unequal when stored."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
