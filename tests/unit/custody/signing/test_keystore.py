"""Keys at rest: opened by the passphrase alone, refused when damaged, derived as the standards' own vectors have it."""

import json
from pathlib import Path

import pytest

from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keys import Curve, NoSuchKey
from rialto.custody.signing.keystore import (
    Cost,
    KeysUnusable,
    WordsInvalid,
    fingerprint_of,
    new_words,
    seal,
    seed_of_words,
    unseal,
)

SEED = bytes(range(64))
PASSPHRASE = "correct horse battery staple"
CHEAP = Cost(passes=1, memory_kib=64, lanes=1)


def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "keys.sealed"
    seal(path, SEED, PASSPHRASE, "c0ffee00", CHEAP)
    return path


def test_it_opens_with_its_passphrase(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    assert unseal(path, PASSPHRASE) == SEED
    assert fingerprint_of(path) == "c0ffee00"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys.sealed"]
    assert SEED not in path.read_bytes()


def test_a_wrong_passphrase_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="passphrase is wrong") as failure:
        unseal(sealed(tmp_path), PASSPHRASE + "!")
    assert PASSPHRASE not in str(failure.value)


def test_any_damage_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    whole = path.read_bytes()
    for place in range(0, len(whole) - 1, 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(KeysUnusable):
            unseal(path, PASSPHRASE)
    path.write_bytes(whole[:-20])
    with pytest.raises(KeysUnusable):
        unseal(path, PASSPHRASE)


def test_a_planted_cost_takes_no_memory(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    value = json.loads(path.read_text())
    value["header"]["cost"]["memory_kib"] = 1 << 40
    path.write_text(json.dumps(value))
    with pytest.raises(KeysUnusable, match="damaged"):
        unseal(path, PASSPHRASE)


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    with pytest.raises(KeysUnusable, match="never overwritten"):
        seal(path, bytes(64), PASSPHRASE, "00000000", CHEAP)
    assert unseal(path, PASSPHRASE) == SEED


def test_a_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    path.chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        unseal(path, PASSPHRASE)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="12 to"):
        seal(tmp_path / "keys.sealed", SEED, "short", "00000000", CHEAP)


def test_words() -> None:
    words = new_words()
    assert len(words.split()) == 24
    assert len(seed_of_words(words.upper())) == 64


def test_wrong_words_are_refused_and_not_repeated() -> None:
    for words in ("zebra " * 11, "zebra " * 12, "zebra abandon", "", "notaword " * 12):
        with pytest.raises(WordsInvalid) as failure:
            seed_of_words(words)
        assert "zebra" not in str(failure.value)


def test_words_give_the_seed_of_bip_39() -> None:
    words = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert seed_of_words(words).hex().startswith("878386efb78845b3355bd15ea4d39ef97d179cb712b77d5c12b6be415fffeffe")


def test_accounts_are_those_of_bip_84() -> None:
    words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
    keys = DerivedKeys(seed_of_words(words), {"BTC": "m/84'/0'/0'"})
    assert keys.fingerprint == "73c5da0a"
    # The account of the vector in BIP-84, with the version bytes of BIP-32.
    assert keys.account_key("BTC").startswith("xpub")
    public = keys.public_key("BTC/0/0", Curve.SECP256K1)
    assert public.hex() == "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c"


def test_ed25519_is_that_of_slip_10() -> None:
    seed = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    # The third vector's chain m/0'/1'/2' is an account m/0' and the path 1/2 below it.
    keys = DerivedKeys(seed, {"SOL": "m/0'"})
    public = keys.public_key("SOL/1/2", Curve.ED25519)
    assert public.hex() == "ae98736566d30ed0e9d2f4486a64bc95740d89c7db33f52121f8ea8f76ff0fc1"
    assert len(keys.sign("SOL/1/2", Curve.ED25519, b"a message")) == 64


@pytest.mark.parametrize(
    "path", ["LTC/0/0", "BTC/0", "BTC/0/0/0", "BTC/0'/0", "BTC/x/0", "BTC//", "", "BTC/0/2147483648"]
)
def test_other_paths_have_no_key(path: str) -> None:
    keys = DerivedKeys(SEED, {"BTC": "m/84'/0'/0'"})
    for curve in Curve:
        with pytest.raises(NoSuchKey):
            keys.public_key(path, curve)


def test_signatures_are_deterministic_and_low() -> None:
    keys = DerivedKeys(SEED, {"BTC": "m/84'/0'/0'"})
    half = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
    for number in range(40):
        digest = bytes([number]) * 32
        signature = keys.sign("BTC/1/0", Curve.SECP256K1, digest)
        assert signature == keys.sign("BTC/1/0", Curve.SECP256K1, digest)
        assert len(signature) == 64
        assert int.from_bytes(signature[32:], "big") <= half
