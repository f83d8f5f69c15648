"""Transfers within a family: by the master between any of its accounts, by a sub-account away from its own.

What a managed sub-account holds is its investor's: it moves between that sub-account's own accounts, and to and from
its investor, and no other way.
"""

from typing import Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import find_symbol
from rialto.identity.sub_accounts import SubAccount
from rialto.products.transfers.model import Channel, Place, Transfer
from rialto.products.transfers.parameters import find_asset
from rialto.products.transfers.plans.model import DAY_US, due_day
from rialto.products.transfers.plans.service import Plans, TooManyPlans
from rialto.products.transfers.refusals import REFUSED, of_transfer
from rialto.products.transfers.rules import NothingToMove
from rialto.products.transfers.service import Transfers
from rialto.products.transfers.sub_accounts.members import Members, owner_of
from rialto.products.transfers.sub_accounts.move_declarations import (
    BETWEEN_FUTURES,
    DIVEST,
    FUTURES,
    FUTURES_MOVE,
    INVEST,
    MARGIN_MOVE,
    TO_MASTER,
    TO_SIBLING,
    UNIVERSAL,
    BetweenFuturesParameters,
    DivestParameters,
    FuturesMoveParameters,
    InvestParameters,
    MarginMoveParameters,
    Moved,
    MovedFutures,
    MovedManaged,
    MovedUniversally,
    ToMasterParameters,
    ToSiblingParameters,
    UniversalParameters,
)
from rialto.wire import errors
from rialto.wire.decimals import to_units
from rialto.wire.wallet_errors import WalletError

_SPOT, _USD, _COIN = AccountClass.SPOT, AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES
_FUTURES_WAYS: Final = {1: (_SPOT, _USD), 2: (_USD, _SPOT), 3: (_SPOT, _COIN), 4: (_COIN, _SPOT)}
_MARGIN_WAYS: Final = {1: (_SPOT, AccountClass.CROSS_MARGIN), 2: (AccountClass.CROSS_MARGIN, _SPOT)}
_NEED_LEAVE: Final = (_USD, _COIN)

AHEAD_US_MAX: Final = 366 * DAY_US
"""How far ahead the day may lie on which a managed sub-account is drawn on."""


