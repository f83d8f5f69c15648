"""What people do with their withdrawals in a browser: confirm, take back; and with the list of addresses they allow.

Whatever could let money go elsewhere takes a session that has stepped up, is written down and told by mail.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.allow_list import AddressListed, AllowList, AllowListFull, Entry, NoSuchEntry
from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.confirming import ConfirmationCodes
from rialto.custody.withdrawals.declarations import Address, Coin, NetworkName, Tag
from rialto.custody.withdrawals.model import KIND
from rialto.custody.withdrawals.ports import Chains
from rialto.custody.withdrawals.requesting import Given
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.record import Doer, SecurityRecord
from rialto.identity.factors.factors import Factors
from rialto.projections.decisions import Decisions
from rialto.wire.decimals import shortened, to_text
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Boolean, Integer, Text, line
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.people_errors import PeopleError
from rialto.wire.wallet_errors import WalletError

WEIGHT: Final = 10

Id = Annotated[str, Text("^[0-9a-f]{32}$")]
Label = Annotated[str, Text(line(64))]


class CancelParameters(Parameters, frozen=True):
    """Which withdrawal."""

    withdrawal_id: Id


class ConfirmParameters(Parameters, frozen=True):
    """Which withdrawal, and the code that was mailed."""

    withdrawal_id: Id
    code: Annotated[str, Text("^[0-9]{1,16}$")]


class ListParameters(Parameters, frozen=True):
    """An address to be allowed; without a coin, for every asset of the network."""

    network: NetworkName
    address: Address
    address_tag: Tag | None = None
    coin: Coin | None = None
    name: Label | None = None
    origin: Label | None = None


class UnlistParameters(Parameters, frozen=True):
    """Which entry of the list."""

    id: Annotated[int, Integer()]


class SwitchParameters(Parameters, frozen=True):
    """Whether only listed addresses are paid."""

    enabled: Annotated[bool, Boolean()]


class Done(msgspec.Struct, frozen=True):
    """It is so."""


class AllowedAddress(msgspec.Struct, frozen=True, rename="camel"):
    """An address on the list. Times are in milliseconds."""

    id: int
    network: str
    coin: str
    address: str
    address_tag: str
    name: str
    origin: str
    added_at: int
    usable_from: int


class AllowedAddresses(msgspec.Struct, frozen=True, rename="camel"):
    """The list, and whether only what is on it is paid."""

    enabled: bool
    addresses: list[AllowedAddress]


def _declare(method: str, path: str, summary: str, response: Any, parameters: Any = NoParameters) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/account/v1/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=WEIGHT,
        security=Security.SESSION,
    )


CANCEL: Final = _declare("DELETE", "withdrawals", "Take a withdrawal back.", Done, CancelParameters)
CONFIRM: Final = _declare("POST", "withdrawals/confirm", "Confirm a withdrawal by code.", Done, ConfirmParameters)
LISTED: Final = _declare("GET", "allow-list", "List the addresses you allow.", AllowedAddresses)
ALLOW: Final = _declare("POST", "allow-list", "Allow an address; usable after a day.", AllowedAddress, ListParameters)
DISALLOW: Final = _declare("DELETE", "allow-list", "Take an address off the list.", Done, UnlistParameters)
SWITCH: Final = _declare("PUT", "allow-list", "Pay only addresses on the list, or any.", Done, SwitchParameters)

PEOPLE_WITHDRAWAL_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (CANCEL, CONFIRM, LISTED, ALLOW, DISALLOW, SWITCH)


class PeopleWithdrawals:
    """Serves them."""

    def __init__(
        self,
        decisions: Decisions,
        chains: Chains,
        allow_list: AllowList,
        codes: ConfirmationCodes,
        factors: Factors,
        record: SecurityRecord,
        settings: WithdrawalSettings,
        now_us: Callable[[], int],
    ) -> None:
        self._decisions = decisions
        self._chains = chains
        self._allow_list = allow_list
        self._codes = codes
        self._factors = factors
        self._record = record
        self._settings = settings
        self._delay_us = settings.allow_list_delay_seconds * 1_000_000
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(CANCEL, self.cancel),
            Route(CONFIRM, self.confirm),
            Route(LISTED, self.listed),
            Route(ALLOW, self.allow),
            Route(DISALLOW, self.disallow),
            Route(SWITCH, self.switch),
        ]

    async def guard(self, call: Call) -> bool:
        """Demand that a session has stepped up; tell whether its person must also confirm by mail.

        Errors: `ApiError` -41201.
        """
        call.require_step_up()
        if not call.is_of_browser:
            return False
        return not await asyncio.to_thread(self._factors.required_for, call.owner)

    async def taken(self, call: Call, given: Given) -> None:
        """Write down that a withdrawal was asked for; mail the code where it must be confirmed."""
        request = given.withdrawal.request
        doer = Doer(call)
        what = f"{given.id} {request.coin} to {request.address}"
        await asyncio.to_thread(self._record.note, doer, "withdrawal.request", "done", what)
        if not given.withdrawal.is_confirmed:
            await asyncio.to_thread(self._mail_code, doer, given)

    def _mail_code(self, doer: Doer, given: Given) -> None:
        request = given.withdrawal.request
        expires_at_us = self._now_us() + self._settings.code_seconds * 1_000_000
        code = self._codes.make(given.id, doer.owner, expires_at_us)
        self._record.tell(
            doer,
            "confirm-withdrawal",
            code=code,
            minutes=self._settings.code_seconds // 60,
            amount=shortened(to_text(request.units), 0).rstrip("."),
            coin=request.coin,
            destination=request.address,
        )

    async def cancel(self, call: Call, parameters: CancelParameters) -> Done:
        """Take a withdrawal back, unless it is being paid."""
        await self._decide(parameters.withdrawal_id, rules.cancel(call.owner, self._now_us()))
        await self._note(call, "withdrawal.cancel", parameters.withdrawal_id)
        return Done()

    async def confirm(self, call: Call, parameters: ConfirmParameters) -> Done:
        """Confirm a withdrawal by the code that was mailed."""
        id_, now_us = parameters.withdrawal_id, self._now_us()
        if not await asyncio.to_thread(self._codes.use, id_, call.owner, parameters.code, now_us):
            await self._note(call, "withdrawal.confirm", id_, "refused")
            raise PeopleError.INVALID_PROOF.error()
        await self._decide(id_, rules.confirm(now_us))
        await self._note(call, "withdrawal.confirm", id_)
        return Done()

    async def listed(self, call: Call, _parameters: NoParameters) -> AllowedAddresses:
        """List the addresses."""
        entries = await asyncio.to_thread(self._allow_list.entries, call.owner)
        is_on = await asyncio.to_thread(self._allow_list.is_on, call.owner)
        return AllowedAddresses(is_on, [self._shown(call, entry) for entry in entries])

    async def allow(self, call: Call, parameters: ListParameters) -> AllowedAddress:
        """Put an address on the list, spelled as its network does."""
        call.require_step_up()
        adapter = self._chains.adapter(parameters.network)
        asset = adapter.network.asset_named(parameters.coin) if adapter and parameters.coin else None
        if adapter is None or (parameters.coin and asset is None):
            raise WalletError.NO_SUCH_ASSET.error()
        contract = None if asset is None else asset.contract
        try:
            address = adapter.canonical(parameters.address, parameters.address_tag, contract)
        except InvalidAddress as invalid:
            raise WalletError.ADDRESS_INVALID.error(str(invalid), form=1) from invalid
        entry = Entry(
            *(0, call.owner, parameters.network, parameters.coin or "", address, parameters.address_tag or ""),
            *(parameters.name or "", parameters.origin or "", True, self._now_us()),
        )
        try:
            entry = await asyncio.to_thread(self._allow_list.add, entry)
        except (AddressListed, AllowListFull) as error:
            raise WalletError.ILLEGAL_ADDRESS.error(str(error), form=1) from error
        await self._changed(call, "allow-list.add", f"{address} was added to the addresses that may be paid")
        return self._shown(call, entry)

    async def disallow(self, call: Call, parameters: UnlistParameters) -> Done:
        """Take an address off the list."""
        call.require_step_up()
        try:
            entry = await asyncio.to_thread(self._allow_list.remove, call.owner, parameters.id)
        except NoSuchEntry as error:
            raise WalletError.ILLEGAL_ADDRESS.error(str(error), form=1) from error
        await self._changed(call, "allow-list.remove", f"{entry.address} was taken off the addresses that may be paid")
        return Done()

    async def switch(self, call: Call, parameters: SwitchParameters) -> Done:
        """Switch the list on, or off: then nothing is paid for a day."""
        call.require_step_up()
        is_on = parameters.enabled
        if await asyncio.to_thread(
            lambda: self._allow_list.switch(call.owner, is_on=is_on, now_us=self._now_us()),
        ):
            await self._changed(
                call, "allow-list.switch", f"the list of addresses was switched {'on' if is_on else 'off'}"
            )
        return Done()

    def _shown(self, call: Call, entry: Entry) -> AllowedAddress:
        return AllowedAddress(
            entry.id,
            entry.network,
            entry.coin,
            entry.address,
            entry.tag,
            entry.name,
            entry.origin,
            call.time(entry.added_at_us),
            call.time(entry.added_at_us + self._delay_us),
        )

    async def _decide(self, id_: str, rule: rules.Rule) -> None:
        try:
            await self._decisions.decide(StreamKey(KIND, id_), rule)
        except rules.NoSuchWithdrawal as error:
            raise WalletError.NO_SUCH_WITHDRAWAL.error() from error
        except rules.NotPossible as error:
            raise WalletError.CANCELLATION_FAILED.error() from error

    async def _changed(self, call: Call, action: str, what: str) -> None:
        doer = Doer(call)
        await asyncio.to_thread(self._record.note, doer, action, "done", what)
        await asyncio.to_thread(self._record.tell, doer, "allow-list-changed", what=what)

    async def _note(self, call: Call, action: str, detail: str, result: str = "done") -> None:
        await asyncio.to_thread(self._record.note, Doer(call), action, result, detail)
