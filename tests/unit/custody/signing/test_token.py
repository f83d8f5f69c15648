"""Keys in a PKCS#11 token, on SoftHSM: what it signs is taken by chains, and what it holds never comes out."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from coincurve import PublicKey
from embit import ec

from rialto.custody.chains.adapter import HotAddress
from rialto.custody.signing.keys import Curve, NoSuchKey
from rialto.custody.signing.policy import TokenPolicy
from rialto.custody.signing.token import ORDER, FirstOf, TokenKeys, TokenUnusable, lower
from rialto.foundation.clock import SettableClock
from tests.unit.custody.signing import glass
from tests.unit.custody.signing.glass import withdrawal

PIN = "812365"
MODULES = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib64/softhsm/libsofthsm2.so"))


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A SoftHSM of this test session's own: its library reads where its tokens lie once a process."""
    found = next((path for path in MODULES if path.exists()), None)
    if found is None or which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed")
    directory = tmp_path_factory.mktemp("softhsm")
    (directory / "tokens").mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {directory / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        for label in ("rialto", "other"):
            program = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "9999", "--pin", PIN]
            subprocess.run(program, check=True, capture_output=True)
        yield found


@pytest.fixture
def token(module: Path) -> Iterator[TokenKeys]:
    opened = TokenKeys(TokenPolicy(str(module), "rialto"), PIN)
    yield opened
    opened.close()


def test_signatures_verify_and_are_low(token: TokenKeys) -> None:
    public = token.make("LTC/1/0")
    assert token.public_key("LTC/1/0", Curve.SECP256K1) == public
    for number in range(20):
        digest = bytes([number]) * 32
        signature = token.sign("LTC/1/0", Curve.SECP256K1, digest)
        assert int.from_bytes(signature[32:], "big") <= ORDER // 2
        r, s = signature[:32], signature[32:]
        assert PublicKey(public).verify(_der(r, s), digest, hasher=None)


def test_a_key_brought_in_is_the_derived_one(token: TokenKeys) -> None:
    derived = glass.keys()
    path = f"{glass.NETWORK}/1/0"
    private = ec.PrivateKey(b"\x07" * 32)
    public = private.get_public_key()
    public.compressed = False
    token.bring("BTC/1/5", private.secret, public.sec())
    public.compressed = True
    assert token.public_key("BTC/1/5", Curve.SECP256K1) == public.sec()
    signature = token.sign("BTC/1/5", Curve.SECP256K1, b"\x01" * 32)
    assert PublicKey(public.sec()).verify(_der(signature[:32], signature[32:]), b"\x01" * 32, hasher=None)
    assert derived.public_key(path, Curve.SECP256K1) != public.sec()


def test_what_it_holds_is_not_overwritten(token: TokenKeys) -> None:
    token.make("LTC/1/7")
    with pytest.raises(TokenUnusable, match="never overwritten"):
        token.make("LTC/1/7")


def test_what_it_does_not_hold(token: TokenKeys) -> None:
    for curve in Curve:
        with pytest.raises(NoSuchKey):
            token.public_key("LTC/9/9", curve)
    with pytest.raises(NoSuchKey):
        token.sign("LTC/9/9", Curve.SECP256K1, bytes(32))


def test_a_wrong_pin_is_refused_and_not_repeated(module: Path) -> None:
    with pytest.raises(TokenUnusable, match="PIN") as failure:
        TokenKeys(TokenPolicy(str(module), "other"), "000001")
    assert "000001" not in str(failure.value)


def test_no_token(module: Path) -> None:
    with pytest.raises(TokenUnusable, match="'missing'"):
        TokenKeys(TokenPolicy(str(module), "missing"), PIN)


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(TokenUnusable, match="cannot be used"):
        TokenKeys(TokenPolicy(str(tmp_path / "none.so"), "rialto"), PIN)


def test_the_signer_asks_the_token_first_and_remembers_what_it_signed(token: TokenKeys, tmp_path: Path) -> None:
    path = f"{glass.NETWORK}/1/0"
    public = token.make(path)
    store = FirstOf(token, glass.keys())
    assert store.public_key(path, Curve.SECP256K1) == public
    assert store.public_key(f"{glass.NETWORK}/0/3", Curve.SECP256K1) == glass.keys().public_key(
        f"{glass.NETWORK}/0/3", Curve.SECP256K1
    )
    source = HotAddress(glass.GlassReader().address("1/0", public), "1/0")
    request = withdrawal(sources=[source])
    keeper = glass.keeper(tmp_path, SettableClock(1), store)
    first = keeper.answer(request)
    # The token's own nonces are random; what left once is what is answered again.
    assert keeper.answer(request) == first
    keeper.book.close()


def test_lower() -> None:
    high = ORDER - 5
    assert lower(bytes(32) + high.to_bytes(32, "big")) == bytes(32) + (5).to_bytes(32, "big")
    assert lower(bytes(32) + (5).to_bytes(32, "big")) == bytes(32) + (5).to_bytes(32, "big")


def _der(r: bytes, s: bytes) -> bytes:
    def integer(value: bytes) -> bytes:
        stripped = value.lstrip(b"\x00") or b"\x00"
        padded = (b"\x00" if stripped[0] & 0x80 else b"") + stripped
        return b"\x02" + bytes([len(padded)]) + padded

    both = integer(r) + integer(s)
    return b"\x30" + bytes([len(both)]) + both
