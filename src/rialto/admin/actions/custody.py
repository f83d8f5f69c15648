"""Actions on what comes and goes over chains: withdrawals that wait, what is open, recoveries."""

import asyncio
from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing, Refused, Sum, name_of
from rialto.admin.actions.parameters import Amount, Id, Name, Network, Reason
from rialto.admin.services import Services
from rialto.contracts.vocabulary import StreamKey
from rialto.custody.networks.switches import Switch
from rialto.custody.recovery.model import NotOpen, RecoveryState
from rialto.custody.recovery.service import NothingToRecover
from rialto.custody.withdrawals.model import KIND, State, Withdrawal, withdrawal_of
from rialto.custody.withdrawals.rules import NotPossible, SameOperator
from rialto.identity.operators import Role
from rialto.wire.decimals import to_units
from rialto.wire.kinds import Boolean, Integer, Text
from rialto.wire.parameters import Parameters

REVIEWERS: Final = frozenset((Role.RISK, Role.FINANCE))
SWITCHERS: Final = frozenset((Role.RISK, Role.SECURITY))


class ApproveParameters(Parameters, frozen=True):
    """Which withdrawal; with a signature (Ed25519, in hex) where the signer demands one."""

    withdrawal: Id
    signature: Annotated[str, Text("^([0-9a-f]{128})?$")] = ""


class RefuseParameters(Parameters, frozen=True):
    """Which withdrawal or request, and why."""

    id: Id
    reason: Reason


class SwitchParameters(Parameters, frozen=True):
    """What is open of an asset on a network, and why."""

    network: Network
    asset: Name
    deposits_open: Annotated[bool, Boolean()]
    withdrawals_open: Annotated[bool, Boolean()]
    reason: Reason


class SettleParameters(Parameters, frozen=True):
    """Which request gets its deposit, less a fee; the deposit's number where a transaction has several."""

    recovery: Id
    fee: Amount = "0"
    deposit: Annotated[int | None, Integer(0)] = None


class ReturnParameters(Parameters, frozen=True):
    """Which request's deposit is sent back, where to unless its owner said, and for how much unless as a withdrawal."""

    recovery: Id
    address: Annotated[str, Text(r"^[!-~]{0,256}$")] = ""
    address_tag: Annotated[str, Text(r"^[ -~]{0,128}$")] = ""
    fee: Amount | None = None


async def approve(on: Services, doing: Doing, given: ApproveParameters) -> str:
    """Agree. Who agreed already has; to what they asked for themselves, or an account of theirs did, another must."""
    asked = await _held(on, given.withdrawal)
    if asked is not None and doing.approver in await _names_behind(on, asked.request.owner):
        raise Refused("it is your own withdrawal: another operator must agree to it")
    signature = bytes.fromhex(given.signature)
    try:
        found = await on.reviews.approve(given.withdrawal, doing.approver, doing.now_us, signature)
    except SameOperator:
        return "agreed"
    except NotPossible:
        held = await _held(on, given.withdrawal)
        if held is None or doing.approver not in held.operators:
            raise
        found = held
    return f"the withdrawal is {found.state.value}"


async def refuse(on: Services, doing: Doing, given: RefuseParameters) -> str:
    """Refuse."""
    try:
        await on.reviews.refuse(given.id, doing.approver, given.reason, doing.now_us)
    except NotPossible:
        held = await _held(on, given.id)
        if held is None or held.state is not State.REFUSED:
            raise
    return "the withdrawal is refused"


async def switch(on: Services, doing: Doing, given: SwitchParameters) -> str:
    """Open or close."""
    wanted = Switch(
        given.network,
        given.asset,
        given.deposits_open,
        given.withdrawals_open,
        doing.proposer,
        given.reason,
        doing.now_us,
    )
    await asyncio.to_thread(on.switches.set, wanted)
    return f"{given.asset} on {given.network}: {_open(given)}"


async def settle(on: Services, doing: Doing, given: SettleParameters) -> str:
    """Give what is held to who asked for it, once."""
    try:
        await on.recoveries.settle(given.recovery, doing.approver, fee_units=to_units(given.fee), deposit=given.deposit)
    except (NotOpen, NothingToRecover):
        if not await _is_answered(on, given.recovery, RecoveryState.SETTLED, doing):
            raise
    return "the deposit is given"