class Moves:
    """Moves amounts within families.

    All raise `ApiError`: -4006 and -5021 for who may not ask, -4018 unknown asset, -5007 nothing to move, -5010 no such
    route, -5011 futures not allowed yet, -5013 insufficient balance.
    """

    def __init__(self, runtime: Runtime, members: Members, transfers: Transfers, plans: Plans) -> None:
        self._runtime = runtime
        self._members = members
        self._transfers = transfers
        self._plans = plans

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(FUTURES_MOVE, self.futures_move),
            Route(MARGIN_MOVE, self.margin_move),
            Route(BETWEEN_FUTURES, self.between_futures),
            Route(UNIVERSAL, self.universal),
            Route(TO_MASTER, self.to_master),
            Route(TO_SIBLING, self.to_sibling),
            Route(INVEST, self.invest),
            Route(DIVEST, self.divest),
        ]

    async def futures_move(self, call: Call, parameters: FuturesMoveParameters) -> Moved:
        """Move between the spot and futures accounts of a sub-account."""
        return await self._within(call, parameters, _FUTURES_WAYS[parameters.type])

    async def margin_move(self, call: Call, parameters: MarginMoveParameters) -> Moved:
        """Move between the spot and margin accounts of a sub-account."""
        return await self._within(call, parameters, _MARGIN_WAYS[parameters.type])

    async def _within(
        self,
        call: Call,
        parameters: FuturesMoveParameters | MarginMoveParameters,
        way: tuple[AccountClass, AccountClass],
    ) -> Moved:
        member = await self._members.member(call, parameters.email)
        source, destination = (self._place(member, AccountKind(each)) for each in way)
        made = await self._move(call, call.owner, source, destination, parameters, Channel.WITHIN_MEMBER)
        return Moved(str(made))

    async def between_futures(self, call: Call, parameters: BetweenFuturesParameters) -> MovedFutures:
        """Move between futures accounts of two members of the family."""
        parent = await self._members.master(call)
        kind = AccountKind(FUTURES[parameters.futures_type])
        source = self._place(_unmanaged(await self._members.named(parent, parameters.from_email)), kind)
        destination = self._place(_unmanaged(await self._members.named(parent, parameters.to_email)), kind)
        made = await self._move(call, parent, source, destination, parameters, Channel.FUTURES)
        return MovedFutures(True, str(made))

    async def universal(self, call: Call, parameters: UniversalParameters) -> MovedUniversally:
        """Move between any accounts of the family; once, however often a client's own id is sent.

        Raises `ApiError` -1130 when another transfer has the id.
        """
        parent = await self._members.master(call)
        giver = await self._members.named(parent, parameters.from_email)
        taker = await self._members.named(parent, parameters.to_email)
        if owner_of(giver) != owner_of(taker):
            giver, taker = _unmanaged(giver), _unmanaged(taker)
        source = self._place(giver, self._kind(parameters.from_account_type, parameters.symbol))
        destination = self._place(taker, self._kind(parameters.to_account_type, parameters.symbol))
        client_id = parameters.client_tran_id
        made = await self._move(call, parent, source, destination, parameters, Channel.FAMILY, client_id)
        return MovedUniversally(made, msgspec.UNSET if client_id is None else client_id)

    async def to_master(self, call: Call, parameters: ToMasterParameters) -> Moved:
        """Give to the master, from spot to spot."""
        member = _unmanaged(await self._members.caller(call))
        assert isinstance(member, SubAccount)
        spot = AccountKind(AccountClass.SPOT)
        source, destination = Place(member.owner, spot), Place(member.parent, spot)
        return Moved(str(await self._move(call, member.parent, source, destination, parameters, Channel.SPOT)))

    async def to_sibling(self, call: Call, parameters: ToSiblingParameters) -> Moved:
        """Give to a sub-account of the same master, from spot to spot."""
        member = _unmanaged(await self._members.caller(call))
        assert isinstance(member, SubAccount)
        sibling = _unmanaged(await self._members.member_of(member.parent, parameters.to_email))
        spot = AccountKind(AccountClass.SPOT)
        source, destination = Place(member.owner, spot), Place(owner_of(sibling), spot)
        return Moved(str(await self._move(call, member.parent, source, destination, parameters, Channel.SPOT)))

    async def invest(self, call: Call, parameters: InvestParameters) -> MovedManaged:
        """Put into a managed sub-account, from spot to spot."""
        member = await self._members.invested(call, parameters.to_email)
        spot = AccountKind(AccountClass.SPOT)
        source, destination = Place(call.owner, spot), Place(member.owner, spot)
        made = await self._move(call, member.parent, source, destination, parameters, Channel.MANAGED)
        return MovedManaged(made)

    async def divest(self, call: Call, parameters: DivestParameters) -> MovedManaged:
        """Take out of a managed sub-account, from spot to spot: now, or when a later day (of UTC) begins.

        Raises `ApiError` -1130 for a day more than a year ahead, -4001 where too many wait for their day.
        """
        member = await self._members.invested(call, parameters.from_email)
        spot = AccountKind(AccountClass.SPOT)
        source, destination = Place(member.owner, spot), Place(call.owner, spot)
        now_us = self._members.now_us()
        due_us = 0 if parameters.transfer_date is None else due_day(parameters.transfer_date)
        if due_us > now_us:
            if due_us > now_us + AHEAD_US_MAX:
                raise errors.invalid_value("transferDate")
            return MovedManaged(await self._plan(call, member.parent, source, destination, parameters, due_us))
        made = await self._move(call, member.parent, source, destination, parameters, Channel.MANAGED)
        return MovedManaged(made)

    async def _plan(
        self, call: Call, family: int, source: Place, destination: Place, parameters: DivestParameters, due_us: int
    ) -> int:
        transfer = self._asked(call, family, source, destination, parameters, Channel.MANAGED)
        if not to_units(transfer.amount):
            raise of_transfer(NothingToMove())
        try:
            return await self._plans.plan(transfer, due_us, call.check_window)
        except TooManyPlans as many:
            raise WalletError.INVALID_OPERATION.error(f"{str(many).capitalize()}.", form=1) from many

    async def _move(
        self,
        call: Call,
        family: int,
        source: Place,
        destination: Place,
        parameters: Any,
        channel: Channel,
        client_id: str | None = None,
    ) -> int:
        transfer = self._asked(call, family, source, destination, parameters, channel, client_id)
        try:
            return await self._transfers.move(transfer, call.check_window)
        except REFUSED as refused:
            raise of_transfer(refused) from refused

    def _asked(
        self,
        call: Call,
        family: int,
        source: Place,
        destination: Place,
        parameters: Any,
        channel: Channel,
        client_id: str | None = None,
    ) -> Transfer:
        return Transfer(
            family=family,
            asked_by=call.owner,
            source=source,
            destination=destination,
            asset=find_asset(self._runtime.catalog, parameters.asset).id,
            amount=parameters.amount,
            channel=channel,
            client_id=client_id,
        )

    def _place(self, named: int | SubAccount, kind: AccountKind) -> Place:
        """Return an account of a member. Raises `ApiError` -5011 for futures that a sub-account may not trade yet."""
        if isinstance(named, SubAccount) and kind.account_class in _NEED_LEAVE and not named.has_futures:
            raise WalletError.NO_FUTURES_ACCOUNT.error()
        return Place(owner_of(named), kind)

    def _kind(self, account_class: AccountClass, symbol: str | None) -> AccountKind:
        if account_class is not AccountClass.ISOLATED_MARGIN:
            return AccountKind(account_class)
        assert symbol is not None, "the parameters were checked"
        return AccountKind(account_class, find_symbol(self._runtime.catalog, symbol).id)


def _unmanaged(named: int | SubAccount) -> int | SubAccount:
    """Refuse to touch what a managed sub-account holds for its investor. Raises `ApiError` -4001."""
    if isinstance(named, SubAccount) and named.is_managed:
        raise WalletError.INVALID_OPERATION.error(
            "What a managed sub-account holds is its investor's to put in and take out.", form=1
        )
    return named
