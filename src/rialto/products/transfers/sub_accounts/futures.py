"""The futures accounts of sub-accounts, as their master and their investor see them.

Futures are not traded yet: accounts can be paid into and out of, and have no positions.
"""

from typing import Any, Final

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import find_symbol
from rialto.identity.sub_accounts import SubAccount
from rialto.products.transfers.accounts import Accounts, AccountState
from rialto.products.transfers.sub_accounts import futures_declarations as declared
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.move_declarations import FUTURES
from rialto.products.transfers.sub_accounts.parameters import (
    USD_MARGINED,
    EmailParameters,
    FuturesParameters,
    figure,
)
from rialto.products.transfers.worth import BITCOIN, DOLLAR, Worth
from rialto.wire.wallet_errors import WalletError

FEE_TIER: Final = 0


class FuturesViews:
    """Shows futures accounts. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(self, runtime: Runtime, members: Members, accounts: Accounts, worth: Worth) -> None:
        self._runtime = runtime
        self._members = members
        self._accounts = accounts
        self._worth = worth

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(declared.ACCOUNT, self.account),
            Route(declared.TYPED_ACCOUNT, self.typed_account),
            Route(declared.SUMMARY, self.summary),
            Route(declared.TYPED_SUMMARY, self.typed_summary),
            Route(declared.POSITIONS, self.positions),
            Route(declared.TYPED_POSITIONS, self.typed_positions),
            Route(declared.MOVE, self.move),
            Route(declared.MOVES, self.moves),
            Route(declared.MANAGED_FUTURES, self.managed),
        ]

    async def account(self, call: Call, parameters: EmailParameters) -> declared.FuturesAccount:
        """Show the account margined in dollars."""
        member = await self._members.member(call, parameters.email)
        state = await self._state(member.owner, USD_MARGINED)
        return declared.FuturesAccount(email=member.email, asset=DOLLAR, **self._dollars(call, member, state))

    async def typed_account(
        self, call: Call, parameters: FuturesParameters
    ) -> declared.UsdFutures | declared.CoinFutures:
        """Show the account margined in dollars, or in coins."""
        member = await self._members.member(call, parameters.email)
        state = await self._state(member.owner, parameters.futures_type)
        if parameters.futures_type == USD_MARGINED:
            return declared.UsdFutures(
                declared.FuturesAccount(email=member.email, **self._dollars(call, member, state))
            )
        return declared.CoinFutures(
            declared.CoinFuturesAccount(
                email=member.email, assets=self._assets(state), **_standing(call, member, state)
            )
        )

    async def summary(self, call: Call, parameters: declared.SummaryParameters) -> declared.UsdSummary:
        """Show what the accounts margined in dollars come to."""
        return await self._usd_summary(await self._page(call, parameters.page, parameters.limit))

    async def typed_summary(
        self, call: Call, parameters: declared.TypedSummaryParameters
    ) -> declared.UsdSummaries | declared.CoinSummaries:
        """Show what the accounts margined in dollars come to, or those in coins."""
        found = await self._page(call, parameters.page, parameters.limit)
        if parameters.futures_type == USD_MARGINED:
            return declared.UsdSummaries(await self._usd_summary(found))
        sums = [(each.email, await self._sum(each.owner, parameters.futures_type, BITCOIN)) for each in found]
        total = text_of(sum(units for _, units in sums))
        listed = [declared.CoinTotal(email, text_of(units), text_of(units)) for email, units in sums]
        return declared.CoinSummaries(declared.CoinSummary(total, total, listed))

    async def positions(self, call: Call, parameters: EmailParameters) -> list[declared.Position]:
        """List positions."""
        await self._members.member(call, parameters.email)
        return []

    async def typed_positions(
        self, call: Call, parameters: FuturesParameters
    ) -> declared.UsdPositions | declared.CoinPositions:
        """List positions."""
        await self._members.member(call, parameters.email)
        if parameters.futures_type == USD_MARGINED:
            return declared.UsdPositions([])
        return declared.CoinPositions([])

    async def move(self, call: Call, parameters: declared.MoveParameters) -> declared.MovedPositions:
        """Move positions. Raises `ApiError` -4001: there are none."""
        parent = await self._members.master(call)
        await self._members.named(parent, parameters.from_user_email)
        await self._members.named(parent, parameters.to_user_email)
        raise WalletError.INVALID_OPERATION.error(
            f"{parameters.from_user_email} has no position that could be moved.", form=1
        )

    async def moves(self, call: Call, parameters: declared.MovesParameters) -> declared.MovedHistory:
        """List moved positions. Raises `ApiError` -1121 for an unknown symbol."""
        await self._members.master(call)
        find_symbol(self._runtime.catalog, parameters.symbol)
        return declared.MovedHistory(0, [])

    async def managed(self, call: Call, parameters: declared.ManagedFuturesParameters) -> declared.ManagedFutures:
        """Show what a managed sub-account's futures account holds now."""
        member = await self._members.invested(call, parameters.email)
        state = await self._state(member.owner, parameters.account_type)
        assets = [
            declared.ManagedFuturesAsset(
                self._runtime.catalog.asset(each.asset).name, figure(each.total), figure(each.total)
            )
            for each in state.holdings
        ]
        now = call.time(self._runtime.now_us())
        view = declared.ManagedFuturesView("FUTURES", now, declared.ManagedFuturesState(assets, []))
        return declared.ManagedFutures("200", "OK", [view])

    async def _page(self, call: Call, page: int, limit: int) -> list[SubAccount]:
        parent = await self._members.master(call)
        sub_accounts = self._members.sub_accounts
        return await self._members.read(lambda: sub_accounts.of_parent(parent, skip=(page - 1) * limit, limit=limit))

    async def _usd_summary(self, found: list[SubAccount]) -> declared.UsdSummary:
        sums = [(each.email, await self._sum(each.owner, USD_MARGINED, DOLLAR)) for each in found]
        total = text_of(sum(units for _, units in sums))
        listed = [declared.UsdTotal(email, text_of(units), text_of(units)) for email, units in sums]
        return declared.UsdSummary(total, total, listed)

    async def _sum(self, owner: int, futures_type: int, into: str) -> int:
        return self._worth.of_all((await self._state(owner, futures_type)).holdings, into)

    async def _state(self, owner: int, futures_type: int) -> AccountState:
        return await self._accounts.state(owner, AccountKind(FUTURES[futures_type]))

    def _assets(self, state: AccountState) -> list[declared.FuturesAsset]:
        return [
            declared.FuturesAsset(
                self._runtime.catalog.asset(each.asset).name,
                text_of(each.total),
                text_of(each.free),
                text_of(each.total),
            )
            for each in state.holdings
        ]

    def _dollars(self, call: Call, member: SubAccount, state: AccountState) -> dict[str, Any]:
        total = text_of(self._worth.of_all(state.holdings, DOLLAR))
        free = sum(self._worth.of(each.asset, each.free, DOLLAR) for each in state.holdings)
        return {
            "assets": self._assets(state),
            "max_withdraw_amount": text_of(free),
            "total_margin_balance": total,
            "total_wallet_balance": total,
            **_standing(call, member, state),
        }


def _standing(call: Call, member: SubAccount, state: AccountState) -> dict[str, Any]:
    return {
        "can_deposit": True,
        "can_trade": member.has_futures and member.is_active,
        "can_withdraw": True,
        "fee_tier": FEE_TIER,
        "update_time": call.time(state.changed_at_us),
    }
