"""A chain of glass for tests of the signer: transactions that are their own description in JSON, real keys.

What a transaction does is what its body says; an address is the hash of its public key. The signer is built as it is in
earnest, over a seed, a policy and a directory.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.custody.chains.adapter import HotAddress, Payment, Unsigned
from rialto.custody.signing.book import Book
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.effects import Effects, Unreadable
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.keys import Curve, KeyStore
from rialto.custody.signing.policy import Policy, parse_policy
from rialto.custody.signing.requests import Approval, Purpose, SigningRequest, approval_message
from rialto.foundation.clock import SettableClock

SEED = bytes(range(32))
NETWORK = "GLASS"
STRANGER = "glass-of-a-stranger"
OTHER = "glass-of-another"
COLD = "glass-of-the-vault"
OPERATORS = {name: Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32)) for name in ("ada", "ben", "cyd")}


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


POLICY = f"""
[operators]
ada = "{public(OPERATORS["ada"]).hex()}"
ben = "{public(OPERATORS["ben"]).hex()}"
cyd = "{public(OPERATORS["cyd"]).hex()}"

[networks.GLASS]
family = "evm"
account = "m/44'/60'/0'"
own = ["{COLD}"]
fee_max = 50
fee_day_max = 1_000

[[networks.GLASS.assets]]
asset = "GLS"
payment_max = 1_000
hour_max = 2_000
day_max = 5_000
approval_above = 500

[[networks.GLASS.assets]]
asset = "TOK"
contract = "token"
payment_max = 100
hour_max = 100
day_max = 100
approval_above = 100
"""


class Body(msgspec.Struct):
    payments: tuple[Payment, ...]
    fee: int
    spends: tuple[str, ...]
    sources: int = 1


class GlassReader:
    """Reads what the body says."""

    def read(self, unsigned: Unsigned) -> Effects:
        try:
            body = msgspec.json.decode(unsigned.body, type=Body)
        except msgspec.DecodeError as error:
            raise Unreadable(f"no glass: {error}") from error
        digests = tuple(hashlib.sha256(unsigned.body + bytes([number])).digest() for number in range(body.sources))
        return Effects(body.payments, body.fee, digests, body.spends)

    def address(self, path: str, public_key: bytes) -> str:
        return "glass-" + hashlib.sha256(public_key).hexdigest()[:16]

    def place(self, unsigned: Unsigned, public_keys: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        return tuple(signatures)


def policy() -> Policy:
    return parse_policy(POLICY)


def keys() -> DerivedKeys:
    return DerivedKeys(SEED, {NETWORK: "m/44'/60'/0'"})


def hot(path: str = "1/0") -> HotAddress:
    return HotAddress(GlassReader().address(path, keys().public_key(f"{NETWORK}/{path}", Curve.SECP256K1)), path)


def pay(destination: str = STRANGER, amount: int = 100, contract: str | None = None, tag: str | None = None) -> Payment:
    return Payment(destination, tag, contract, amount)


def unsigned(
    *payments: Payment,
    change: Sequence[Payment] = (),
    spends: Sequence[str] = ("coin:0",),
    fee: int = 10,
    sources: Sequence[HotAddress] = (),
) -> Unsigned:
    sources = tuple(sources) or (hot(),)
    body = Body((*payments, *change), fee, tuple(spends), len(sources))
    return Unsigned(NETWORK, "evm", msgspec.json.encode(body), tuple(sources), payments, fee, tuple(spends))


def withdrawal(reference: str = "w1", payment: Payment | None = None, **options: object) -> SigningRequest:
    made = unsigned(payment or pay(), **options)  # type: ignore[arg-type]
    return SigningRequest(Purpose.WITHDRAWAL, (reference,), made)


def approve(request: SigningRequest, *names: str, of: Payment | None = None) -> SigningRequest:
    payment = of or request.unsigned.payments[0]
    message = approval_message(NETWORK, request.references[0], payment)
    given = tuple(Approval(request.references[0], name, OPERATORS[name].sign(message)) for name in names)
    return msgspec.structs.replace(request, approvals=given)


def keeper(directory: Path, clock: SettableClock, store: KeyStore | None = None, rules: Policy | None = None) -> Keeper:
    return Keeper(rules or policy(), store or keys(), {NETWORK: GlassReader()}, Book(directory), clock)
