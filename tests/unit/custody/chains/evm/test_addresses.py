"""Addresses: derived, spelled by EIP-55, refused with the reason."""

import pytest
from eth_account import Account
from eth_account.hdaccount import seed_from_mnemonic

from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.chains.evm.addresses import AccountKey, canonical, checksum

# The vectors of EIP-55.
SPELLED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
]
WORDS = "test test test test test test test test test test test junk"


def account() -> AccountKey:
    from embit import bip32

    root = bip32.HDKey.from_seed(seed_from_mnemonic(WORDS, ""))
    return AccountKey(root.derive("m/44h/60h/0h").to_public().to_base58())


@pytest.mark.parametrize("path", ["0/0", "0/1", "0/123456", "1/0", "2/7"])
def test_addresses_are_those_of_other_wallets(path: str) -> None:
    Account.enable_unaudited_hdwallet_features()
    assert account().address(path) == Account.from_mnemonic(WORDS, account_path=f"m/44'/60'/0'/{path}").address


@pytest.mark.parametrize("path", ["", "0/-1", "0/2147483648", "0h/1", "m/0/1", "0//1"])
def test_paths_below_a_public_key_only(path: str) -> None:
    with pytest.raises(ValueError, match="path|invalid literal"):
        account().address(path)


def test_a_private_key_is_refused() -> None:
    from embit import bip32

    with pytest.raises(ValueError, match="private key"):
        AccountKey(bip32.HDKey.from_seed(b"0" * 32).to_base58())
    with pytest.raises(ValueError, match="no extended public key|not an extended public key"):
        AccountKey("xpub-of-nobody")


@pytest.mark.parametrize("address", SPELLED)
def test_spellings(address: str) -> None:
    assert checksum(address.lower()) == address
    for given in (address, address.lower(), "0x" + address[2:].upper()):
        assert canonical(given, None, (), "Ethereum") == address
        assert canonical(given, "", (), "Ethereum") == address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "typing error"),
        ("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x and 40"),
        ("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x and 40"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x and 40"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "0x and 40"),
        ("0x" + "\N{FULLWIDTH DIGIT ONE}" * 40, "0x and 40"),
        ("0x" + "0" * 40, "belongs to nobody"),
        ("0x" + "0" * 39 + "4", "belongs to nobody"),
        ("0x000000000000000000000000000000000000dead", "belongs to nobody"),
        ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "contract of a token or of this exchange"),
        ("0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359", "contract of a token or of this exchange"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "belongs to Bitcoin, not to Ethereum"),
        ("LQTpS3VaYTjCr4s9Y1t5zbeY26zevf7Fb3", "belongs to Litecoin"),
        ("So11111111111111111111111111111111111111112", "belongs to Solana"),
        ("someone.eth", "is a name, not an address"),
        ("", "0x and 40"),
    ],
)
def test_refused_with_the_reason(address: str, reason: str) -> None:
    refused = frozenset({"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"})
    with pytest.raises(InvalidAddress, match=reason):
        canonical(address, None, refused, "Ethereum")


def test_there_are_no_tags() -> None:
    with pytest.raises(InvalidAddress, match="has no tags"):
        canonical(SPELLED[0], "12345", (), "Ethereum")
