"""RSA and Ed25519 keys: read from PEM, their signatures checked, other keys refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.identity.signatures import InvalidPublicKey, KeyType, read_public_key

PAYLOAD = b"symbol=BTCUSDT&side=BUY&timestamp=1"
SPKI = PublicFormat.SubjectPublicKeyInfo


def pem_of(public: Ed25519PublicKey | RSAPublicKey) -> str:
    return public.public_bytes(Encoding.PEM, SPKI).decode()


@pytest.fixture(params=["ed25519", "rsa"])
def pair(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """A new key: its kind, its public part, and its signature over the payload."""
    if request.param == "rsa":
        private = generate_private_key(65537, 2048)
        return (
            "rsa",
            pem_of(private.public_key()),
            base64.b64encode(private.sign(PAYLOAD, PKCS1v15(), SHA256())).decode(),
        )
    signer = Ed25519PrivateKey.generate()
    return "ed25519", pem_of(signer.public_key()), base64.b64encode(signer.sign(PAYLOAD)).decode()


def test_the_published_vector() -> None:
    """RFC 8032, section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    _, _, verifier = read_public_key(pem_of(Ed25519PublicKey.from_public_bytes(public)))
    assert verifier.verify(b"\x72", base64.b64encode(signature).decode())
    assert not verifier.verify(b"\x73", base64.b64encode(signature).decode())


def test_what_the_key_signed_is_accepted(pair: tuple[str, str, str]) -> None:
    kind, public, signature = pair
    read, pem, verifier = read_public_key(public)
    assert read is KeyType(kind)
    assert read_public_key(pem)[1] == pem
    assert verifier.verify(PAYLOAD, signature)
    assert not verifier.verify(PAYLOAD + b"0", signature)


@pytest.mark.parametrize("change", [str.lower, str.swapcase, lambda text: text[:-4], lambda text: text + "AAAA"])
def test_other_signatures_are_refused(pair: tuple[str, str, str], change: object) -> None:
    _, public, signature = pair
    _, _, verifier = read_public_key(public)
    assert not verifier.verify(PAYLOAD, change(signature))  # type: ignore[operator]


@pytest.mark.parametrize("signature", ["", "é", "no base64!", "0" * 64, "\0"])
def test_what_is_no_signature_is_refused(pair: tuple[str, str, str], signature: str) -> None:
    _, public, _ = pair
    _, _, verifier = read_public_key(public)
    assert not verifier.verify(PAYLOAD, signature)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no public key in PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no public key in PEM"),
        ("x" * 5_000, "5000 characters"),
    ],
)
def test_what_is_no_key_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidPublicKey, match=message):
        read_public_key(text)


def test_keys_of_other_kinds_and_sizes_are_refused() -> None:
    elliptic = generate_ec(SECP256R1()).public_key().public_bytes(Encoding.PEM, SPKI).decode()
    with pytest.raises(InvalidPublicKey, match="another kind"):
        read_public_key(elliptic)
    short = generate_private_key(65537, 1024).public_key().public_bytes(Encoding.PEM, SPKI).decode()
    with pytest.raises(InvalidPublicKey, match="1024 bits"):
        read_public_key(short)
