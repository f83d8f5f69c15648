"""Books and a chain to pay from: a real core, journal and database, the model of a chain, and a process to be killed.

What the process is made of can be made to die before or after any of its steps; another is then begun on what the first
left, as after a crash.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import (
    FEES_ACCOUNT,
    HOUSE_OWNER,
    TREASURY_ACCOUNT,
    AccountClass,
    AccountKind,
    PostingReason,
    StreamKey,
)
from rialto.core.runtime import Runtime
from rialto.custody.chains.adapter import HotAddress, Payment, Rejected, Signed, Unsigned
from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.payouts.carrying import Carrying, Patience
from rialto.custody.payouts.costs import Costs
from rialto.custody.payouts.projection import PayoutProjection
from rialto.custody.payouts.reading import PayoutReading
from rialto.custody.signing.requests import Purpose, Refusal, SigningRefused, SigningRequest, StatementRequest
from rialto.custody.sweeping.sweeps import Sweeping
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.model import KIND, Requested, Withdrawal, withdrawal_of
from rialto.custody.withdrawals.paying import Paying
from rialto.custody.withdrawals.projection import WithdrawalProjection
from rialto.custody.withdrawals.reading import WithdrawalReading
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections.decisions import Decided, Decisions, Rule
from rialto.projections.history import History
from rialto.projections.projector import Projector
from tests.exchange import running
from tests.model_chain import ModelChain, Transaction, sign

LTC, USDT = 0, 1
COIN = ChainAsset("LTC", 8, withdrawal_min=1_000, withdrawal_fee=500)
TOKEN = ChainAsset("USDT", 6, contract="token")
BUMP_AFTER_US = 1_000_000
SWEEP_US = 1_000
HOT = HotAddress("ltc:ours-1-0", "1/0")


def network(family: Family = Family.EVM) -> Network:
    """The network of the model: deep enough after three blocks."""
    return Network("LTC", 7, family, "Model", (COIN, TOKEN), confirmations=2, unlock_confirmations=3)


class Killed(BaseException):
    """The process died."""


@dataclass
class Fate:
    """Counts the steps of a process, and ends it before one of them."""

    dies_at: int | None = None
    steps: int = 0

    def step(self) -> None:
        """Take a step, or die."""
        self.steps += 1
        if self.steps == self.dies_at:
            raise Killed


class MortalChain(ModelChain):
    """A chain that the process may die at before and after it broadcasts."""

    fate: Fate | None = None
    takes_from_rate = 0
    """What a transaction must pay for the node to take it."""

    async def broadcast(self, signed: Signed) -> None:
        """Broadcast, unless the process dies first; it may also die before it hears of it."""
        if self.fate is not None:
            self.fate.step()
        if msgspec.json.decode(signed.raw, type=Transaction).fee_rate < self.takes_from_rate:
            raise Rejected("pays too little")
        await super().broadcast(signed)
        if self.fate is not None:
            self.fate.step()


@dataclass
class TestSigner:
    """Signs as the model wants it, each reference for one payment only; or refuses what it is told to."""

    __test__ = False

    fate: Fate
    signed: dict[str, list[Unsigned]] = field(default_factory=dict)
    refusals: list[SigningRefused] = field(default_factory=list)
    requests: list[SigningRequest] = field(default_factory=list)

    async def sign(self, request: SigningRequest) -> tuple[bytes, ...]:
        """Sign, and hold every reference against what was signed for it before."""
        self.fate.step()
        self.requests.append(request)
        if self.refusals:
            raise self.refusals.pop(0)
        to_ourselves = all(":ours-" in payment.destination for payment in request.unsigned.payments)
        is_child = request.purpose is Purpose.BUMP and to_ourselves
        for reference in request.references:
            for earlier in self.signed.setdefault(reference, []):
                if not is_child and not set(earlier.spends) & set(request.unsigned.spends):
                    raise SigningRefused(Refusal.REUSED, f"{reference} could be paid twice")
            self.signed[reference].append(request.unsigned)
        self.fate.step()
        return tuple(sign(request.unsigned))

    async def attest(self, request: StatementRequest) -> bytes:
        """Not asked here."""
        raise AssertionError(f"{request.text} is not asked here")


class MortalDecisions(Decisions):
    """Decisions that the process may die at, before or after they are durable."""

    def __init__(self, runtime: Runtime, history: History, fate: Fate) -> None:
        super().__init__(runtime, history)
        self._fate = fate

    async def decide(self, stream: StreamKey, rule: Rule) -> Decided | None:
        """Decide, unless the process dies."""
        self._fate.step()
        decided = await super().decide(stream, rule)
        self._fate.step()
        return decided


class Open:
    """Nothing is stopped, unless it is named."""

    def __init__(self) -> None:
        self.stopped: set[str] = set()
        self.debtors: set[int] = set()

    def may_pay(self, network: str, asset: str) -> bool:
        """Tell."""
        _ = network
        return asset not in self.stopped

    async def owing(self) -> frozenset[int]:
        """Nobody owes anything, unless they are named."""
        return frozenset(self.debtors)


@dataclass
class Process:
    """What pays on the network."""

    carrying: Carrying
    paying: Paying
    signer: TestSigner
    reading: WithdrawalReading
    sweeping: Sweeping

    async def run(self) -> None:
        """One round."""
        left = await self.carrying.carry_all()
        await self.paying.pay(self.carrying, len(left))
        await self.sweeping.sweep(self.carrying)


@dataclass
class Bench:
    """The books, the chain, and someone with money."""

    runtime: Runtime
    history: History
    chain: MortalChain
    account: int
    custody: int
    signer: TestSigner
    gates: Open = field(default_factory=Open)
    now_us: int = 1_700_000_000_000_000
    deposit_places: int = 0
    """How many deposit addresses there are."""

    def depositing(self, network_: str) -> list[HotAddress]:
        """List the addresses that take deposits."""
        _ = network_
        paths = [f"0/{place}" for place in range(self.deposit_places)]
        return [HotAddress(self.chain.derive(path), path) for path in paths]

    def process(self, fate: Fate | None = None) -> Process:
        """Begin a process on what is recorded."""
        fate = fate or Fate()
        self.chain.fate = self.signer.fate = fate
        decisions = MortalDecisions(self.runtime, self.history, fate)
        reading = WithdrawalReading(decisions, self.history)
        paying = Paying(self.chain, decisions, reading, [HOT], self.custody, self.gates, lambda: self.now_us)
        payouts = PayoutReading(decisions, self.history)
        sweeping = Sweeping(self.chain, self, payouts, HOT, SWEEP_US, lambda: self.now_us)
        carrying = Carrying(
            self.chain,
            decisions,
            payouts,
            self.signer,
            Costs(self.runtime, self.chain, self.custody),
            {Purpose.WITHDRAWAL: paying, Purpose.SWEEP: sweeping, Purpose.GAS: sweeping},
            Patience(BUMP_AFTER_US),
            lambda: self.now_us,
        )
        return Process(carrying, paying, self.signer, reading, sweeping)

    async def request(self, id_: str, units: int, to: str = "ltc:theirs", **changes: Any) -> None:
        """Ask for a withdrawal, checked by nobody."""
        values: dict[str, Any] = {
            "owner": 1,
            "account": self.account,
            "asset": LTC,
            "coin": "LTC",
            "network": "LTC",
            "address": to,
            "tag": None,
            "contract": None,
            "units": units,
            "fee_units": 500,
            "chain_amount": str(units),
            "value_units": None,
            "client_id": None,
            "wallet": 0,
            "needs_confirmation": False,
            "approvals_needed": 0,
            "risk": (),
            "at_us": self.now_us,
        }
        decisions = Decisions(self.runtime, self.history)
        await decisions.decide(StreamKey(KIND, id_), rules.request(Requested(**{**values, **changes})))

    async def withdrawal(self, id_: str) -> Withdrawal:
        """Look at a withdrawal."""
        found = withdrawal_of(await Decisions(self.runtime, self.history).events(StreamKey(KIND, id_)))
        assert found is not None
        return found

    async def decide(self, id_: str, rule: rules.Rule) -> None:
        """Decide about a withdrawal."""
        await Decisions(self.runtime, self.history).decide(StreamKey(KIND, id_), rule)

    async def balance(self, account: int, asset: int = LTC) -> tuple[int, int]:
        """What an account holds: free and locked, in units."""
        answer = await self.runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        found = [each for each in answer.balances if each.asset == asset]
        return (units_of(found[0].free), units_of(found[0].locked)) if found else (0, 0)

    async def fund(self, account: int, units: int) -> None:
        """Give an account something."""
        await _post(self.runtime, account, units)

    async def check_books(self) -> None:
        """The books say of the coin what the chain holds."""
        free, _ = await self.balance(self.custody)
        assert -free == self.chain.held()


async def _open(runtime: Runtime, owner: int, kind: AccountKind) -> int:
    opened = (await runtime.submit(OpenAccount(owner, kind))).events[0]
    assert isinstance(opened, AccountOpened)
    return opened.account


@asynccontextmanager
async def bench(
    directory: Path,
    *,
    held: int = 1_000_000_000,
    family: Family = Family.EVM,
    houses: Sequence[int] = (FEES_ACCOUNT,),
    chain: type[MortalChain] = MortalChain,
) -> AsyncIterator[Bench]:
    """Run the books; the hot address holds what someone deposited, and the house a little of its own."""
    url = f"sqlite:///{directory / 'rialto.sqlite'}"
    migrate(url)
    engine, reader = open_engine(url, Access.REBUILDABLE), open_engine(url, Access.READ_ONLY, connections=4)
    async with running(directory / "journal") as runtime:
        projector = Projector(engine, lag_max=10_000, products=(PayoutProjection(), WithdrawalProjection()))
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        # However busy the machine is: no test here is about a database that is behind.
        history = History(reader, projector, lambda: runtime.last_sequence, watermark_timeout_s=600)
        for asset in ("LTC", "USDT"):
            await runtime.submit(RegisterAsset(asset))
        account = await _open(runtime, 1, AccountKind(AccountClass.SPOT))
        custody = await _open(runtime, HOUSE_OWNER, AccountKind(AccountClass.CUSTODY, 7))
        made = chain(network(family))
        made.pay(HOT.address, held)
        made.mine()
        await _post(runtime, account, held - 100_000)
        for house in houses:
            await _post(runtime, house, 100_000 // len(houses))
        # What came in from outside lies on the chain.
        await _post(runtime, custody, -held)
        yield Bench(runtime, history, made, account, custody, TestSigner(Fate()))
        history.close()
        await projector.close(5)
    engine.dispose()
    reader.dispose()


async def _post(runtime: Runtime, account: int, units: int) -> None:
    sign_ = "-" if units < 0 else ""
    text = f"{sign_}{abs(units) // 100_000_000}.{abs(units) % 100_000_000:08d}"
    await runtime.submit(Post(account, LTC, text, PostingReason.ADJUSTMENT))


def paid(chain: ModelChain, address: str = "ltc:theirs") -> int:
    """What somebody outside has received."""
    return chain.balance(address)


__all__ = [
    "COIN",
    "FEES_ACCOUNT",
    "HOT",
    "LTC",
    "TREASURY_ACCOUNT",
    "Bench",
    "Fate",
    "Killed",
    "Payment",
    "bench",
    "paid",
]
