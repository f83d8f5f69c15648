"""Whatever chains, traders, operators and crashes do: the ledger sums to zero, and chains hold what it says they do.

A thousand random steps on a whole exchange with two model chains. After every one, each chain that can be asked is
followed and compared with the ledger, to its smallest unit. The seed is printed when a step fails; `RIALTO_SEED` plays
it again.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from rialto.bootstrap.families import withdrawals
from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.core.errors import CommandRefused
from rialto.custody.chains.adapter import NodeUnavailable, Payment
from rialto.custody.deposits.model import Credited, Reversed, decode_event
from rialto.custody.networks.switches import Switch
from rialto.identity.restrictions import Permission
from rialto.projections.tables import stream_records
from tests.contract.test_deposits import ETHER, address
from tests.custody_bench import Fate, TestSigner
from tests.custody_exchange import NETWORKS, Funded, custody_exchange
from tests.gateway import Trader
from tests.model_chain import ModelChain

STEPS = 1_000
RESTART_EVERY = 125
SLOW = NETWORKS.replace("poll_milliseconds = 20", "poll_milliseconds = 600000")
EVERYTHING = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)


class Simulation:
    """What random steps do to an exchange, and what must be true after each."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.done: Counter[str] = Counter()
        self.traders: list[Trader] = []
        self.where: dict[tuple[int, str], tuple[str, str]] = {}

    async def begin(self, funded: Funded) -> None:
        """Make traders with addresses, and fund the addresses that pay."""
        self.funded = funded
        for name in ("alice", "bob", "carol"):
            self.traders.append(await funded.whole.trader(name, EVERYTHING, BTC="1", USDT="1000"))
        for number, trader in enumerate(self.traders):
            self.where[number, "ETH"] = await address(trader, "ETH", "ETH")
            self.where[number, "TAG"] = await address(trader, "LTC", "TAG")
        hot = funded.eth.derive("1/0")
        funded.eth.send("bank", [Payment(hot, None, None, 50 * ETHER), Payment(hot, None, "token", 10**11)])
        funded.eth.mine(10)
        await self.go_on(funded)

    async def go_on(self, funded: Funded) -> None:
        """Take over a restarted exchange: what goes round by itself goes round here, step by step."""
        self.funded = funded
        for trader in self.traders:
            trader.client = funded.whole.client
        families = funded.whole.exchange.families
        await families.custody.reconciliation.stop()
        for process in families.withdrawals.processes.values():
            await process.stop()

    @property
    def actions(self) -> dict[Callable[[], Awaitable[None]], int]:
        """What may happen, and how often."""
        return {
            self.pay_coin: 14,
            self.pay_token: 10,
            self.pay_little: 6,
            self.pay_tagged: 10,
            self.pay_nobody: 5,
            self.mine: 30,
            self.fork: 8,
            self.trade: 8,
            self.withdraw: 10,
            self.carry: 14,
            self.fail: 5,
            self.switch: 2,
        }

    async def step(self) -> None:
        """Do something, then follow and compare."""
        actions = self.actions
        (action,) = self.chance.choices(list(actions), list(actions.values()))
        self.done[action.__name__] += 1
        await action()
        await self.check()

    async def check(self) -> None:
        """Follow every chain and hold it against the ledger; a node that fails is asked again the next time."""
        custody = self.funded.whole.exchange.families.custody
        for name in self.funded.chains:
            try:
                await custody.followers[name].step()
                assert await custody.reconciliation.check(name)
            except NodeUnavailable:
                self.done["unreachable"] += 1
        assert not {key: each for key, each in custody.reconciliation.differences.items() if each}

    async def audit(self) -> None:
        """Sum up every account, and every deposit's stream."""
        runtime = self.funded.whole.exchange.runtime
        sums: defaultdict[int, int] = defaultdict(int)
        account = 0
        while True:
            try:
                answer = await runtime.ask(Balances(account))
            except CommandRefused:
                break
            assert isinstance(answer, BalancesAnswer)
            for balance in answer.balances:
                sums[balance.asset] += units_of(balance.free) + units_of(balance.locked)
            account += 1
        assert account > 5
        assert set(sums.values()) <= {0}
        parts = self.funded.whole.exchange.parts
        await parts.projected.wait_for(runtime.last_sequence, 10)
        given: defaultdict[str, int] = defaultdict(int)
        with parts.people.connect() as connection:
            c = stream_records.c
            for id_, payload in connection.execute(select(c.id, c.payload).where(c.kind == "deposit")):
                event = decode_event(payload)
                given[id_] += isinstance(event, Credited)
                given[id_] -= isinstance(event, Reversed)
                self.done[f"event {type(event).__name__}"] += 1
        assert all(each <= 1 for each in given.values())

    @property
    def eth(self) -> ModelChain:
        """The chain with a token."""
        return self.funded.eth

    @property
    def tag(self) -> ModelChain:
        """The chain with tags."""
        return self.funded.tag

    def someone(self) -> int:
        """Choose a trader."""
        return self.chance.randrange(len(self.traders))

    async def pay_coin(self) -> None:
        """Someone deposits coins, to many units below the ledger's."""
        self.eth.pay(self.where[self.someone(), "ETH"][0], self.chance.randint(10**16, 10**18))

    async def pay_token(self) -> None:
        """Someone deposits tokens to several at once."""
        payments = [
            Payment(self.where[self.someone(), "ETH"][0], None, "token", self.chance.randint(10**6, 10**8))
            for _ in range(self.chance.randint(1, 3))
        ]
        self.eth.send("outside", payments)

    async def pay_little(self) -> None:
        """Someone deposits less than the minimum."""
        contract = self.chance.choice((None, "token"))
        most = 4 * 10**15 if contract is None else 400_000
        self.eth.pay(self.where[self.someone(), "ETH"][0], self.chance.randint(1, most), contract=contract)

    async def pay_tagged(self) -> None:
        """Someone deposits where there are tags."""
        where, tag = self.where[self.someone(), "TAG"]
        contract = self.chance.choice((None, "tagged-token"))
        self.tag.pay(where, self.chance.randint(1, 10**8), tag=tag, contract=contract)

    async def pay_nobody(self) -> None:
        """Someone forgets the tag, sends what is not listed, or pays an address that pays."""
        where, _ = self.where[0, "TAG"]
        self.tag.pay(where, self.chance.randint(1, 10**8), tag=self.chance.choice((None, "1", "x" * 300)))
        self.eth.pay(self.where[0, "ETH"][0], self.chance.randint(1, 10**8), contract="unlisted")
        self.eth.pay(
            self.eth.derive("1/0"), self.chance.randint(1, 10**12), contract=self.chance.choice((None, "token"))
        )

    async def mine(self) -> None:
        """Some blocks are found."""
        self.chance.choice((self.eth, self.tag)).mine(self.chance.randint(1, 3))

    async def fork(self) -> None:
        """The newest blocks are replaced; what they held may be forgotten or come again later."""
        chain = self.chance.choice((self.eth, self.tag))
        depth = min(self.chance.randint(1, 3), chain.height - 12)
        if depth > 0:
            recent = list(chain.seen)[-10:]
            drop = [each for each in recent if self.chance.random() < 1 / 4]
            chain.reorganise(depth, drop=drop, empty=self.chance.random() < 1 / 2)

    async def trade(self) -> None:
        """Two trade, or try to."""
        for side in ("BUY", "SELL"):
            order = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "timeInForce": "GTC", "price": "20000"}
            await self.traders[self.someone()].send("POST", "/api/v3/order", {**order, "quantity": "0.001"})

    async def withdraw(self) -> None:
        """Someone takes something out, to the outside or to another trader."""
        coin, amount = self.chance.choice((("ETH", "0.05"), ("USDT", "3"), ("USDT", "2.000001"), ("ETH", "0.30000001")))
        where = self.chance.choice(("eth:outside", self.where[self.someone(), "ETH"][0]))
        parameters = {"coin": coin, "network": "ETH", "address": where, "amount": amount}
        answer = await self.traders[self.someone()].send("POST", "/sapi/v1/capital/withdraw/apply", parameters)
        self.done[f"withdraw {answer.status_code}"] += 1

    async def carry(self) -> None:
        """Payouts go on; while the node cannot be asked they wait."""
        try:
            await self.funded.whole.exchange.families.withdrawals.processes["ETH"].round()
        except NodeUnavailable:
            self.done["unreachable"] += 1

    async def fail(self) -> None:
        """A node will fail in the middle of something."""
        self.chance.choice((self.eth, self.tag)).fails_after = self.chance.randint(0, 8)

    async def switch(self) -> None:
        """An operator shuts or opens deposits."""
        custody = self.funded.whole.exchange.families.custody
        is_open = not custody.switches.deposits_open("ETH", "USDT")
        custody.switches.set(Switch("ETH", "USDT", is_open, True, "olga", "a test", 1))


@pytest.fixture
def seed() -> Iterator[int]:
    """A seed of its own for every run, said when it fails."""
    chosen = int(os.environ.get("RIALTO_SEED") or random.SystemRandom().randrange(2**32))
    yield chosen
    print(f"seed {chosen}")  # noqa: T201


def open_signer(_parts: Any) -> TestSigner:
    """Sign as the model wants it."""
    return TestSigner(Fate())


@pytest.mark.timeout(1_200)
async def test_chains_and_ledger_agree_whatever_happens(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "SIGNERS", [open_signer])
    simulation = Simulation(random.Random(seed))
    chains: dict[str, ModelChain] = {}
    for begun in range(0, STEPS, RESTART_EVERY):
        settings = {"endpoint_weight_per_owner_max": 100_000_000}
        async with custody_exchange(tmp_path, chains, networks=SLOW, **settings) as funded:
            chains = dict(funded.chains)
            await (simulation.go_on(funded) if begun else simulation.begin(funded))
            for _ in range(RESTART_EVERY):
                await simulation.step()
            await simulation.audit()
    assert simulation.done["event Credited"] > 100
    assert simulation.done["event Reversed"] > 0
    assert simulation.done["withdraw 200"] > 0
