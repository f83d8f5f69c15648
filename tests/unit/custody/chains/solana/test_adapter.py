"""Solana on its real runtime: deposits by memo, payouts bound to nonces, sweeps, and what is refused."""

from pathlib import Path

import msgspec
import pytest
from solders import system_program
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from rialto.custody.chains.adapter import (
    FeeLevel,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    TransactionState,
)
from rialto.custody.chains.solana import open_adapter
from rialto.custody.networks.configuration import Node
from rialto.custody.signing.book import Book
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.keys import Curve
from rialto.custody.signing.policy import parse_policy
from rialto.custody.signing.requests import Purpose, SigningRequest
from rialto.foundation.clock import SettableClock
from rialto.foundation.configuration import InvalidConfiguration
from tests.solana_chain import CUSTOMER, DEPOSIT, HOT, KEYS, NETWORK, OWN, READER, SOL, STRANGER, chain, pay, signed

POLICY = """
[networks.SOL]
family = "solana"
account = "m/44'/501'/0'"
fee_max = 100_000
fee_day_max = 10_000_000
[[networks.SOL.assets]]
asset = "SOL"
payment_max = 100_000_000_000
hour_max = 100_000_000_000
day_max = 100_000_000_000
approval_above = 100_000_000_000
"""


async def test_deposits_carry_their_memo() -> None:
    async with chain() as (node, adapter):
        ids = [
            node.pay(STRANGER, DEPOSIT.address, 2 * SOL, "1234"),
            node.pay(STRANGER, DEPOSIT.address, 3 * SOL),
            node.pay(STRANGER, DEPOSIT.address, 4 * SOL, "1", "2"),
            node.pay(STRANGER, CUSTOMER, 5 * SOL, "1234"),
        ]
        node.produce()
        scanned = await adapter.scan(node.slot, {DEPOSIT.address, HOT.address})
        assert [(each.transaction, each.tag, each.amount) for each in scanned.deposits] == [
            (ids[0], "1234", 2 * SOL),
            (ids[1], None, 3 * SOL),
            (ids[2], None, 4 * SOL),
        ]
        assert {each.address for each in scanned.deposits} == {DEPOSIT.address}
        assert scanned.deposits[0].senders == (str(STRANGER.pubkey()),)
        assert (await adapter.status(ids[0])).state is TransactionState.CONFIRMED


async def test_what_arrives_and_leaves_in_one_transaction_counts_as_what_stays() -> None:
    async with chain() as (node, adapter):
        two = [
            system_program.transfer(
                system_program.TransferParams(
                    from_pubkey=STRANGER.pubkey(), to_pubkey=Pubkey.from_string(DEPOSIT.address), lamports=amount
                )
            )
            for amount in (SOL, 2 * SOL)
        ]
        node.send(two, [STRANGER])
        node.produce()
        [deposit] = (await adapter.scan(node.slot, {DEPOSIT.address})).deposits
        assert deposit.amount == 3 * SOL


async def test_a_failed_transfer_is_no_deposit() -> None:
    async with chain() as (node, adapter):
        poor = Keypair.from_seed(b"poor".ljust(32))
        node.fund(str(poor.pubkey()), 10_000_000)
        parts = [
            system_program.transfer(
                system_program.TransferParams(
                    from_pubkey=poor.pubkey(), to_pubkey=Pubkey.from_string(DEPOSIT.address), lamports=amount
                )
            )
            for amount in (5_000_000, 50 * SOL)
        ]
        id_ = node.send(parts, [poor])
        node.produce()
        assert (await adapter.scan(node.slot, {DEPOSIT.address})).deposits == ()
        assert (await adapter.status(id_)).state is TransactionState.FAILED


async def test_every_height_has_a_block_that_names_the_one_before() -> None:
    async with chain() as (node, adapter):
        first = node.slot
        node.skip(3)
        node.produce(2)
        node.skip()
        node.pay(STRANGER, DEPOSIT.address, SOL, "7")
        node.produce()
        blocks = [await adapter.block(height) for height in range(first, node.slot + 1)]
        assert all(blocks)
        hashes = [each.hash for each in blocks if each]
        assert [each.parent for each in blocks if each][1:] == hashes[:-1]
        assert len(set(hashes)) == len(hashes)
        assert await adapter.block(node.slot + 1) is None
        assert await adapter.tip() == blocks[-1]
        assert (await adapter.scan(first + 1, {DEPOSIT.address})).deposits == ()
        assert (await adapter.scan(node.slot, {DEPOSIT.address})).block == blocks[-1]


