"""A key on one's own device logs in by itself; nobody else's does, and none from another address."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import PASSWORD, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM, Actor

pytestmark = pytest.mark.django_db
HERE = {"host": "localhost"}
JSON = {**HERE, "accept": "application/json"}
ADD, KEYS, LOG_IN = "/accounts/2fa/passkeys/add/", "/accounts/2fa/passkeys/", "/accounts/2fa/passkeys/login/"
SEEN = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
TOUCHED = AuthenticatorData.FLAG.UP


@dataclass
class Device:
    """A phone with a key of its own, as the protocol has it (WebAuthn level 2, ES256)."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = b"key-of-this-device"
    owner: bytes = b""
    origin: str = "http://localhost"
    flags: int = SEEN

    def make(self, options: dict[str, Any]) -> str:
        """Answer the wish for a new key."""
        self.owner = websafe_decode(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        flags = self.flags | AuthenticatorData.FLAG.AT
        told = AuthenticatorData.create(sha256(options["rp"]["id"].encode()), flags, 0, credential)
        return self._answer(
            CollectedClientData.TYPE.CREATE,
            options["challenge"],
            lambda _data: {"attestationObject": AttestationObject.create("none", told, {})},
            {"credProps": {"rk": True}},
        )

    def open(self, options: dict[str, Any], **more: bytes) -> str:
        """Answer the question for a key that is known."""
        told = AuthenticatorData.create(sha256(options["rpId"].encode()), self.flags, 1)

        def signed(data: CollectedClientData) -> dict[str, bytes]:
            signature = self.key.sign(told + data.hash, ec.ECDSA(hashes.SHA256()))
            parts = {"authenticatorData": told, "signature": signature, "userHandle": self.owner}
            return {**parts, **more}

        return self._answer(CollectedClientData.TYPE.GET, options["challenge"], signed, {})

    def _answer(
        self, kind: Any, challenge: str, parts: Callable[[Any], dict[str, bytes]], extensions: Any
    ) -> str:
        data = CollectedClientData.create(kind, challenge, self.origin)
        response = {"clientDataJSON": data, **parts(data)}
        return json.dumps(
            {
                "type": "public-key",
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "response": {name: websafe_encode(bytes(part)) for name, part in response.items()},
                "clientExtensionResults": extensions,
            }
        )


def enrol(client: Client, device: Device, name: str = "我的手机") -> Any:
    asked = client.get(ADD, headers=HERE).context["js_data"]["creation_options"]["publicKey"]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    return client.post(ADD, {"name": name, "credential": device.make(asked)}, headers=HERE)


def by_password(client: Client, actor: Actor) -> User:
    """Sign in as people do: who did that minutes ago is not asked again before setting up a key."""
    user = login_of(actor)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD}, headers=HERE)
    return user


def come_in(client: Client, device: Device, **more: bytes) -> Any:
    asked = client.get(LOG_IN, headers=JSON).json()["request_options"]["publicKey"]
    assert asked["allowCredentials"] == [], "the answer tells nobody which keys there are"
    return client.post(LOG_IN, {"credential": device.open(asked, **more)}, headers=HERE)


@pytest.fixture
def owner(cast: Cast) -> tuple[User, Client, Device]:
    """A clerk with a passkey."""
    client, device = Client(), Device()
    user = by_password(client, cast.clerk)
    assert enrol(client, device)["Location"] == "/accounts/2fa/recovery-codes/"
    return user, client, device


def is_in(client: Client) -> bool:
    return bool(client.get("/accounts/", headers=HERE).status_code == 200)


def test_a_device_is_set_up_and_listed(owner: tuple[User, Client, Device]) -> None:
    user, client, _device = owner
    page = client.get(KEYS, headers=HERE).content.decode()
    assert "我的手机" in page
    assert list(entries_of(user))[-1].action == "login.passkey_added"


def test_it_logs_in_without_password_and_code(owner: tuple[User, Client, Device]) -> None:
    user, _client, device = owner
    other = Client()
    assert come_in(other, device)["Location"] == "/desk"
    assert is_in(other)
    assert list(entries_of(user))[-1].action == "login.succeeded"
    assert "–" not in other.get(KEYS, headers=HERE).content.decode().split("<tbody>")[1]


