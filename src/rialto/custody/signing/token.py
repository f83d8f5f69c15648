"""Keys in a PKCS#11 token: a hardware module, or SoftHSM. They sign inside and never come out.

A token derives nothing, so it holds the keys of hot addresses one by one, labelled by path. They are brought in from
the seed when it is set up, so that the application's extended public key stays true, or made inside where nothing is
derived (a member of a multisig). Its nonces are random: the same digest may be signed differently each time, which is
why the record keeps signatures. One session, one thread at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import NoSuchKey as NothingThere
from pkcs11.exceptions import NoSuchToken, PinIncorrect, PinLenRange, PKCS11Error
from pkcs11.util.ec import encode_named_curve_parameters

from rialto.custody.signing.keys import Curve, KeyStore, NoSuchKey
from rialto.custody.signing.policy import TokenPolicy
from rialto.custody.signing.requests import SignerUnavailable
from rialto.foundation.failures import ExpectedFailure

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the group of secp256k1."""
UNCOMPRESSED_BYTES: Final = 65


class TokenUnusable(ExpectedFailure):
    """The token's library does not load, the token is not there, or the PIN is wrong."""


class TokenKeys:
    """A key store in a token. secp256k1 only."""

    def __init__(self, policy: TokenPolicy, pin: str) -> None:
        """Log in. Errors: `TokenUnusable`, which repeats no PIN."""
        try:
            token = pkcs11.lib(policy.module).get_token(token_label=policy.label)
            self._session: Any = token.open(rw=True, user_pin=pin)
        except (PinIncorrect, PinLenRange) as error:
            raise TokenUnusable(f"the PIN of token {policy.label!r} is wrong; it locks after some tries") from error
        except NoSuchToken as error:
            raise TokenUnusable(f"there is no token labelled {policy.label!r}") from error
        except (PKCS11Error, RuntimeError) as error:
            raise TokenUnusable(
                f"the token {policy.label!r} cannot be used: {type(error).__name__} {error}".rstrip()
            ) from error

    def close(self) -> None:
        """Log out."""
        self._session.close()

    def public_key(self, path: str, curve: Curve) -> bytes:
        """Return a public key. Errors: `NoSuchKey`, `SignerUnavailable`."""
        with _told():
            point: bytes = self._find(path, curve, ObjectClass.PUBLIC_KEY)[Attribute.EC_POINT]
        return compressed(point)

    def sign(self, path: str, curve: Curve, message: bytes) -> bytes:
        """Sign a digest; s is brought to the lower half. Errors: `NoSuchKey`, `SignerUnavailable`."""
        assert len(message) == 32, "secp256k1 signs a digest"
        with _told():
            made: bytes = self._find(path, curve, ObjectClass.PRIVATE_KEY).sign(message, mechanism=Mechanism.ECDSA)
        return lower(made)

    def make(self, path: str) -> bytes:
        """Make a key inside and return its public key. Errors: `TokenUnusable` where there is one."""
        self._refuse_taken(path)
        with _told():
            parameters = self._session.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256k1")}, local=True
            )
            parameters.generate_keypair(
                store=True,
                label=path,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.DERIVE: False},
            )
        return self.public_key(path, Curve.SECP256K1)

    def bring(self, path: str, private: bytes, point: bytes) -> None:
        """Bring a key in: its 32 bytes, and its public key uncompressed. Errors: `TokenUnusable` where there is one."""
        self._refuse_taken(path)
        parameters = encode_named_curve_parameters("secp256k1")
        shared = {Attribute.KEY_TYPE: KeyType.EC, Attribute.EC_PARAMS: parameters, Attribute.TOKEN: True}
        with _told():
            self._session.create_object(
                {
                    **shared,
                    Attribute.CLASS: ObjectClass.PRIVATE_KEY,
                    Attribute.LABEL: path,
                    Attribute.VALUE: private,
                    Attribute.PRIVATE: True,
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                    Attribute.SIGN: True,
                }
            )
            self._session.create_object(
                {
                    **shared,
                    Attribute.CLASS: ObjectClass.PUBLIC_KEY,
                    Attribute.LABEL: path,
                    Attribute.EC_POINT: bytes([0x04, UNCOMPRESSED_BYTES]) + point,
                    Attribute.VERIFY: True,
                }
            )

    def _find(self, path: str, curve: Curve, what: ObjectClass) -> Any:
        if curve is not Curve.SECP256K1:
            raise NoSuchKey(f"the token holds keys of secp256k1 only, none for {path}")
        try:
            return self._session.get_key(object_class=what, label=path)
        except NothingThere as error:
            raise NoSuchKey(f"the token holds no key labelled {path}") from error

    def _refuse_taken(self, path: str) -> None:
        with _told():
            for what in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
                for _ in self._session.get_objects({Attribute.CLASS: what, Attribute.LABEL: path}):
                    raise TokenUnusable(f"the token holds a key labelled {path} already; keys are never overwritten")


class FirstOf:
    """Two key stores: the second is asked for what the first does not hold."""

    def __init__(self, first: KeyStore, second: KeyStore) -> None:
        self._stores = (first, second)

    def public_key(self, path: str, curve: Curve) -> bytes:
        """Return a public key. Errors: `NoSuchKey`."""
        try:
            return self._stores[0].public_key(path, curve)
        except NoSuchKey:
            return self._stores[1].public_key(path, curve)

    def sign(self, path: str, curve: Curve, message: bytes) -> bytes:
        """Sign. Errors: `NoSuchKey`."""
        try:
            return self._stores[0].sign(path, curve, message)
        except NoSuchKey:
            return self._stores[1].sign(path, curve, message)


def lower(signature: bytes) -> bytes:
    """Bring s to the lower half, as chains demand: both halves verify, and one of them only is taken."""
    r, s = signature[:32], int.from_bytes(signature[32:], "big")
    return r + min(s, ORDER - s).to_bytes(32, "big")


def compressed(point: bytes) -> bytes:
    """Compress a public key as a token gives it: 65 bytes, mostly inside an octet string."""
    if len(point) == UNCOMPRESSED_BYTES + 2 and point[:2] == bytes([0x04, UNCOMPRESSED_BYTES]):
        point = point[2:]
    if len(point) != UNCOMPRESSED_BYTES or point[0] != 0x04:
        raise SignerUnavailable(f"the token gives a public key of {len(point)} bytes that cannot be read")
    return bytes([2 + (point[-1] & 1)]) + point[1:33]


@contextmanager
def _told() -> Iterator[None]:
    """Say what fails in the token as what may be asked again."""
    try:
        yield
    except PKCS11Error as error:
        raise SignerUnavailable(f"the token failed: {type(error).__name__} {error}".rstrip()) from error
