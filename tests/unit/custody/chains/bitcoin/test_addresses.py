"""Addresses of the family, by the vectors of BIP-173, BIP-350 and BIP-84, and what people paste instead."""

import pytest
from embit import base58

from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.chains.bitcoin.addresses import address_of, canonical, script_of
from rialto.custody.chains.bitcoin.derivation import AccountKey, InvalidPath
from rialto.custody.chains.bitcoin.parameters import (
    BITCOIN,
    BITCOIN_TESTNET,
    CHAINS,
    LITECOIN,
    LITECOIN_REGTEST,
    Parameters,
)
from rialto.foundation.configuration import InvalidConfiguration

LITECOIN_KEY_HASH = str(base58.encode_check(bytes([LITECOIN.p2pkh]) + bytes.fromhex("13" * 20)))

# BIP-173 and BIP-350: valid addresses with their scripts.
VALID = [
    (BITCOIN, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        BITCOIN_TESTNET,
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        BITCOIN_TESTNET,
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        BITCOIN_TESTNET,
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        BITCOIN,
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
    (BITCOIN, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac"),
    (BITCOIN, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87"),
    (LITECOIN, LITECOIN_KEY_HASH, "76a914" + "13" * 20 + "88ac"),
]
# BIP-173 and BIP-350: what must not be taken, and kinds that nobody can spend from yet.
INVALID = [
    (BITCOIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "damaged"),
    (BITCOIN_TESTNET, "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "not an address"),
    (BITCOIN, "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", "damaged"),
    (BITCOIN, "bc1rw5uspcuh", "damaged"),
    (BITCOIN, "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "damaged"),
    (BITCOIN, "bc1gmk9yu", "damaged"),
    (BITCOIN, "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7", "Bitcoin test network"),
    (BITCOIN, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "damaged"),
    (BITCOIN, "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "damaged"),
    (BITCOIN, "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "witness version 1"),
    (BITCOIN, "BC1SW50QGDZ25J", "witness version 16"),
    (BITCOIN, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "witness version 2"),
    (BITCOIN, "bc1pfeessrawgf", "witness version 1"),
    (BITCOIN, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "checksum"),
    (BITCOIN, "", "not an address"),
    (BITCOIN, "bc1" + "q" * 200, "not an address"),
    (BITCOIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 ", "damaged"),
    (BITCOIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n", "not an address"),
    (BITCOIN, "b\u04411qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "not an address"),
    (BITCOIN, "0OIl", "characters"),
]
ELSEWHERE = [
    (LITECOIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "an address of Bitcoin, not of Litecoin"),
    (BITCOIN, "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "an address of Litecoin, not of Bitcoin"),
    (LITECOIN, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "an address of Bitcoin, not of Litecoin"),
    (BITCOIN, LITECOIN_KEY_HASH, "an address of Litecoin, not of Bitcoin"),
    (LITECOIN, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "give it as M"),
    (BITCOIN, "0x52908400098527886E0F7030069857D2E4169EE7", "an EVM network"),
    (BITCOIN, "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "TRON"),
    (BITCOIN, "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "Dogecoin"),
    (LITECOIN, "vines1vzrYbzLMRdu58ou5XTby4qAqVRLmqo36NKPTg", "Solana"),
    (BITCOIN, "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "XRP Ledger"),
    (BITCOIN, "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "Bitcoin Cash"),
    (LITECOIN, "rltc1q87x32pkldsqv84hz075r52dsrdtqvmtk2wds0h", "a private Litecoin network"),
    (LITECOIN, "ltcmweb1qq2cfde9k3v7juttd689xtc9c8yq23d9uq4y63qv938jd0awey3sxsqh", "MWEB address of Litecoin"),
]
# BIP-84's own account, and its first addresses.
ZPUB = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"


@pytest.mark.parametrize(("chain", "address", "script"), VALID)
def test_an_address_stands_for_its_script(chain: Parameters, address: str, script: str) -> None:
    assert script_of(address, chain).hex() == script
    spelled = canonical(address, chain)
    assert spelled == (address.lower() if script.startswith(("0014", "0020", "5120")) else address)
    assert address_of(bytes.fromhex(script), chain) == spelled


@pytest.mark.parametrize(("chain", "address", "reason"), INVALID + ELSEWHERE)
def test_what_cannot_be_paid_is_refused_with_the_reason(chain: Parameters, address: str, reason: str) -> None:
    with pytest.raises(InvalidAddress, match=reason):
        script_of(address, chain)


def test_scripts_without_an_address_have_none() -> None:
    for script in ("6a0b68656c6c6f20776f726c64", "5121" + "02" * 33 + "51ae", "", "51024e73", "5820" + "11" * 32):
        assert address_of(bytes.fromhex(script), BITCOIN) is None


def test_an_account_key_gives_the_addresses_of_bip_84() -> None:
    key = AccountKey(ZPUB, BITCOIN)
    assert key.address("0/0") == "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
    assert key.address("0/1") == "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"
    assert key.address("1/0") == "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"
    assert key.public_key("0/0").hex() == "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c"


def test_a_key_is_taken_in_every_spelling_of_its_chain() -> None:
    def spelled(version: str) -> str:
        return str(base58.encode_check(bytes.fromhex(version) + base58.decode_check(ZPUB)[4:]))

    main = [AccountKey(spelled(version), LITECOIN).address("0/0") for version in ("0488b21e", "04b24746", "019da462")]
    assert len(set(main)) == 1
    test = [
        AccountKey(spelled(version), LITECOIN_REGTEST).spelled
        for version in ("043587cf", "045f1cf6", "0436f6e1", "0488b21e")
    ]
    assert set(test) == {spelled("043587cf")}
    for version, reason in (
        ("043587cf", "one for the Bitcoin test network, not for Litecoin"),
        ("049d7cb2", "begins with ypub"),
        ("0488ade4", "a private key"),
        ("04b2430c", "a private key"),
    ):
        with pytest.raises(InvalidConfiguration, match=reason):
            AccountKey(spelled(version), LITECOIN)
    for damaged in (ZPUB[:-1] + "t", ZPUB[:-1], "zpub", "", "zpub" + "1" * 107):
        with pytest.raises(InvalidConfiguration):
            AccountKey(damaged, BITCOIN)


@pytest.mark.parametrize("path", ["", "0", "3/0", "0/-1", "0/01", "0/0/0", "m/0/0", "0/2147483648", "0/1'", "0/٣"])
def test_paths_are_read_strictly(path: str) -> None:
    with pytest.raises(InvalidPath):
        AccountKey(ZPUB, BITCOIN).address(path)


def test_no_two_chains_share_a_witness_prefix_or_a_first_block() -> None:
    assert len({each.bech32 for each in CHAINS.values()}) == len(CHAINS)
    assert len({each.genesis for each in CHAINS.values()}) == len(CHAINS)
