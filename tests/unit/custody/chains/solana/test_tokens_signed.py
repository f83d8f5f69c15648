"""The signer and tokens of Solana: it pays what it reads, within what its policy allows of each mint."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rialto.custody.chains.solana.messages import read, spell
from rialto.custody.signing.book import Book
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.policy import parse_policy
from rialto.custody.signing.requests import Purpose, Refusal, SigningRefused, SigningRequest
from rialto.foundation.clock import SettableClock
from tests.solana_chain import CUSTOMER, DEPOSIT, HOT, KEYS, READER, pay
from tests.unit.custody.chains.solana.test_tokens import BONK, LISTED, THEIRS, USDC, confirmed, tokens

POLICY = f"""
[networks.SOL]
family = "solana"
account = "m/44'/501'/0'"
fee_max = 2_600_000
fee_day_max = 20_000_000
[[networks.SOL.assets]]
asset = "USDC"
contract = "{USDC}"
payment_max = 1_500
hour_max = 10_000
day_max = 10_000
approval_above = 10_000
"""


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    made = Keeper(parse_policy(POLICY), KEYS, {"SOL": READER}, Book(tmp_path), SettableClock(1))
    yield made
    made.close()


async def refusal(keeper: Keeper, request: SigningRequest) -> Refusal:
    with pytest.raises(SigningRefused) as refused:
        await keeper.sign(request)
    return refused.value.refusal


async def test_payments_and_sweeps_are_signed_as_they_read(keeper: Keeper) -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        issuer.give(DEPOSIT.address, USDC, 7_000)
        built = await adapter.build([pay(1_000, "42", contract=USDC)], [HOT], 6_000, [])
        signatures = await keeper.sign(SigningRequest(Purpose.WITHDRAWAL, ("w1",), built))
        await adapter.broadcast(adapter.combine(built, signatures))
        dearer = await adapter.bump(built, 8_000)
        await keeper.sign(SigningRequest(Purpose.BUMP, ("w1",), dearer))
        node.produce()
        [sweep] = await adapter.sweep([DEPOSIT], LISTED.assets, HOT.address, HOT, 5_000, [])
        signatures = await keeper.sign(SigningRequest(Purpose.SWEEP, ("s1",), sweep))
        await adapter.broadcast(adapter.combine(sweep, signatures))
        node.produce()
        assert issuer.held(CUSTOMER, USDC) == 1_000
        assert issuer.held(HOT.address, USDC) == 11_000


async def test_what_it_refuses(keeper: Keeper) -> None:
    async with tokens() as (_, adapter, issuer):
        for mint in (USDC, BONK):
            issuer.give(HOT.address, mint, 5_000)
        built = await adapter.build([pay(1_000, contract=USDC)], [HOT], 5_000, [])
        [payment] = built.payments
        transfer = read(built.body)

        def withdrawal(**changes: object) -> SigningRequest:
            return SigningRequest(Purpose.WITHDRAWAL, ("w1",), msgspec.structs.replace(built, **changes))

        # Other bytes than the request says: another amount, another wallet, an account in a wallet's stead.
        assert transfer.token is not None
        to_account = msgspec.structs.replace(transfer.token, is_to_wallet=False)
        for other in (
            msgspec.structs.replace(transfer, amount=999),
            msgspec.structs.replace(transfer, destination=THEIRS),
            msgspec.structs.replace(transfer, token=to_account, destination=issuer.place(CUSTOMER, USDC)),
        ):
            assert await refusal(keeper, withdrawal(body=spell(other))) is Refusal.DESTINATION
        false = msgspec.structs.replace(payment, destination=THEIRS)
        assert await refusal(keeper, withdrawal(payments=(false,))) is Refusal.DESTINATION

        unnamed = await adapter.build([pay(1_000, contract=BONK)], [HOT], 5_000, [])
        assert await refusal(keeper, SigningRequest(Purpose.WITHDRAWAL, ("w2",), unnamed)) is Refusal.NETWORK
        large = await adapter.build([pay(1_501, contract=USDC)], [HOT], 5_000, [])
        assert await refusal(keeper, SigningRequest(Purpose.WITHDRAWAL, ("w3",), large)) is Refusal.AMOUNT
        dear = await adapter.build([pay(1_000, contract=USDC)], [HOT], 200_000, [])
        assert await refusal(keeper, SigningRequest(Purpose.WITHDRAWAL, ("w4",), dear)) is Refusal.FEE
        assert await refusal(keeper, SigningRequest(Purpose.SWEEP, ("s1",), built)) is Refusal.DESTINATION
        # Our own account of the token in the hot address's stead: whose it is stands nowhere in the bytes.
        ours = msgspec.structs.replace(transfer, token=to_account, destination=issuer.place(HOT.address, USDC))
        swept = msgspec.structs.replace(built, body=spell(ours))
        assert await refusal(keeper, SigningRequest(Purpose.SWEEP, ("s2",), swept)) is Refusal.DESTINATION


async def test_fees_of_a_day_count_accounts_that_may_be_made(keeper: Keeper) -> None:
    async with tokens() as (node, adapter, issuer):
        issuer.give(HOT.address, USDC, 5_000)
        account = issuer.holder(CUSTOMER, USDC)
        for number in range(7):
            built = await adapter.build([pay(10, contract=USDC)], [HOT], 5_000, [])
            await keeper.sign(SigningRequest(Purpose.WITHDRAWAL, (f"w{number}",), built))
            assert await confirmed(node, adapter, built) == 5_000
        built = await adapter.build([pay(10, contract=USDC)], [HOT], 5_000, [])
        assert await refusal(keeper, SigningRequest(Purpose.WITHDRAWAL, ("w9",), built)) is Refusal.FEE
        itself = await adapter.build([pay(10, to=account, contract=USDC)], [HOT], 5_000, [])
        await keeper.sign(SigningRequest(Purpose.WITHDRAWAL, ("w8",), itself))