async def test_a_payment_arrives_with_its_memo() -> None:
    async with chain() as (node, adapter):
        built = await adapter.build([pay(tag="99")], [HOT], 6_000, [])
        made = signed(adapter, built)
        assert (await adapter.status(made.transaction, built.spends)).state is TransactionState.UNKNOWN
        await adapter.broadcast(made)
        node.produce()
        status = await adapter.status(made.transaction, built.spends)
        assert (status.state, status.fee) == (TransactionState.CONFIRMED, built.fee_max)
        assert node.balance(CUSTOMER) == SOL
        assert node.balance(HOT.address) == 10 * SOL - SOL - built.fee_max
        [seen] = (await adapter.scan(node.slot, {CUSTOMER})).deposits
        assert (seen.transaction, seen.tag) == (made.transaction, "99")
        await adapter.broadcast(made)  # Known already.


async def test_one_of_two_for_a_nonce_confirms() -> None:
    async with chain() as (node, adapter):
        first = await adapter.build([pay()], [HOT], 5_000, [])
        second = await adapter.bump(first, 9_000)
        assert first.spends == second.spends
        assert second.fee_max > first.fee_max
        slow, quick = signed(adapter, first), signed(adapter, second)
        await adapter.broadcast(slow)
        node.forget()
        await adapter.broadcast(quick)
        node.produce()
        assert (await adapter.status(quick.transaction, second.spends)).state is TransactionState.CONFIRMED
        assert (await adapter.status(slow.transaction, first.spends)).state is TransactionState.CONFLICTED
        with pytest.raises(Rejected):
            await adapter.broadcast(slow)
        assert node.balance(CUSTOMER) == SOL


async def test_payouts_under_way_use_a_nonce_each() -> None:
    async with chain(nonces=2) as (_, adapter):
        one = await adapter.build([pay()], [HOT], 5_000, [])
        two = await adapter.build([pay()], [HOT], 5_000, one.spends)
        assert set(one.spends).isdisjoint(two.spends)
        with pytest.raises(InsufficientHoldings, match="in use"):
            await adapter.build([pay()], [HOT], 5_000, [*one.spends, *two.spends])


async def test_coins_on_their_way_are_not_promised_again() -> None:
    async with chain() as (node, adapter):
        first = await adapter.build([pay(6 * SOL)], [HOT], 5_000, [])
        with pytest.raises(InsufficientHoldings, match="holds 3999995000 lamports"):
            await adapter.build([pay(6 * SOL)], [HOT], 5_000, first.spends)
        second = await adapter.build([pay(3 * SOL)], [HOT], 5_000, first.spends)
        for each in (first, second):
            await adapter.broadcast(signed(adapter, each))
        node.produce()
        assert node.balance(CUSTOMER) == 9 * SOL


async def test_a_nonce_waits_for_as_long_as_it_takes() -> None:
    async with chain() as (node, adapter):
        built = await adapter.build([pay()], [HOT], 5_000, [])
        made = signed(adapter, built)
        node.produce(400)
        await adapter.broadcast(made)
        node.produce()
        assert (await adapter.status(made.transaction, built.spends)).state is TransactionState.CONFIRMED


async def test_what_cannot_be_paid() -> None:
    async with chain(lamports=SOL) as (_, adapter):
        with pytest.raises(InsufficientHoldings, match="must stay"):
            await adapter.build([pay(SOL - 100_000)], [HOT], 5_000, [])
        with pytest.raises(InvalidAddress, match="at least 890880"):
            await adapter.build([pay(1_000)], [HOT], 5_000, [])
        with pytest.raises(InvalidAddress, match="not listed"):
            await adapter.build([Payment(CUSTOMER, None, CUSTOMER, 5)], [HOT], 5_000, [])
        with pytest.raises(InvalidAddress, match="belongs to the program"):
            await adapter.build([pay(to="TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")], [HOT], 5_000, [])
        whole = await adapter.build([pay(SOL - 5_000)], [HOT], 5_000, [])
        assert whole.fee_max == 5_000


async def test_a_sweep_leaves_what_an_address_must_hold_and_the_hot_address_pays() -> None:
    async with chain() as (node, adapter):
        node.pay(STRANGER, DEPOSIT.address, 2 * SOL, "1234")
        node.produce()
        [built] = await adapter.sweep([DEPOSIT], NETWORK.assets, HOT.address, HOT, 5_000, [])
        assert [each.path for each in built.sources] == ["1/0", "0/0"]
        await adapter.broadcast(signed(adapter, built))
        node.produce()
        rent = 890_880
        assert node.balance(DEPOSIT.address) == rent
        assert node.balance(HOT.address) == 10 * SOL + 2 * SOL - rent - 10_000
        assert await adapter.sweep([DEPOSIT], NETWORK.assets, HOT.address, HOT, 5_000, []) == []
        held = await adapter.balances([DEPOSIT.address, HOT.address, CUSTOMER], NETWORK.assets)
        assert held == {(DEPOSIT.address, "SOL"): rent, (HOT.address, "SOL"): node.balance(HOT.address)}


