"""Tokens of Solana on its real runtime and the real programs: what is credited, paid, swept, counted, and refused."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from rialto.custody.chains.adapter import (
    Deposit,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Rejected,
    TransactionState,
    Unsigned,
)
from rialto.custody.chains.network import ChainAsset
from rialto.custody.chains.solana.adapter import SolanaAdapter
from rialto.custody.chains.solana.addresses import ASSOCIATED_PROGRAM, MEMO_PROGRAM
from tests.nodes.solana import SolanaNode
from tests.nodes.spl import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, Issuer
from tests.solana_chain import CUSTOMER, DEPOSIT, HOT, NETWORK, READER, SOL, STRANGER, chain, pay, signed

THEIRS = str(STRANGER.pubkey())
RENT = 2_039_280
"""What an account of a token of the classic program must hold."""


def key(name: str) -> str:
    return str(Keypair.from_seed(name.encode().ljust(32)).pubkey())


USDC, BONK, FEE = key("usdc"), key("bonk"), key("fee")
LISTED = msgspec.structs.replace(
    NETWORK,
    assets=(
        ChainAsset("SOL", 9),
        ChainAsset("USDC", 6, USDC, deposit_min=100),
        ChainAsset("BONK", 9, BONK),
        ChainAsset("FEE", 6, FEE),
    ),
)


@asynccontextmanager
async def tokens(
    nonces: int = 4, lamports: int = 10 * SOL, **options: str | int
) -> AsyncIterator[tuple[SolanaNode, SolanaAdapter, Issuer]]:
    """A chain with three tokens listed, of which a stranger has some: six decimals, nine, and one with a fee of 1 %."""
    async with chain(nonces, lamports, LISTED, **options) as (node, adapter):
        issuer = Issuer(node)
        issuer.mint("usdc", 6)
        issuer.mint("bonk", 9, TOKEN_2022_PROGRAM)
        issuer.mint("fee", 6, TOKEN_2022_PROGRAM, [issuer.extensions.transfer_fee, issuer.extensions.close_authority])
        for mint in (USDC, BONK, FEE):
            issuer.give(THEIRS, mint, 1_000_000_000)
        yield node, adapter, issuer


async def found(
    node: SolanaNode, adapter: SolanaAdapter, *parts: Instruction, to: str = DEPOSIT.address
) -> list[Deposit]:
    """What a transaction of a stranger's credits."""
    id_ = node.send(parts, [STRANGER])
    node.produce()
    assert node.has_done(id_)
    return [each for each in (await adapter.scan(node.slot, {to})).deposits if each.transaction == id_]


async def confirmed(node: SolanaNode, adapter: SolanaAdapter, built: Unsigned) -> int:
    """Sign, broadcast, and see it done; return what it cost."""
    made = signed(adapter, built)
    await adapter.broadcast(made)
    node.produce()
    status = await adapter.status(made.transaction, built.spends)
    assert status.state is TransactionState.CONFIRMED
    assert status.fee is not None
    return status.fee


def shown(deposits: Sequence[Deposit]) -> list[tuple[str | None, int, str | None]]:
    return [(each.contract, each.amount, each.tag) for each in deposits]


async def test_tokens_arrive_with_their_memo_whatever_their_decimals_and_program() -> None:
    async with tokens() as (node, adapter, issuer):
        memo = Instruction(MEMO_PROGRAM, b"1234", [])
        for mint, amount in ((USDC, 5_000_000), (BONK, 7)):
            open_, place = issuer.opening(STRANGER, DEPOSIT.address, mint), issuer.place(DEPOSIT.address, mint)
            [deposit] = await found(node, adapter, memo, open_, issuer.moving(STRANGER, mint, amount, place))
            assert (deposit.contract, deposit.amount, deposit.tag) == (mint, amount, "1234")
            assert (deposit.address, deposit.senders) == (DEPOSIT.address, (THEIRS,))


async def test_several_instructions_count_as_what_stays() -> None:
    async with tokens() as (node, adapter, issuer):
        usdc, bonk = issuer.holder(DEPOSIT.address, USDC), issuer.holder(DEPOSIT.address, BONK)
        parts = [issuer.moving(STRANGER, USDC, amount, usdc) for amount in (1, 20, 300)]
        deposits = await found(node, adapter, *parts, issuer.moving(STRANGER, BONK, 5, bonk))
        assert {each.contract: each.amount for each in deposits} == {USDC: 321, BONK: 5}
        assert len({each.index for each in deposits}) == 2


