"""A software passkey: what a browser and its authenticator answer to a challenge, as JSON."""

import base64
import json
from typing import Any

import soft_webauthn  # type: ignore[import-untyped,unused-ignore]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class SoftPasskey:
    """One authenticator with one passkey. It verifies who holds it unless told otherwise."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.device = soft_webauthn.SoftWebauthnDevice()
        self.verifies = True

    def create(self, options: dict[str, Any]) -> str:
        """Make a passkey, and return what `navigator.credentials.create` does."""
        asked = {**options, "challenge": _bytes(options["challenge"])}
        asked["user"] = {**options["user"], "id": _bytes(options["user"]["id"])}
        made = self.device.create({"publicKey": asked}, self.origin)
        response = {name: _text(value) for name, value in made["response"].items() if isinstance(value, bytes)}
        identity = _text(made["rawId"])
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})

    def answer(self, options: dict[str, Any]) -> str:
        """Sign a challenge, and return what `navigator.credentials.get` does."""
        given = self.device.get({"publicKey": {**options, "challenge": _bytes(options["challenge"])}}, self.origin)
        response = dict(given["response"])
        if self.verifies:
            data = bytearray(response["authenticatorData"])
            data[32] |= 0x04
            digest = hashes.Hash(hashes.SHA256())
            digest.update(response["clientDataJSON"])
            signed = bytes(data) + digest.finalize()
            response["authenticatorData"] = bytes(data)
            response["signature"] = self.device.private_key.sign(signed, ec.ECDSA(hashes.SHA256()))
        identity = _text(given["rawId"])
        texts = {name: _text(value) for name, value in response.items()}
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": texts})