async def test_fees_follow_what_others_offer() -> None:
    async with chain() as (node, adapter):
        assert await adapter.fee_rate(FeeLevel.FAST) == 5_000
        node.priority_fees = [0, 1_000, 50_000, 1_000_000]
        rates = [await adapter.fee_rate(level) for level in (FeeLevel.SLOW, FeeLevel.NORMAL, FeeLevel.FAST)]
        assert rates == [5_000, 5_040, 7_000]
        built = await adapter.build([pay()], [HOT], 7_000, [])
        assert built.fee_max == 7_000
        with pytest.raises(Rejected, match="above"):
            await adapter.bump(built, 10_000_000)


@pytest.mark.parametrize(
    ("address", "tag", "match"),
    [
        ("0x00000000219ab540356cBB839Cbe05303d7705Fa", None, "EVM"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", None, "Bitcoin"),
        ("", None, "not an address"),
        ("0" * 40, None, "not an address"),
        ("z" * 44, None, "32 bytes"),
        ("SysvarRent111111111111111111111111111111111", None, "no wallet"),
        ("1" * 32, None, "no wallet"),
        (str(Pubkey.find_program_address([b"pool"], STRANGER.pubkey())[0]), None, "no wallet"),
        (CUSTOMER, "", "printable"),
        (CUSTOMER, "a\nb", "printable"),
        (CUSTOMER, "x" * 65, "printable"),
        (CUSTOMER, "abc", "is not a memo"),
    ],
)
async def test_destinations_that_are_refused(address: str, tag: str | None, match: str) -> None:
    adapter = open_adapter(NETWORK, Node("http://127.0.0.1:1/", OWN))
    with pytest.raises(InvalidAddress, match=match):
        adapter.canonical(address, tag)
    assert adapter.canonical(CUSTOMER, "123") == CUSTOMER


def test_configuration_that_is_refused() -> None:
    for own in ("", DEPOSIT.address, f"0/0={DEPOSIT.address}", f"0/0={DEPOSIT.address} 1/0=nonsense", OWN + " 7/0=x"):
        with pytest.raises(InvalidConfiguration, match="network SOL"):
            open_adapter(NETWORK, Node("http://127.0.0.1:1/", own))
    with pytest.raises(InvalidConfiguration, match="nonce_acounts"):
        open_adapter(NETWORK, Node("http://127.0.0.1:1/", OWN, {"nonce_acounts": ""}))
    adapter = open_adapter(NETWORK, Node("http://127.0.0.1:1/", OWN))
    assert adapter.derive("0/0") == DEPOSIT.address
    with pytest.raises(ValueError, match="no address at 0/1"):
        adapter.derive("0/1")


async def test_a_node_that_is_down() -> None:
    async with chain() as (node, adapter):
        node.is_down = True
        with pytest.raises(NodeUnavailable):
            await adapter.tip()
        with pytest.raises(NodeUnavailable):
            await adapter.build([pay()], [HOT], 5_000, [])
        node.is_down = False
        await adapter.tip()


async def test_signatures_are_checked() -> None:
    async with chain() as (_, adapter):
        built = await adapter.build([pay()], [HOT], 5_000, [])
        for wrong in ([], [b"\x01" * 64], [b"short"], [KEYS.sign("SOL/0/0", Curve.ED25519, built.body)]):
            with pytest.raises(Rejected):
                adapter.combine(built, wrong)


async def test_the_signer_pays_what_it_reads(tmp_path: Path) -> None:
    async with chain() as (node, adapter):
        keeper = Keeper(parse_policy(POLICY), KEYS, {"SOL": READER}, Book(tmp_path), SettableClock(1))
        built = await adapter.build([pay(tag="42")], [HOT], 6_000, [])
        signatures = await keeper.sign(SigningRequest(Purpose.WITHDRAWAL, ("w1",), built))
        await adapter.broadcast(adapter.combine(built, signatures))
        dearer = await adapter.bump(built, 8_000)
        await keeper.sign(SigningRequest(Purpose.BUMP, ("w1",), dearer))
        node.pay(STRANGER, DEPOSIT.address, 2 * SOL)
        node.produce()
        [sweep] = await adapter.sweep([DEPOSIT], NETWORK.assets, HOT.address, HOT, 5_000, [])
        signatures = await keeper.sign(SigningRequest(Purpose.SWEEP, ("s1",), sweep))
        await adapter.broadcast(adapter.combine(sweep, signatures))
        node.produce()
        assert node.balance(CUSTOMER) == SOL
        assert node.balance(DEPOSIT.address) < SOL
        keeper.book.close()


async def test_what_is_built_reads_as_it_was_meant() -> None:
    async with chain() as (_, adapter):
        built = await adapter.build([pay(tag="42")], [HOT], 6_000, [])
        effects = READER.read(built)
        assert (effects.payments, effects.fee_max, effects.spends) == (built.payments, built.fee_max, built.spends)
        assert msgspec.structs.replace(built, body=b"") != built
