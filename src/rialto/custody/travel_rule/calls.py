"""The API's calls about the travel rule: withdrawals with what is said about them, and deposits that wait for it.

Under the rule of a country nothing is withdrawn without an answer to its questionnaire, and what came in from a chain
cannot be withdrawn until it is said whom it is from.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pycountry

from rialto.contracts.amounts import units_of
from rialto.custody.deposits.history import DepositHistory, ListedDeposit, Status, Wanted
from rialto.custody.deposits.routes import INTERNAL, DepositCalls, HistoricalDeposit, HistoryParameters
from rialto.custody.travel_rule import declarations as d
from rialto.custody.travel_rule.parties import PartyScreening, concerns_of
from rialto.custody.travel_rule.questionnaires import (
    InvalidQuestionnaire,
    read_pii,
    read_receiving,
    read_sending,
)
from rialto.custody.travel_rule.records import Direction, Record, Records, Said
from rialto.custody.travel_rule.thresholds import Asks, Thresholds
from rialto.custody.withdrawals.declarations import WithdrawParameters
from rialto.custody.withdrawals.reading import Wanted as WantedWithdrawals
from rialto.custody.withdrawals.reading import WithdrawalReading
from rialto.custody.withdrawals.routes import WithdrawalRoutes
from rialto.foundation.settings.verification import VerificationSettings
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.people import People
from rialto.wire import errors
from rialto.wire.decimals import to_units
from rialto.wire.errors import ApiError
from rialto.wire.parameters import NoParameters
from rialto.wire.wallet_errors import WalletError

NOBODYS_RULE: Final = "NIL"
WITHDRAWN: Final = "Withdraw request accepted"
TOLD: Final = "Deposit questionnaire accepted."
COMPLETED: Final = 0
PENDING: Final = 1
STATUS_WORDS: Final = {COMPLETED: "COMPLETED", PENDING: "PENDING"}


class Untold:
    """Knows what of an owner's deposits may not leave, because nobody said whom it is from."""

    def __init__(self, records: Records, history: DepositHistory, thresholds: Thresholds) -> None:
        self._records = records
        self._history = history
        self._thresholds = thresholds

    async def locked_for_withdrawal(self, owner: int, asset: str) -> int:
        """Tell how much of an asset may not be withdrawn yet, in units of 1e-8, for this or another reason."""
        locked = await self._history.locked_for_withdrawal(owner, asset)
        asks = await asyncio.to_thread(self._thresholds.of_owner, owner)
        told = await asyncio.to_thread(self._records.told, owner, Direction.DEPOSIT)
        found = await self._history.of(owner, Wanted(asset=asset, status=Status.SUCCESS))
        rows = (each.row for each in found if not each.row.is_internal and str(each.row.number) not in told)
        amounts = [units_of(row.units) for row in rows if row.units is not None]
        return locked + sum(units for units in amounts if asks(asset, units))


