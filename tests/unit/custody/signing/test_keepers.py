"""The warm tier as three signers: each with a seed, a policy and a record of its own; any two of them move holdings."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import combinations
from pathlib import Path

import msgspec
import pytest
from embit.script import Script
from embit.transaction import Transaction, TransactionInput, TransactionOutput

from rialto.custody.chains.adapter import HotAddress, Payment, Rejected, Unsigned
from rialto.custody.chains.bitcoin import psbt
from rialto.custody.chains.bitcoin.addresses import script_of
from rialto.custody.chains.bitcoin.derivation import AccountKey
from rialto.custody.chains.bitcoin.parameters import LITECOIN_REGTEST
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.chains.bitcoin.warm import WarmTier
from rialto.custody.signing.book import Book
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.policy import InvalidPolicy, parse_policy
from rialto.custody.signing.readers import open_readers
from rialto.custody.signing.requests import Purpose, Refusal, SigningRefused, SigningRequest
from rialto.foundation.clock import SettableClock

ACCOUNT = "m/48'/1'/0'"
KEYS = [DerivedKeys(bytes([number]) * 32, {"LTC": ACCOUNT}) for number in range(3)]
XPUBS = [each.account_key("LTC", LITECOIN_REGTEST.key_versions[0]) for each in KEYS]
TIER = WarmTier("LTC", LITECOIN_REGTEST, XPUBS)
HOT, STRANGER = (AccountKey(XPUBS[0], LITECOIN_REGTEST).address(path) for path in ("1/0", "1/9"))
COIN = 10**8


def policy(own: str = HOT, cosigners: list[str] = XPUBS) -> str:
    return f"""
[networks.LTC]
family = "bitcoin"
chain = "litecoin-regtest"
account = "{ACCOUNT}"
cosigners = {cosigners}
own = ["{own}"]
fee_max = 1_000_000
fee_day_max = 10_000_000
assets = [{{asset = "LTC", payment_max = 0, hour_max = 0, day_max = 0}}]
"""


@contextmanager
def keepers(directory: Path, own: str) -> Iterator[list[Keeper]]:
    with ExitStack() as stack:
        made = []
        for number, keys in enumerate(KEYS):
            rules = parse_policy(policy(own))
            book = Book(directory / str(number))
            stack.callback(book.close)
            made.append(Keeper(rules, keys, open_readers(rules), book, SettableClock(1)))
        yield made


def moved(destination: str) -> Unsigned:
    source = TIER.address("0/0")
    script = Script(script_of(source.address, LITECOIN_REGTEST))
    spent = TransactionInput(hashlib.sha256(b"before").digest(), 0)
    parent = bytes(Transaction(2, [spent], [TransactionOutput(3 * COIN, script)], 0).serialize())
    name, stripped = psbt.parent_of(parent)
    coins = [Coin(3 * COIN, f"{name}:0", source.address, source.path)]
    return TIER.spend([Payment(destination, None, None, COIN)], coins, {name: stripped}, source, 20_000)


def refill(destination: str) -> SigningRequest:
    return SigningRequest(Purpose.REFILL, ("refill:1",), moved(destination), own=(TIER.address("0/0"),))


def test_any_two_of_three_move_holdings_and_one_does_not(tmp_path: Path) -> None:
    hot = HOT
    request = refill(hot)
    with keepers(tmp_path, hot) as signers:
        given = {number: each.answer(request).signatures for number, each in enumerate(signers)}
    ids = set()
    for pair in combinations(range(3), 2):
        signed = TIER.combine(request.unsigned, {number: given[number] for number in pair})
        ids.add(signed.transaction)
    assert len(ids) == 1
    with pytest.raises(Rejected):
        TIER.combine(request.unsigned, {0: given[0]})
    with pytest.raises(Rejected):
        TIER.combine(request.unsigned, {0: given[0], 1: given[0]})


def test_each_keeper_refuses_by_itself(tmp_path: Path) -> None:
    hot = HOT
    stranger = refill(STRANGER)
    with keepers(tmp_path, hot) as signers:
        for each in signers:
            with pytest.raises(SigningRefused) as refused:
                each.answer(stranger)
            assert refused.value.refusal is Refusal.DESTINATION
            unclaimed = msgspec.structs.replace(refill(hot), own=())
            with pytest.raises(SigningRefused):
                each.answer(unclaimed)
            elsewhere = msgspec.structs.replace(refill(hot), own=(HotAddress(TIER.address("0/0").address, "0/1"),))
            with pytest.raises(SigningRefused):
                each.answer(elsewhere)


def test_a_stranger_among_the_keepers_signs_nothing(tmp_path: Path) -> None:
    other = DerivedKeys(b"\x09" * 32, {"LTC": ACCOUNT})
    rules = parse_policy(policy(HOT))
    book = Book(tmp_path)
    keeper = Keeper(rules, other, open_readers(rules), book, SettableClock(1))
    with pytest.raises(SigningRefused) as refused:
        keeper.answer(refill(HOT))
    assert refused.value.refusal is Refusal.UNREADABLE
    book.close()


def test_keepers_are_three_that_differ() -> None:
    for wrong in (XPUBS[:2], [XPUBS[0]] * 3, ["nonsense"] * 3):
        with pytest.raises(InvalidPolicy, match="network LTC"):
            open_readers(parse_policy(policy(cosigners=wrong)))


def test_chains_that_are_not_known() -> None:
    with pytest.raises(InvalidPolicy, match="not known"):
        open_readers(parse_policy(policy().replace("litecoin-regtest", "dogecoin")))
    evm = policy().replace('"bitcoin"', '"evm"').replace("cosigners", "#")
    with pytest.raises(InvalidPolicy, match="chain id"):
        open_readers(parse_policy(evm))
