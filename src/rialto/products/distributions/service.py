"""Plans, reviews and pays distributions."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import Engine, delete, insert, select

from rialto.contracts.amounts import text_of, units_of
from rialto.contracts.rejections import InsufficientBalance, NoSuchAccountOfOwner
from rialto.contracts.vocabulary import AccountClass, StreamKey
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.distributions import rules
from rialto.products.distributions.model import STREAM_KIND, Event, Planned, Share, State, encode, hash_of, state_of
from rialto.products.distributions.rules import DistributionRefused, legs_of
from rialto.products.distributions.tables import ID_LENGTH_MAX, NAME_LENGTH_MAX, distribution_shares
from rialto.projections.decisions import Decision, Decisions

_log = structlog.stdlib.get_logger(__name__)


class DistributionService:
    """Plans, reviews and pays."""

    def __init__(self, runtime: Runtime, decisions: Decisions, engine: Engine) -> None:
        """`engine` holds the lists of shares."""
        self._runtime = runtime
        self._decisions = decisions
        self._engine = engine

    async def plan(self, identity: str, name: str, asset: int, shares: Mapping[int, int], by: str) -> State:
        """Write down who gets how much, in units of 1e-8 by owner; owners without a spot account get none.

        Errors: `DistributionRefused`, those of `Decisions.decide`.
        """
        if not 1 <= len(identity) <= ID_LENGTH_MAX or not identity.isascii() or not identity.isprintable():
            raise DistributionRefused(f"{identity[:60]!r} is no id: give 1 to {ID_LENGTH_MAX} printable characters")
        if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable():
            raise DistributionRefused(f"{name[:90]!r} is no name: give 1 to {NAME_LENGTH_MAX} printable characters")
        listed = [
            Share(owner, account, units)
            for owner, units in sorted(shares.items())
            if units > 0 and (account := await self._account_of(owner)) is not None
        ]
        total = sum(share.units for share in listed)
        planned = Planned(name, asset, total, len(listed), hash_of(listed), by, self._runtime.now_us())
        state = state_of(await self._decisions.events(_stream(identity)))
        rules.plan(state, planned)
        await asyncio.to_thread(self._keep, identity, listed)
        return await self._decide(identity, lambda found: rules.plan(found, planned))

    async def approve(self, identity: str, by: str) -> State:
        """Agree to a plan that somebody else made. Errors: `DistributionRefused`, those of `Decisions.decide`."""
        at_us = self._runtime.now_us()
        return await self._decide(identity, lambda found: rules.approve(found, by, at_us))

    async def drop(self, identity: str, by: str) -> State:
        """Say that it will not be paid. Errors: `DistributionRefused`, those of `Decisions.decide`."""
        at_us = self._runtime.now_us()
        return await self._decide(identity, lambda found: rules.drop(found, by, at_us))

    async def pay(self, identity: str) -> State:
        """Pay everything that is not paid yet, batch by batch; asked again after a crash, it goes on.

        Errors: `DistributionRefused`, also when the house has too little; those of `Decisions.decide`. What was paid
        until then is paid.
        """
        shares = await asyncio.to_thread(self._shares, identity)
        while True:
            at_us = self._runtime.now_us()

            def rule(payloads: Sequence[bytes], at_us: int = at_us) -> Decision | None:
                batch = rules.next_batch(state_of(payloads), shares, at_us)
                return None if batch is None else Decision(encode(batch), legs_of(batch))

            try:
                decided = await self._decisions.decide(_stream(identity), rule)
            except CommandRefused as refused:
                if isinstance(refused.rejection, InsufficientBalance):
                    raise DistributionRefused(
                        "the rewards account of the house holds too little; move what is missing there and pay again"
                    ) from refused
                raise
            if decided is None:
                state = await self.state(identity)
                _log.info("distribution paid", distribution=identity, shares=state.paid)
                return state

    async def state(self, identity: str) -> State:
        """Tell where a distribution is."""
        return state_of(await self._decisions.events(_stream(identity)))

    async def shares(self, identity: str) -> list[Share]:
        """List who gets how much, by owner."""
        return await asyncio.to_thread(self._shares, identity)

    async def _account_of(self, owner: int) -> int | None:
        try:
            return await self._runtime.account_of(owner, AccountClass.SPOT)
        except CommandRefused as refused:
            if isinstance(refused.rejection, NoSuchAccountOfOwner):
                return None
            raise

    async def _decide(self, identity: str, decide: Callable[[State], Event]) -> State:
        def rule(payloads: Sequence[bytes]) -> Decision:
            return Decision(encode(decide(state_of(payloads))))

        await self._decisions.decide(_stream(identity), rule)
        return await self.state(identity)

    def _keep(self, identity: str, shares: Sequence[Share]) -> None:
        table = distribution_shares
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.distribution == identity))
            if shares:
                rows = [
                    {
                        "distribution": identity,
                        "owner": share.owner,
                        "account": share.account,
                        "amount": text_of(share.units),
                    }
                    for share in shares
                ]
                connection.execute(insert(table), rows)

    def _shares(self, identity: str) -> list[Share]:
        table = distribution_shares.c
        statement = select(table.owner, table.account, table.amount).where(table.distribution == identity)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(table.owner)).all()
        return [Share(owner, account, units_of(amount)) for owner, account, amount in rows]


def _stream(identity: str) -> StreamKey:
    return StreamKey(STREAM_KIND, identity)
