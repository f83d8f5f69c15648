"""Transfers: find the accounts, decide, record; again when someone else of the family was quicker.

A family's transfers are one stream, so that the core remembers one version for each family and not one for each
transfer. What is decided depends on nothing the stream holds but the ids clients gave, and these are looked up in the
table: after the version the decision is based on was learnt, so that whoever wrote the same id first is seen or makes
this version stale. Transfers without an id read nothing.

State: the newest known version of streams used lately, and a lock for each family that has transfers under way here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from sqlalchemy import select

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Record
from rialto.contracts.rejections import StaleVersion
from rialto.contracts.vocabulary import StreamKey
from rialto.core.errors import CommandRefused, RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.products.transfers import rules
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.model import STREAM_KIND, Transfer, TransferRecord
from rialto.products.transfers.tables import transfers
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import to_units

ATTEMPTS_MAX: Final = 20
FAMILIES_KEPT_MAX: Final = 10_000


class NoFunds(Exception):
    """The source holds nothing, or has no such account."""


class ClientIdTaken(Exception):
    """Another transfer of the family has the id."""


class Transfers:
    """Moves amounts between accounts of a family."""

    def __init__(self, runtime: Runtime, history: History, accounts: Accounts) -> None:
        self._runtime = runtime
        self._history = history
        self._accounts = accounts
        self._versions: OrderedDict[int, int] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def move(self, transfer: Transfer, check: Callable[[], None]) -> int:
        """Move what is asked for and return the transfer's number; the number of the first where the client repeats it.

        `check` is called just before a command is submitted and may refuse. Errors: what it raises; `NothingToMove`,
        `SamePlace` and `RouteClosed` of the rules; `NoFunds` and `ClientIdTaken`; `CommandRefused`, of which an
        insufficient balance is the usual one; `RuntimeBusy`, `RuntimeStopped`, and those of `History`.
        """
        units = to_units(transfer.amount)
        rules.check_route(transfer)
        if units <= 0:
            raise rules.NothingToMove
        if transfer.source == transfer.destination:
            raise rules.SamePlace
        source = await self._accounts.find(transfer.source.owner, transfer.source.kind)
        if source is None:
            raise NoFunds
        check()
        destination = await self._accounts.opened(transfer.destination.owner, transfer.destination.kind)
        decision = rules.decide(transfer, units, source, destination)
        lock = self._locks.setdefault(transfer.family, asyncio.Lock())
        async with lock:
            for attempt in range(ATTEMPTS_MAX):
                expected = self._versions.get(transfer.family, 0)
                earlier = await self._find(transfer, units)
                if earlier is not None:
                    return earlier
                check()
                record = Record(StreamKey(STREAM_KIND, str(transfer.family)), expected, decision.legs, decision.payload)
                try:
                    outcome = await self._runtime.submit(record)
                except CommandRefused as refused:
                    if not isinstance(refused.rejection, StaleVersion):
                        raise
                    self._keep(transfer.family, refused.rejection.actual)
                    await asyncio.sleep(0 if attempt == 0 else 0.002 * attempt)
                    continue
                except BaseException:
                    self._versions.pop(transfer.family, None)
                    raise
                self._keep(transfer.family, expected + 1)
                return outcome.sequence
        raise RuntimeBusy(f"{ATTEMPTS_MAX} others were quicker on the transfers of family {transfer.family}; try again")

    async def _find(self, transfer: Transfer, units: int) -> int | None:
        """Return the number of the transfer that has the client's id. Errors: `ClientIdTaken` if it is another one."""
        if transfer.client_id is None:
            return None
        c = transfers.c
        page = Page(
            select(transfers).where(c.family == transfer.family, c.client_id == transfer.client_id).limit(1),
            newest_first=False,
        )
        for found in await self._history.read(TransferRecord, page):
            if _is_repeated(found, transfer, units):
                return found.transfer
            raise ClientIdTaken
        return None

    def _keep(self, family: int, version: int) -> None:
        self._versions[family] = version
        self._versions.move_to_end(family)
        if len(self._versions) > FAMILIES_KEPT_MAX:
            self._versions.popitem(last=False)


def _is_repeated(found: TransferRecord, transfer: Transfer, units: int) -> bool:
    source, destination = transfer.source, transfer.destination
    return (
        (found.from_owner, found.from_class, found.from_scope)
        == (source.owner, source.kind.account_class.value, source.kind.scope)
        and (found.to_owner, found.to_class, found.to_scope)
        == (destination.owner, destination.kind.account_class.value, destination.kind.scope)
        and (found.asset, found.amount, found.channel) == (transfer.asset, text_of(units), transfer.channel)
    )
