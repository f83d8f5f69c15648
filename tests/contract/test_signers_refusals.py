"""What a real signer refuses, over HTTP: operators see why and decide, limits are waited for, nobody asks for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.bootstrap.signing import EMBEDDED_DIRECTORY, PASSPHRASE_FILE, derived_keys
from rialto.custody.chains.adapter import Payment
from rialto.custody.signing.book import Book
from rialto.custody.signing.channel import ACCESS_KEY_NAME, read_access_key
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.policy import FILE_NAME, read_policy
from rialto.custody.signing.readers import open_readers
from rialto.custody.signing.requests import approval_message
from rialto.custody.signing.server import SignerServer
from rialto.custody.withdrawals.model import State
from rialto.foundation.clock import SettableClock, SystemClock
from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.contract.test_operators import operators
from tests.ethereum_exchange import APPLY, POLICY, OnEthereum, ethereum_exchange, eventually, listed_token
from tests.gateway import Trader
from tests.nodes.anvil import ETHER, Anvil
from tests.person import Someone

pytestmark = pytest.mark.timeout(400)

FRIEND = "0x52908400098527886E0F7030069857D2E4169EE7"
WAITING = "/admin/v1/withdrawals"
APPROVE, REFUSE = "/admin/v1/actions/approve-withdrawal", "/admin/v1/actions/refuse-withdrawal"
HOUR_US = 3_600_000_000
OWNERS = range(1, 40)
"""Whoever may be an operator: each number has a key of its own."""


def key_of(owner: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(str(owner).encode().ljust(32))


def named_operators() -> str:
    keys = {owner: key_of(owner).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex() for owner in OWNERS}
    return "[operators]\n" + "".join(f'operator-{owner} = "{key}"\n' for owner, key in keys.items())


COIN, OTHERS = POLICY.split("[[networks.ETH.assets]]")[1:]
NARROW = named_operators() + POLICY.replace(
    COIN,
    f"""
asset = "ETH"
payment_max = {2 * ETHER}
hour_max = {2 * ETHER}
day_max = {20 * ETHER}
approval_above = {ETHER}
approvals = 2

