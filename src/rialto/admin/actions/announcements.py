"""Actions on what the exchange tells everyone: schedules, names of assets, announcements, maintenance."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing
from rialto.admin.actions.markets import LISTING, asset_of, symbol_of
from rialto.admin.actions.parameters import Name, Reason
from rialto.admin.services import Services
from rialto.gateway.wallet.listings import TAGS_MAX, Change
from rialto.gateway.wallet.notices import Category, Maintenance
from rialto.identity.operators import Role
from rialto.wire.kinds import Boolean, Choice, Integer, Names, Text, Timestamp, line
from rialto.wire.parameters import Parameters

SPEAKERS: Final = frozenset((Role.SUPPORT, Role.LISTING))
SHUTTERS: Final = frozenset((Role.RISK, Role.SECURITY))
TAGS_RANGE: Final = r'^\[("[\w &+./-]{1,40}"(,"[\w &+./-]{1,40}")*)\]$'


class ScheduleParameters(Parameters, frozen=True):
    """What becomes of a symbol, and when."""

    symbol: Name
    change: Annotated[Change, Choice(Change)]
    time: Annotated[int, Timestamp()]


class UnscheduleParameters(Parameters, frozen=True):
    """What does not become of a symbol after all, and why."""

    symbol: Name
    change: Annotated[Change, Choice(Change)]
    reason: Reason


class DescribeParameters(Parameters, frozen=True):
    """What an asset is called in full, and what it is filed under."""

    asset: Name
    name: Annotated[str, Text(line(64))]
    tags: Annotated[tuple[str, ...], Names(TAGS_RANGE, TAGS_MAX)] = ()


class MaintenanceParameters(Parameters, frozen=True):
    """Whether the exchange is under maintenance, and why."""

    is_on: Annotated[bool, Boolean()]
    reason: Reason


class AnnounceParameters(Parameters, frozen=True):
    """What is told everyone."""

    category: Annotated[Category, Choice(Category)]
    title: Annotated[str, Text(line(200))]
    body: Annotated[str, Text(line(4_000, breaks=True))]


class WithdrawParameters(Parameters, frozen=True):
    """Which announcement is shown no more, and why."""

    announcement: Annotated[int, Integer(1)]
    reason: Reason


async def schedule(on: Services, doing: Doing, given: ScheduleParameters) -> str:
    """Announce it; it happens at its time."""
    symbol = symbol_of(on, given.symbol).name
    await on.clerks.run(lambda: on.listings.schedule(symbol, given.change, given.time, doing.now_us))
    return f"{symbol}: {given.change.value} at {given.time // 1_000}"


async def unschedule(on: Services, _doing: Doing, given: UnscheduleParameters) -> str:
    """Take it back."""
    await on.clerks.run(lambda: on.listings.unschedule(given.symbol, given.change))
    return f"{given.symbol}: no {given.change.value}"


async def describe(on: Services, _doing: Doing, given: DescribeParameters) -> str:
    """Describe it."""
    asset = asset_of(on, given.asset).name
    await on.clerks.run(lambda: on.listings.describe(asset, given.name, given.tags))
    return f"{asset} is {given.name}"


async def set_maintenance(on: Services, doing: Doing, given: MaintenanceParameters) -> str:
    """Say so."""
    wanted = Maintenance(given.is_on, doing.proposer, given.reason, doing.now_us)
    await on.clerks.run(lambda: on.notices.switch_maintenance(wanted))
    return f"maintenance is {_on(given)}"


async def announce(on: Services, doing: Doing, given: AnnounceParameters) -> str:
    """Publish it, once."""
    about = (doing.id, given.category, given.title, given.body, doing.now_us)
    return f"announcement {await on.clerks.run(lambda: on.notices.announce(*about))}"


async def withdraw(on: Services, doing: Doing, given: WithdrawParameters) -> str:
    """Show it no more."""
    await on.clerks.run(lambda: on.notices.withdraw(given.announcement, doing.now_us))
    return f"announcement {given.announcement} is shown no more"


def _on(given: MaintenanceParameters) -> str:
    return "on" if given.is_on else "off"


ANNOUNCEMENT_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("schedule-symbol", "Announce that a symbol opens or is delisted.", LISTING, ScheduleParameters, schedule),
        takes_two=True,
        shows=lambda given: f"{given.symbol}: {given.change.value} at {given.time // 1_000}",
    ),
    Action(
        *("unschedule-symbol", "Take such an announcement back.", LISTING, UnscheduleParameters, unschedule),
        takes_two=False,
        shows=lambda given: f"{given.symbol}: no {given.change.value} ({given.reason})",
    ),
    Action(
        *("describe-asset", "Say what an asset is called and filed under.", LISTING, DescribeParameters, describe),
        takes_two=False,
        shows=lambda given: f"{given.asset} is {given.name}, filed under {', '.join(given.tags) or 'nothing'}",
    ),
    Action(
        *("set-maintenance", "Tell everyone of maintenance, or of its end.", SHUTTERS, MaintenanceParameters),
        set_maintenance,
        takes_two=False,
        shows=lambda given: f"maintenance {_on(given)} ({given.reason})",
    ),
    Action(
        *("announce", "Publish an announcement.", SPEAKERS, AnnounceParameters, announce),
        takes_two=True,
        shows=lambda given: f"{given.category.value}: {given.title}: {given.body}",
    ),
    Action(
        *("withdraw-announcement", "Show an announcement no more.", SPEAKERS, WithdrawParameters, withdraw),
        takes_two=False,
        shows=lambda given: f"withdraw announcement {given.announcement} ({given.reason})",
    ),
)