class TravelRuleCalls:
    """Serves them."""

    def __init__(
        self,
        records: Records,
        withdrawals: WithdrawalRoutes,
        reading: WithdrawalReading,
        deposits: DepositCalls,
        history: DepositHistory,
        people: People,
        settings: VerificationSettings,
        screening: PartyScreening,
        thresholds: Thresholds,
        now_us: Callable[[], int],
    ) -> None:
        self._screening = screening
        self._thresholds = thresholds
        self._records = records
        self._withdrawals = withdrawals
        self._reading = reading
        self._deposits = deposits
        self._history = history
        self._people = people
        self._settings = settings
        self._vasps = frozenset(settings.vasps)
        self._refused = frozenset(settings.refused_countries)
        self._now_us = now_us
        self._since_us = now_us()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(d.APPLY, self.apply),
            Route(d.BROKER_APPLY, self.broker_apply),
            Route(d.PROVIDE, self.provide),
            Route(d.PROVIDE_V2, self.provide_v2),
            Route(d.BROKER_PROVIDE, self.broker_provide),
            Route(d.REQUIREMENTS, self.requirements),
            Route(d.COUNTRIES, self.countries),
            Route(d.REGIONS, self.regions),
            Route(d.VASPS, self.vasps),
            Route(d.WITHDRAWALS, self.withdrawals),
            Route(d.WITHDRAWALS_V2, self.withdrawals),
            Route(d.DEPOSITS, self.deposits),
            Route(d.DEPOSITS_V2, self.deposits_v2),
        ]

    async def apply(self, call: Call, parameters: d.TravelWithdrawParameters) -> d.Accepted:
        """Withdraw."""
        return await self._withdraw(call, parameters, Said(parameters.questionnaire))

    async def broker_apply(self, call: Call, parameters: d.BrokerWithdrawParameters) -> d.Accepted:
        """Withdraw for a customer: out of the broker's own account."""
        said = Said(parameters.questionnaire, parameters.originator_pii)
        asked = WithdrawParameters(
            coin=parameters.coin,
            address=parameters.address,
            amount=parameters.amount,
            withdraw_order_id=parameters.withdraw_order_id,
            network=parameters.network,
            address_tag=parameters.address_tag,
            transaction_fee_flag=parameters.transaction_fee_flag,
            name=parameters.address_name,
            wallet_type=parameters.wallet_type,
        )
        return await self._withdraw(call, asked, said)

    async def provide(self, call: Call, parameters: d.ProvideParameters) -> d.Accepted:
        """Take what is said about a deposit."""
        return await self._provide(call.owner, parameters.tran_id, Said(parameters.questionnaire))

    async def provide_v2(self, call: Call, parameters: d.ProvideParametersV2) -> d.Accepted:
        """Take what is said about a deposit."""
        return await self._provide(call.owner, parameters.deposit_id, Said(parameters.questionnaire))

    async def broker_provide(self, call: Call, parameters: d.BrokerProvideParameters) -> d.Accepted:
        """Take what is said about the deposit of a sub-account."""
        customer = int(parameters.sub_account_id)
        person = await asyncio.to_thread(self._people.find, customer)
        if person is None or person.parent != call.owner:
            raise WalletError.NO_RELATION.error()
        said = Said(parameters.questionnaire, parameters.beneficiary_pii)
        return await self._provide(customer, parameters.deposit_id, said)

    async def requirements(self, _call: Call, _parameters: NoParameters) -> d.Requirements:
        """Tell whose questionnaire is asked."""
        return d.Requirements(self._settings.questionnaire_country or NOBODYS_RULE)

    async def countries(self, call: Call, _parameters: NoParameters) -> d.Countries:
        """List countries."""
        listed = [
            d.CountryLine(each.alpha_2.lower(), each.name, *self._standing(each.alpha_2), has_region_restrictions=False)
            for each in pycountry.countries
        ]
        return d.Countries(listed, call.time(self._since_us))

    async def regions(self, call: Call, parameters: d.RegionParameters) -> d.Regions:
        """List the regions of a country."""
        code = parameters.country_code.upper()
        if pycountry.countries.get(alpha_2=code) is None:
            raise errors.invalid_value("countryCode")
        found = [each for each in pycountry.subdivisions if each.country_code == code]
        listed = [d.RegionLine(each.name, *self._standing(code)) for each in sorted(found, key=lambda one: one.name)]
        return d.Regions(code.lower(), listed, call.time(self._since_us))

    async def vasps(self, _call: Call, _parameters: NoParameters) -> list[d.VaspLine]:
        """List counterparts."""
        return [d.VaspLine(name, code, code) for code, name in sorted(self._settings.vasps.items())]

    async def withdrawals(self, call: Call, parameters: d.WithdrawalsParameters) -> list[d.TravelWithdrawal]:
        """List withdrawals about which something was said."""
        if parameters.travel_rule_status not in (None, COMPLETED):
            return []
        numbers = None if parameters.tr_id is None else [int(each) for each in parameters.tr_id.split(",")]
        owner = call.owner
        records = await asyncio.to_thread(self._records.of_owner, owner, Direction.WITHDRAWAL, numbers)
        wanted = WantedWithdrawals(
            coin=parameters.coin,
            ids=list(records),
            start_us=parameters.start_time,
            end_us=parameters.end_time,
        )
        found = []
        for row in await self._reading.of_owner(owner, wanted):
            shown = self._withdrawals.record(row)
            if parameters.network not in (None, row.network) or not _is_among(shown.tx_id, parameters.tx_id):
                continue
            if _is_among(row.client_id or "", parameters.withdraw_order_id):
                found.append(_withdrawal(msgspec.structs.asdict(shown), records[row.id]))
        return found[parameters.offset : parameters.offset + parameters.limit]

    async def deposits(self, call: Call, parameters: d.DepositsParameters) -> list[d.TravelDeposit]:
        """List deposits."""
        records = await self._told(call.owner)
        asks = await asyncio.to_thread(self._thresholds.of_owner, call.owner)
        asked = HistoryParameters(coin=parameters.coin, start_time=parameters.start_time, end_time=parameters.end_time)
        found = []
        for each in await self._deposits.of_owner(call, call.owner, asked):
            line = self._deposit(each, records.get(each.id), asks)
            matches = (
                _is_among(each.tx_id, parameters.tx_id)
                and _is_among(str(line.tr_id), parameters.tr_id)
                and _is_among(each.id, parameters.tran_id)
                and parameters.network in (None, each.network)
                and parameters.travel_rule_status in (None, line.travel_rule_status)
                and parameters.pending_questionnaire in (None, line.require_questionnaire)
            )
            if matches:
                found.append(line)
        return found[parameters.offset : parameters.offset + parameters.limit]

    async def deposits_v2(self, call: Call, parameters: d.DepositsParametersV2) -> list[d.TravelDepositV2]:
        """List deposits."""
        records = await self._told(call.owner)
        asks = await asyncio.to_thread(self._thresholds.of_owner, call.owner)
        asked = HistoryParameters(coin=parameters.coin, start_time=parameters.start_time, end_time=parameters.end_time)
        found = []
        for each in await self._deposits.of_owner(call, call.owner, asked):
            is_it = parameters.deposit_id in (None, int(each.id)) and parameters.network in (None, each.network)
            if is_it and _is_among(each.tx_id, parameters.tx_id):
                record = records.get(each.id)
                shows = parameters.retrieve_questionnaire and record is not None
                answers = msgspec.json.decode(record.said.questionnaire) if shows and record is not None else None
                found.append(_deposit_v2(self._deposit(each, record, asks), answers))
        return found[parameters.offset : parameters.offset + parameters.limit]

    async def _withdraw(self, call: Call, parameters: WithdrawParameters, said: Said) -> d.Accepted:
        try:
            answers = read_sending(said.questionnaire, self._vasps)
            if said.person:
                read_pii(said.person, "originatorPii")
        except InvalidQuestionnaire as invalid:
            raise _refusal(invalid) from invalid
        self._check_country(answers.country)
        owner = call.owner
        # Kept before it is asked for: what has left is never without it.
        record = await asyncio.to_thread(self._records.begin, owner, Direction.WITHDRAWAL, said, self._now_us())
        try:
            hits = await asyncio.to_thread(self._screening.hits, Direction.WITHDRAWAL, said)
            given = await self._withdrawals.take(call, parameters, concerns_of(hits), is_told=True)
        except ApiError:
            await asyncio.to_thread(self._records.drop, record)
            raise
        kept = await asyncio.to_thread(self._records.settle, record, Direction.WITHDRAWAL, given.id)
        await asyncio.to_thread(self._screening.remember, owner, kept, hits, self._now_us())
        return d.Accepted(kept, accepted=True, info=WITHDRAWN)

    async def _provide(self, owner: int, number: int, said: Said) -> d.Accepted:
        try:
            answers = read_receiving(said.questionnaire, self._vasps)
            if said.person:
                read_pii(said.person, "beneficiaryPii")
        except InvalidQuestionnaire as invalid:
            raise _refusal(invalid) from invalid
        self._check_country(answers.country)
        if not any(_is_from_chain(each, owner) for each in await self._history.found(number=number)):
            raise WalletError.INVALID_OPERATION.error(f"You have no deposit {number} from a chain.", form=1)
        record = await asyncio.to_thread(self._records.begin, owner, Direction.DEPOSIT, said, self._now_us())
        hits = await asyncio.to_thread(self._screening.hits, Direction.DEPOSIT, said)
        await asyncio.to_thread(self._screening.open, owner, record, hits, self._now_us())
        kept = await asyncio.to_thread(self._records.settle, record, Direction.DEPOSIT, str(number))
        return d.Accepted(kept, accepted=True, info=TOLD)

    async def _told(self, owner: int) -> dict[str, Record]:
        return await asyncio.to_thread(self._records.of_owner, owner, Direction.DEPOSIT)

    def _deposit(self, deposit: HistoricalDeposit, record: Record | None, asks: Asks) -> d.TravelDeposit:
        is_asked = deposit.transfer_type != INTERNAL and asks(deposit.coin, to_units(deposit.amount))
        status = PENDING if is_asked and record is None else COMPLETED
        return d.TravelDeposit(
            tr_id=0 if record is None else record.id,
            tran_id=int(deposit.id),
            amount=deposit.amount,
            coin=deposit.coin,
            network=deposit.network,
            deposit_status=deposit.status,
            travel_rule_status=status,
            travel_rule_status_v2=STATUS_WORDS[status],
            address=deposit.address,
            address_tag=deposit.address_tag,
            tx_id=deposit.tx_id,
            insert_time=deposit.insert_time,
            complete_time=deposit.complete_time,
            transfer_type=deposit.transfer_type,
            confirm_times=deposit.confirm_times,
            require_questionnaire=status == PENDING,
            questionnaire="" if record is None else record.said.questionnaire,
        )

    def _standing(self, country: str) -> tuple[str, bool, bool]:
        is_taken = country not in self._refused
        return "supported" if is_taken else "blocked", is_taken, is_taken

    def _check_country(self, country: str | None) -> None:
        if country is None:
            return
        if pycountry.countries.get(alpha_2=country.upper()) is None:
            raise WalletError.INVALID_OPERATION.error(f"There is no country {country}.", form=1)
        if country.upper() in self._refused:
            raise WalletError.COUNTRY_REFUSED.error()


