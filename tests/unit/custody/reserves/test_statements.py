"""Statements of addresses, signed as wallets sign."""

import msgspec
import pytest
from embit import bip32, script
from embit.networks import NETWORKS
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.main import lazy_key_api as keys

from rialto.custody.reserves.documents import HeldAddress
from rialto.custody.reserves.statements import (
    bip137_digest,
    is_signed,
    spell_bip137,
    spell_eip191,
)

TEXT = "This address belongs to the exchange whose proof of reserves 2026-11-01-7 has the root 00 at sequence 7."
ROOT = bip32.HDKey.from_seed(b"reserves of a test" * 2)


def held(network: str, address: str, signature: str) -> HeldAddress:
    return HeldAddress(network, address, "hot", {network: "1.00000000"}, 1, "00", TEXT, signature)


def test_what_a_wallet_signed_is_accepted() -> None:
    account = Account.from_key(b"\x07" * 32)
    signature = account.sign_message(encode_defunct(text=TEXT)).signature.to_0x_hex()
    shown = held("ETH", account.address, f"eip191:{signature}")
    assert is_signed(shown)
    assert not is_signed(msgspec.structs.replace(shown, statement=TEXT + " "))
    assert not is_signed(msgspec.structs.replace(shown, address="0x" + "11" * 20))


def test_our_spelling_is_that_of_wallets() -> None:
    account = Account.from_key(b"\x07" * 32)
    by_wallet = account.sign_message(encode_defunct(text=TEXT)).signature
    raw = bytes(by_wallet[:64]) + bytes([by_wallet[64] - 27])
    assert spell_eip191(raw) == f"eip191:{by_wallet.to_0x_hex()}"


@pytest.mark.parametrize(("network", "part"), [("BTC", "bc"), ("LTC", "rltc"), ("LTC", "ltc")])
def test_an_address_of_the_bitcoin_family(network: str, part: str) -> None:
    key = ROOT.derive("m/84h/2h/0h/1/0").key
    address = script.p2wpkh(key.get_public_key()).address({**NETWORKS["main"], "bech32": part})
    signed = keys.PrivateKey(key.secret).sign_msg_hash(bip137_digest(TEXT, network))
    signature = spell_bip137(signed.to_bytes())
    assert is_signed(held(network, address, signature))
    assert not is_signed(held("BTC" if network == "LTC" else "LTC", address, signature))
    assert not is_signed(held(network, address[:-1] + ("q" if address[-1] != "q" else "p"), signature))


@pytest.mark.parametrize(
    "damaged", ["", "eip191:0x00", "eip191:zz", "bip137:!!", "bip137:AAAA", "eip191:0x" + "00" * 65]
)
def test_what_is_no_signature_signs_nothing(damaged: str) -> None:
    assert not is_signed(held("ETH", "0x" + "11" * 20, damaged))