def test_after_the_password_it_is_the_second_factor(owner: tuple[User, Client, Device]) -> None:
    user, _client, device = owner
    other = Client()
    sent = other.post("/accounts/login/", {"login": user.username, "password": PASSWORD}, headers=HERE)
    assert sent["Location"] == "/accounts/2fa/authenticate/"
    page = other.get("/accounts/2fa/authenticate/", headers=HERE)
    asked = page.context["js_data"]["request_options"]["publicKey"]
    assert [one["id"] for one in asked["allowCredentials"]] == [websafe_encode(device.id)]
    answer = {"credential": device.open(asked)}
    assert other.post("/accounts/2fa/authenticate/", answer, headers=HERE)["Location"] == "/desk"


@pytest.mark.parametrize(
    "fault",
    [
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://evil.example"},
        {"flags": TOUCHED},
        {"id": b"another"},
        {"owner": b"999999"},
        {"owner": b"\xff\xfe"},
        {"owner": b""},
    ],
)
def test_what_is_not_right_does_not_come_in(
    owner: tuple[User, Client, Device], fault: dict[str, Any]
) -> None:
    _user, _client, device = owner
    for name, value in fault.items():
        setattr(device, name, value)
    other = Client()
    assert come_in(other, device)["Location"] == "/accounts/login/"
    assert not is_in(other)


NONSENSE = ["", "null", "{}", "[]", '"x"', '{"response": {}}', '{"id": 1, "response": 2}']


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_does_not_come_in_and_breaks_nothing(cast: Cast, sent: str) -> None:
    other = Client()
    other.get(LOG_IN, headers=JSON)
    answer = other.post(LOG_IN, {"credential": sent}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_is_not_set_up_either(cast: Cast, sent: str) -> None:
    client = Client()
    user = by_password(client, cast.clerk)
    client.get(ADD, headers=HERE)
    page = client.post(ADD, {"name": "x", "credential": sent}, headers=HERE)
    assert page.status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()


def test_an_answer_counts_once(owner: tuple[User, Client, Device]) -> None:
    _user, _client, device = owner
    first, second = Client(), Client()
    asked = first.get(LOG_IN, headers=JSON).json()["request_options"]["publicKey"]
    answer = {"credential": device.open(asked)}
    assert first.post(LOG_IN, answer, headers=HERE)["Location"] == "/desk"
    second.get(LOG_IN, headers=JSON)
    assert second.post(LOG_IN, answer, headers=HERE)["Location"] == "/accounts/login/"


def test_a_device_that_did_not_see_its_owner_is_not_set_up(cast: Cast) -> None:
    client = Client()
    user = by_password(client, cast.clerk)
    assert enrol(client, Device(flags=TOUCHED)).status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_locked_or_closed_login_stays_so(owner: tuple[User, Client, Device], cast: Cast) -> None:
    user, _client, device = owner
    for _turn in range(5):
        ops.note_wrong_attempt(typed=user.username, user=user, factor="password", at=timezone.now())
    assert come_in(Client(), device)["Location"] == "/accounts/login/"
    ops.unlock(user=user, by=SYSTEM, at=timezone.now() + timedelta(seconds=1))
    ops.set_login_active(user=user, active=False, by=SYSTEM, at=timezone.now())
    other = Client()
    come_in(other, device)
    assert not is_in(other)


def test_a_removed_key_is_gone_and_only_ones_own_can_be_removed(
    owner: tuple[User, Client, Device], cast: Cast
) -> None:
    user, client, device = owner
    key = Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)
    stranger = Client()
    by_password(stranger, cast.clerk_2)
    path = f"{KEYS}{key.pk}/remove/"
    assert stranger.post(path, headers=HERE).status_code == 404
    assert "我的手机" in client.get(path, headers=HERE).content.decode()
    assert client.post(path, headers=HERE)["Location"] == KEYS
    assert list(entries_of(user))[-1].action == "login.passkey_removed"
    assert come_in(Client(), device)["Location"] == "/accounts/login/"


def test_administrators_still_need_their_app_for_the_code_before_an_act(cast: Cast) -> None:
    user, device = login_of(cast.security_admin), Device()
    Authenticator.objects.filter(user=user).delete()
    client = Client()
    by_password(client, cast.security_admin)
    assert enrol(client, device).status_code == 302
    assert client.get("/system/logins", headers=HERE)["Location"] == "/accounts/2fa/totp/activate/"


def test_the_page_offers_it_only_by_script(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "data-passkey-place hidden" in page
    assert "accounts/passkeys.js" in page