def _is_from_chain(deposit: ListedDeposit, owner: int) -> bool:
    return deposit.owner == owner and not deposit.row.is_internal


def _is_among(value: str, wanted: str | None) -> bool:
    return wanted is None or value in wanted.split(",")


def _refusal(invalid: InvalidQuestionnaire) -> ApiError:
    text = str(invalid)
    return WalletError.INVALID_OPERATION.error(f"{text[:1].upper()}{text[1:]}.", form=1)


def _withdrawal(shown: dict[str, Any], record: Record) -> d.TravelWithdrawal:
    status = shown.pop("status")
    return d.TravelWithdrawal(
        **shown,
        tr_id=record.id,
        withdrawal_status=status,
        travel_rule_status=COMPLETED,
        questionnaire=record.said.questionnaire,
    )


def _deposit_v2(line: d.TravelDeposit, answers: dict[str, Any] | None) -> d.TravelDepositV2:
    return d.TravelDepositV2(
        deposit_id=str(line.tran_id),
        amount=line.amount,
        network=line.network,
        coin=line.coin,
        deposit_status=line.deposit_status,
        travel_rule_req_status=line.travel_rule_status,
        address=line.address,
        address_tag=line.address_tag,
        tx_id=line.tx_id,
        transfer_type=line.transfer_type,
        confirm_times=line.confirm_times,
        require_questionnaire=line.require_questionnaire,
        questionnaire=answers,
        insert_time=line.insert_time,
    )