async def test_an_account_that_is_not_the_associated_one_credits_too() -> None:
    async with tokens() as (node, adapter, issuer):
        other = issuer.other_holder(DEPOSIT.address, USDC, "another account")
        assert shown(await found(node, adapter, issuer.moving(STRANGER, USDC, 4_000, other))) == [(USDC, 4_000, None)]
        held = await adapter.balances([DEPOSIT.address], LISTED.assets)
        assert held == {(DEPOSIT.address, "USDC"): 4_000}


async def test_what_moves_inside_a_call_of_a_program_counts() -> None:
    """The associated program moves tokens itself, out of an account that was opened below another."""
    async with tokens() as (node, adapter, issuer):
        outer = issuer.place(THEIRS, USDC)
        nested = issuer.holder(outer, USDC)
        id_ = node.send([issuer.moving(STRANGER, USDC, 600, nested)], [STRANGER])
        node.produce()
        assert node.has_done(id_)
        accounts = [(nested, False, True), (USDC, False, False), (outer, False, True), (outer, False, False)]
        accounts += [(USDC, False, False), (THEIRS, True, True), (str(TOKEN_PROGRAM), False, False)]
        metas = [AccountMeta(Pubkey.from_string(each), signs, writes) for each, signs, writes in accounts]
        recover = Instruction(ASSOCIATED_PROGRAM, b"\x02", metas)
        back = await found(node, adapter, recover, to=THEIRS)
        assert shown(back) == [(None, RENT - 5_000, None), (USDC, 600, None)]


async def test_what_changes_hands_among_accounts_of_one_owner_is_no_credit() -> None:
    async with tokens() as (node, adapter, issuer):
        other = issuer.other_holder(THEIRS, USDC, "another account")
        assert await found(node, adapter, issuer.moving(STRANGER, USDC, 500, other), to=THEIRS) == []


async def test_a_fee_of_the_token_is_not_credited() -> None:
    async with tokens() as (node, adapter, issuer):
        place = issuer.holder(DEPOSIT.address, FEE)
        assert shown(await found(node, adapter, issuer.moving(STRANGER, FEE, 10_000, place))) == [(FEE, 9_900, None)]


async def test_unlisted_tokens_are_told_up_to_a_number_and_failures_not() -> None:
    async with tokens(unlisted_per_block_max=1) as (node, adapter, issuer):
        spam = [issuer.mint(name, 0) for name in ("spam", "more spam")]
        places = []
        for mint in spam:
            issuer.give(THEIRS, mint, 100)
            places.append(issuer.holder(DEPOSIT.address, mint))
        usdc = issuer.holder(DEPOSIT.address, USDC)
        pairs = zip([*spam, USDC], [*places, usdc], strict=True)
        deposits = await found(node, adapter, *[issuer.moving(STRANGER, mint, 3, place) for mint, place in pairs])
        assert sorted(each.contract or "" for each in deposits if each.contract != USDC) != sorted(spam)
        assert len(deposits) == 2
        assert (USDC, 3, None) in shown(deposits)
        id_ = node.send([issuer.moving(STRANGER, USDC, amount, usdc) for amount in (1, 10**12)], [STRANGER])
        node.produce()
        assert not node.has_done(id_)
        assert (await adapter.scan(node.slot, {DEPOSIT.address})).deposits == ()


async def test_a_payment_opens_the_account_it_goes_to_and_says_what_that_cost() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000_000)
        before = node.balance(HOT.address)
        built = await adapter.build([pay(2_000_000, "77", contract=USDC)], [HOT], 6_000, [])
        cost = await confirmed(node, adapter, built)
        assert issuer.held(CUSTOMER, USDC) == 2_000_000
        assert cost == RENT + 5_000 + 3_000
        assert before - node.balance(HOT.address) == cost <= built.fee_max
        again = await adapter.build([pay(1_000_000, contract=USDC)], [HOT], 5_000, [])
        assert await confirmed(node, adapter, again) == 5_000
        assert issuer.held(CUSTOMER, USDC) == 3_000_000
        assert (await adapter.scan(node.slot, {CUSTOMER})).deposits[0].senders[0] == HOT.address


@pytest.mark.parametrize("mint", [BONK, FEE])
async def test_tokens_of_the_newer_program_are_paid(mint: str) -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, mint, 5_000)
        built = await adapter.build([pay(1_000, contract=mint)], [HOT], 5_000, [])
        assert 5_000 < await confirmed(node, adapter, built) <= built.fee_max
        assert issuer.held(CUSTOMER, mint) == (990 if mint == FEE else 1_000)