""",
)


async def funded(exchange: OnEthereum, amount: int) -> Trader:
    """A trader with so many coins that came over the chain and are collected already."""
    trader = await exchange.whole.trader("alice", list(Permission))
    exchange.pay_coins(await exchange.address(trader, "ETH"), amount * ETHER)

    async def is_collected() -> bool:
        exchange.node.mine()
        hot = exchange.whole.exchange.families.custody.holdings.adapter("ETH").derive("1/0")
        return exchange.node.balance(hot) > (amount - 1) * ETHER

    await eventually(is_collected, True)
    return trader


async def apply(trader: Trader, amount: str) -> str:
    """Ask for a withdrawal, as soon as the deposit it is of is deep enough."""
    asked = {"coin": "ETH", "network": "ETH", "address": FRIEND, "amount": amount}
    for _ in range(300):
        response = await trader.send("POST", APPLY, asked)
        answer = response.json()
        if response.status_code == 200:
            return str(answer["id"])
        assert answer["code"] == -4060, answer
        await asyncio.sleep(0.1)
    raise AssertionError("the deposit stayed locked")


async def in_review(operator: Someone, id_: str, refusal: str) -> Any:
    """Wait until operators are asked, and return what they see."""

    async def why() -> list[str]:
        return [each["refusal"] for each in await operator.do("GET", WAITING) if each["id"] == id_]

    await eventually(why, [refusal])
    (found,) = [each for each in await operator.do("GET", WAITING) if each["id"] == id_]
    return found


async def test_what_is_too_much_is_given_back_and_what_lacks_signatures_is_paid_with_them(
    anvil: Anvil, tmp_path: Path
) -> None:
    async with (
        ethereum_exchange(tmp_path / "data", anvil, listed_token(anvil), policy=NARROW) as exchange,
        operators(exchange.whole, Role.RISK) as (olga, otto),
    ):
        alice = await funded(exchange, 9)
        much = await apply(alice, "3")
        seen = await in_review(olga, much, "amount")
        assert "more than one payment may be" in seen["reason"]
        assert (await exchange.withdrawal(alice, much))["info"] == ""
        done = await olga.do("POST", REFUSE, id=much, reason="above what we pay at once")
        assert done["status"] == "done"
        refunded = await exchange.withdrawal(alice, much)
        assert (refunded["status"], refunded["info"]) == (3, "above what we pay at once")
        assert await exchange.free(alice, "ETH") == "9.00000000"

        large = await apply(alice, "1.5")
        seen = await in_review(olga, large, "approval")
        assert (seen["approvalsMissing"], seen["needsSignatures"]) == (2, True)
        unsigned = await olga.do("POST", APPROVE, withdrawal=large)
        assert (unsigned["status"], "signature" in unsigned["result"]) == ("failed", True)
        message = approval_message("ETH", large, Payment(FRIEND, None, None, 1_495 * ETHER // 1_000))
        # One whose key is another's: the signer wants both again.
        for first, second in ((key_of(0), key_of(otto.owner)), (key_of(olga.owner), key_of(otto.owner))):
            await in_review(olga, large, "approval")
            for operator, key in ((olga, first), (otto, second)):
                agreed = await operator.do("POST", APPROVE, withdrawal=large, signature=key.sign(message).hex())
                assert agreed["status"] == "done"
        await exchange.paid_out(alice, large)
        assert anvil.balance(FRIEND) == 1_495 * ETHER // 1_000
        assert await exchange.free(alice, "ETH") == "7.50000000"
        assert await exchange.unexplained() == {("ETH", "ETH"): 0, ("ETH", "USDT"): 0}


async def figures(exchange: OnEthereum) -> list[str]:
    """What is told of withdrawals that limits hold back."""
    text = (await exchange.whole.client.get("/metrics")).text
    named = ("rialto_withdrawals_held_back{", 'refusal="velocity"')
    return [line.rsplit(" ", 1)[1] for line in text.splitlines() if any(name in line for name in named)]


@asynccontextmanager
async def signer_with(clock: SettableClock, data: Path) -> AsyncIterator[Keeper]:
    """The signer on its socket, with a clock that the test moves."""
    directory = data / EMBEDDED_DIRECTORY
    policy = read_policy(directory / FILE_NAME)
    store = derived_keys(directory, policy, (directory / PASSPHRASE_FILE).read_text().strip())
    keeper = Keeper(policy, store, open_readers(policy), Book(directory), clock)
    server = SignerServer(keeper, policy, directory / policy.socket, read_access_key(directory / ACCESS_KEY_NAME))
    await server.start()
    try:
        yield keeper
    finally:
        await server.stop()
        keeper.close()


async def test_what_limits_hold_back_waits_over_a_restart_and_is_paid_when_they_leave_room(
    anvil: Anvil, tmp_path: Path
) -> None:
    data, token = tmp_path / "data", listed_token(anvil)
    # The signer's hour ends when the exchange's clock says so: then it may be asked again at once.
    clock = SettableClock(SystemClock().now_us() - HOUR_US)
    outside: dict[str, Any] = {
        "signer_embedded": False,
        "signer_socket": Path(EMBEDDED_DIRECTORY, "signer.sock"),
        "signer_key": Path(EMBEDDED_DIRECTORY, ACCESS_KEY_NAME),
    }
    async with (
        ethereum_exchange(data, anvil, token, policy=NARROW, **outside) as exchange,
        signer_with(clock, data),
    ):
        alice = await funded(exchange, 9)
        for _ in range(2):
            await exchange.paid_out(alice, await apply(alice, "0.95"))
        held = await apply(alice, "0.9")
        reading = exchange.whole.exchange.families.withdrawals.reading

        async def refused() -> list[str]:
            return [each.refusal for each in await reading.in_state(State.APPROVED, "ETH", 10)]

        await eventually(refused, ["velocity"])
        assert (await exchange.withdrawal(alice, held))["status"] == 4
        await eventually(lambda: figures(exchange), ["1.0", "1.0"])
    async with (
        ethereum_exchange(data, anvil, token, policy=NARROW, **outside) as exchange,
        signer_with(clock, data) as keeper,
    ):
        alice.client = exchange.whole.client
        clock.advance(HOUR_US)
        await exchange.paid_out(alice, held)
        payments = [keeper.book.known(held)]
        assert [len(each.variants) for each in payments if each is not None] == [1]
        assert anvil.balance(FRIEND) == (2 * 945 + 895) * ETHER // 1_000
        assert await exchange.free(alice, "ETH") == "6.20000000"
