"""Second factors that tests hold in their hands: an authenticator app's codes, and a security key made of software."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from cpch.accounts import security_actions
from cpch.accounts.models import User
from tests.factories import PASSWORD

ORIGIN = "http://localhost"
FLAG = AuthenticatorData.FLAG


def code_of(secret: str, later: int = 0) -> str:
    """The code that an app shows now, or `later` intervals of half a minute from now; 0 and 1 are good."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD + later))


def give_app(user: User) -> str:
    """Set an app up for the person, of which no code is used yet; return its secret."""
    secret = generate_totp_secret()
    security_actions.add_app(secret=secret, counter=0, by=user)
    return secret


def half_signed_in(user: User, **query: str) -> Client:
    """A client between the two steps, on the host that keys are for."""
    client = Client(SERVER_NAME="localhost")
    url = reverse("account_login", query=query)
    response = client.post(url, {"login": user.email, "password": PASSWORD})
    assert response.url == reverse("second-step")
    return client


def signed_in_anew(user: User, secret: str, later: int = 0) -> Client:
    """A client of a person with an app, signed in with both steps a moment ago."""
    client = half_signed_in(user)
    client.post(reverse("second-step"), {"code": code_of(secret, later)})
    assert client.session["_auth_user_id"] == str(user.pk)
    return client


class SoftKey:
    """A security key that answers as it is told to, truly or not."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.count = 0
        self.handle = ""

    def make(self, asked: dict[str, Any], origin: str = ORIGIN) -> str:
        """The answer to being asked to become a key."""
        wanted = asked["publicKey"]
        self.handle = wanted["user"]["id"]
        public = ES256.from_cryptography_key(self.private.public_key())
        made = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(_hash(wanted["rp"]["id"]), FLAG.UP | FLAG.UV | FLAG.AT, 0, made)
        client_data = CollectedClientData.create("webauthn.create", wanted["challenge"], origin)
        return self._answer(client_data, attestationObject=AttestationObject.create("none", data, {}))

    def show(
        self, asked: dict[str, Any], origin: str = ORIGIN, is_verified: bool = True, count: int | None = None
    ) -> str:
        """The answer to being asked who it is."""
        wanted = asked["publicKey"]
        self.count = self.count + 1 if count is None else count
        flags = FLAG.UP | FLAG.UV if is_verified else FLAG.UP
        data = AuthenticatorData.create(_hash(wanted["rpId"]), flags, self.count)
        client_data = CollectedClientData.create("webauthn.get", wanted["challenge"], origin)
        signature = self.private.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        more = {"authenticatorData": data, "signature": signature}
        return self._answer(client_data, userHandle=self.handle, **more)

    def _answer(self, client_data: bytes, **response: Any) -> str:
        parts = {name: part if isinstance(part, str) else websafe_encode(part) for name, part in response.items()}
        parts["clientDataJSON"] = websafe_encode(client_data)
        me = websafe_encode(self.id)
        return json.dumps(
            {"id": me, "rawId": me, "type": "public-key", "response": parts, "clientExtensionResults": {}}
        )


def give_key(client: Client, name: str = "Blue key") -> SoftKey:
    """Add a key to the person whose client this is."""
    key = SoftKey()
    asked = client.post(reverse("security-key-begin")).json()
    response = client.post(reverse("security-key-add"), {"name": name, "credential": key.make(asked)})
    assert response.status_code == 302, response.content.decode()
    return key


def _hash(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()