async def test_an_account_of_the_token_is_paid_itself() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        other = issuer.other_holder(CUSTOMER, USDC, "another account")
        for number, place in enumerate((other, issuer.holder(CUSTOMER, USDC)), 1):
            built = await adapter.build([pay(1_000, to=place, contract=USDC)], [HOT], 5_000, [])
            assert built.payments[0].destination == place
            assert built.fee_max == await confirmed(node, adapter, built) == 5_000
            held = await adapter.balances([CUSTOMER], LISTED.assets)
            assert held[CUSTOMER, "USDC"] == 1_000 * number


async def test_destinations_that_take_no_token() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        pool = str(Pubkey.find_program_address([b"pool"], STRANGER.pubkey())[0])
        ours = issuer.other_holder(DEPOSIT.address, USDC, "an account of ours")
        frozen = issuer.holder(CUSTOMER, USDC)
        issuer.freeze(frozen, USDC)
        for destination, why in (
            (pool, "no wallet"),
            (issuer.place(THEIRS, BONK), "another token"),
            (ours, "exchange's own"),
            (CUSTOMER, "issuer froze"),
            (frozen, "issuer froze"),
            (USDC, "is a token"),
            (str(TOKEN_PROGRAM), "belongs to the program"),
        ):
            with pytest.raises(InvalidAddress, match=why):
                await adapter.build([pay(1_000, to=destination, contract=USDC)], [HOT], 5_000, [])
            if destination not in (ours, USDC):
                with pytest.raises(InvalidAddress, match=why):
                    await adapter.holder(destination, None, USDC)
        assert await adapter.holder(ours, None, USDC) == DEPOSIT.address
        assert await adapter.holder(issuer.place(THEIRS, USDC), None, USDC) == THEIRS
        assert await adapter.holder(HOT.address, "7", USDC) == HOT.address
        assert await adapter.holder(pool, None, None) == pool
        node.is_down = True
        assert await adapter.holder(DEPOSIT.address, None, USDC) == DEPOSIT.address
        with pytest.raises(NodeUnavailable):
            await adapter.holder(THEIRS, None, USDC)
        node.is_down = False
        with pytest.raises(InvalidAddress, match="not listed"):
            await adapter.build([pay(1_000, contract=key("unheard of"))], [HOT], 5_000, [])
        issuer.thaw(frozen, USDC)
        await confirmed(node, adapter, await adapter.build([pay(1_000, contract=USDC)], [HOT], 5_000, []))


async def test_an_account_that_was_given_away_is_not_paid() -> None:
    async with tokens() as (_, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        place = issuer.place(THEIRS, USDC)
        metas = [AccountMeta(Pubkey.from_string(place), False, True), AccountMeta(STRANGER.pubkey(), True, False)]
        give = Instruction(TOKEN_PROGRAM, b"\x06\x02\x01" + bytes(Pubkey.from_string(CUSTOMER)), metas)
        issuer.done([give], [STRANGER])
        with pytest.raises(InvalidAddress, match=f"to {CUSTOMER}"):
            await adapter.build([pay(1_000, to=THEIRS, contract=USDC)], [HOT], 5_000, [])


async def test_what_the_hot_address_cannot_pay_now() -> None:
    async with tokens(lamports=2_500_000) as (node, adapter, issuer):
        payment = pay(1_000, contract=USDC)
        with pytest.raises(InsufficientHoldings, match="holds 0"):
            await adapter.build([payment], [HOT], 5_000, [])
        account = issuer.give(HOT.address, USDC, 1_000)
        with pytest.raises(InsufficientHoldings, match="holds 1000"):
            await adapter.build([pay(1_001, contract=USDC)], [HOT], 5_000, [])
        with pytest.raises(InsufficientHoldings, match="2500000 lamports"):
            await adapter.build([payment], [HOT], 5_000, [])
        node.fund(HOT.address, SOL)
        issuer.freeze(account, USDC)
        with pytest.raises(InsufficientHoldings, match="1000 of them frozen"):
            await adapter.build([payment], [HOT], 5_000, [])
        issuer.thaw(account, USDC)
        await confirmed(node, adapter, await adapter.build([payment], [HOT], 5_000, []))


async def test_what_is_on_its_way_is_not_promised_again_until_it_has_left() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 1_000)
        first = await adapter.build([pay(600, contract=USDC)], [HOT], 5_000, [])
        with pytest.raises(InsufficientHoldings, match="600 of them on their way"):
            await adapter.build([pay(600, contract=USDC)], [HOT], 5_000, first.spends)
        second = await adapter.build([pay(400, contract=USDC)], [HOT], 5_000, first.spends)
        assert set(first.spends).isdisjoint(second.spends)
        await confirmed(node, adapter, first)
        third = await adapter.build([pay(400, contract=USDC)], [HOT], 5_000, first.spends)
        await confirmed(node, adapter, third)
        assert issuer.held(CUSTOMER, USDC) == 1_000