async def send_back(on: Services, doing: Doing, given: ReturnParameters) -> str:
    """Send it back, once."""
    fee_units = None if given.fee is None else to_units(given.fee)
    withdrawal = await on.returns.send_back(
        given.recovery, doing.approver, address=given.address, tag=given.address_tag, fee_units=fee_units
    )
    return f"it goes back as withdrawal {withdrawal}"


async def moved_by_settlement(on: Services, given: SettleParameters) -> Sum | None:
    """Tell how much is held; nothing to tell where it cannot be given."""
    try:
        found = await on.recoveries.amount(given.recovery, given.deposit)
    except (NotOpen, NothingToRecover):
        return None
    asset = None if found is None else on.runtime.catalog.asset_named(found[0])
    return None if found is None or asset is None else Sum(asset.id, found[1])


async def refuse_recovery(on: Services, doing: Doing, given: RefuseParameters) -> str:
    """Refuse."""
    try:
        await on.recoveries.refuse(given.id, doing.proposer, given.reason)
    except NotOpen:
        if not await _is_answered(on, given.id, RecoveryState.REFUSED, doing):
            raise
    return "the request is refused"


async def _held(on: Services, withdrawal: str) -> Withdrawal | None:
    return withdrawal_of(await on.decisions.events(StreamKey(KIND, withdrawal)))


async def _names_behind(on: Services, owner: int) -> set[str]:
    """Name the operators that a person, or the one whose sub-account it is, may be."""
    person = await on.clerks.run(lambda: on.people.find(owner))
    parent = None if person is None else person.parent
    return {name_of(each) for each in (owner, parent) if each is not None}


async def _is_answered(on: Services, id_: str, state: RecoveryState, doing: Doing) -> bool:
    found = [each for each in await on.recoveries.of(state=state) if each.id == id_]
    return bool(found) and found[0].operator in (doing.approver, doing.proposer)


def _open(given: SwitchParameters) -> str:
    deposits, withdrawals = ("open" if each else "shut" for each in (given.deposits_open, given.withdrawals_open))
    return f"deposits {deposits}, withdrawals {withdrawals}"


CUSTODY_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("approve-withdrawal", "Agree to a withdrawal that waits.", REVIEWERS, ApproveParameters, approve),
        # Withdrawals count themselves how many must agree, by what they are worth.
        takes_two=False,
        shows=lambda given: f"approve withdrawal {given.withdrawal}",
    ),
    Action(
        *("refuse-withdrawal", "Refuse a withdrawal that waits.", REVIEWERS, RefuseParameters, refuse),
        takes_two=False,
        shows=lambda given: f"refuse withdrawal {given.id}: {given.reason}",
    ),
    Action(
        *("switch-asset", "Open or shut an asset on a network.", SWITCHERS, SwitchParameters, switch),
        takes_two=False,
        shows=lambda given: f"{given.asset} on {given.network}: {_open(given)} ({given.reason})",
    ),
    Action(
        *("settle-recovery", "Give a held deposit to who asked.", frozenset((Role.FINANCE,)), SettleParameters),
        settle,
        takes_two=False,
        shows=lambda given: f"settle recovery {given.recovery}, fee {given.fee}",
        moves=moved_by_settlement,
    ),
    Action(
        *("return-recovery", "Send a held deposit back on its chain.", frozenset((Role.FINANCE,)), ReturnParameters),
        send_back,
        takes_two=True,
        shows=lambda given: (
            f"send back recovery {given.recovery} to {given.address or 'the address stated with it'}"
            f"{' ' + given.address_tag if given.address_tag else ''}, "
            f"fee {'as of a withdrawal' if given.fee is None else given.fee}"
        ),
    ),
    Action(
        *("refuse-recovery", "Refuse a recovery.", frozenset((Role.FINANCE, Role.SUPPORT)), RefuseParameters),
        refuse_recovery,
        takes_two=False,
        shows=lambda given: f"refuse recovery {given.id}: {given.reason}",
    ),
)