async def test_one_of_two_for_a_nonce_moves_tokens() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        first = await adapter.build([pay(1_000, "9", contract=USDC)], [HOT], 5_000, [])
        second = await adapter.bump(first, 9_000)
        assert (first.spends, first.payments) == (second.spends, second.payments)
        assert first.fee_max < second.fee_max
        slow = signed(adapter, first)
        await adapter.broadcast(slow)
        node.forget()
        await confirmed(node, adapter, second)
        assert (await adapter.status(slow.transaction, first.spends)).state is TransactionState.CONFLICTED
        assert issuer.held(CUSTOMER, USDC) == 1_000
        with pytest.raises(Rejected, match="above"):
            await adapter.bump(second, 50_000_000)


async def test_what_is_built_reads_as_it_was_meant() -> None:
    async with tokens() as (_, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        place = issuer.place(THEIRS, USDC)
        for payment in (pay(1_000, "42", contract=USDC), pay(1_000, to=place, contract=USDC)):
            built = await adapter.build([payment], [HOT], 6_000, [])
            effects = READER.read(built)
            assert (effects.payments, effects.fee_max, effects.spends) == ((payment,), built.fee_max, built.spends)


async def test_sweeps_take_tokens_where_they_are_worth_it_and_the_hot_address_pays() -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(DEPOSIT.address, USDC, 5_000_000)
        issuer.give(DEPOSIT.address, FEE, 5_000_000)
        for name, amount in (("second", 700), ("third", 99)):
            other = issuer.other_holder(DEPOSIT.address, USDC, name)
            await found(node, adapter, issuer.moving(STRANGER, USDC, amount, other))
        node.fund(DEPOSIT.address, SOL)
        total, collected = node.balance(HOT.address) + node.balance(DEPOSIT.address), 0
        rounds = []
        while built := await adapter.sweep([DEPOSIT], LISTED.assets, HOT.address, HOT, 5_000, []):
            rounds.append(len(built))
            for each in built:
                assert [source.path for source in each.sources] == ["1/0", "0/0"]
                collected += await confirmed(node, adapter, each)
        assert rounds == [2, 1], "half of the nonces are left to withdrawals"
        assert collected == 3 * 10_000 + RENT
        assert node.balance(HOT.address) + node.balance(DEPOSIT.address) == total - collected
        assert node.balance(DEPOSIT.address) == 890_880
        held = await adapter.balances([DEPOSIT.address, HOT.address], LISTED.assets[1:])
        assert held == {
            (DEPOSIT.address, "USDC"): 99,
            (HOT.address, "USDC"): 5_000_700,
            (DEPOSIT.address, "FEE"): 5_000_000,
        }


async def test_sweeps_leave_what_is_frozen_and_what_cannot_be_afforded() -> None:
    async with tokens(lamports=900_000) as (node, adapter, issuer):
        account = issuer.give(DEPOSIT.address, USDC, 5_000_000)
        with pytest.raises(InsufficientHoldings, match="900000 lamports"):
            await adapter.sweep([DEPOSIT], LISTED.assets, HOT.address, HOT, 5_000, [])
        node.fund(HOT.address, SOL)
        issuer.freeze(account, USDC)
        assert await adapter.sweep([DEPOSIT], LISTED.assets, HOT.address, HOT, 5_000, []) == []
        issuer.thaw(account, USDC)
        [built] = await adapter.sweep([DEPOSIT], LISTED.assets, HOT.address, HOT, 5_000, [])
        issuer.freeze(account, USDC)
        with pytest.raises(Rejected):
            await adapter.broadcast(signed(adapter, built))
        assert await adapter.balances([DEPOSIT.address], LISTED.assets) == {(DEPOSIT.address, "USDC"): 5_000_000}


async def test_our_own_places_are_spelled_as_our_addresses() -> None:
    async with tokens() as (_, adapter, issuer):
        for mint in (USDC, BONK):
            assert adapter.canonical(issuer.place(DEPOSIT.address, mint), None, mint) == DEPOSIT.address
            theirs = issuer.place(CUSTOMER, mint)
            assert adapter.canonical(theirs, "7", mint) == theirs
            with pytest.raises(InvalidAddress, match="no wallet"):
                adapter.canonical(theirs, None)
            with pytest.raises(InvalidAddress, match="is a token"):
                adapter.canonical(mint, None, mint)
