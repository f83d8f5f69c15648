"""What is announced: news, the state of the system, openings and delistings, names and tags of assets."""

import asyncio
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.symbol_rules import SymbolStatus
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.listings import AssetNotes, Change, Listings
from rialto.gateway.wallet.notices import Category, Notices
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import NoParameters, Parameters

ANNOUNCEMENTS_MAX: Final = 100
_NORMAL: Final = (0, "normal")
_MAINTENANCE: Final = (1, "system_maintenance")


class SystemStatus(msgspec.Struct, frozen=True):
    """Whether trading goes on: 0 normal, 1 maintenance."""

    status: int
    msg: str


class Delisting(msgspec.Struct, frozen=True, rename="camel"):
    """Symbols that will not be traded any more, from a time on."""

    delist_time: int
    symbols: list[str]


class Opening(msgspec.Struct, frozen=True, rename="camel"):
    """Symbols that will be traded, from a time on."""

    open_time: int
    symbols: list[str]


class AnnouncementsParameters(Parameters, frozen=True):
    """Those before which, and how many."""

    before: Annotated[int | None, Integer(1)] = None
    limit: Annotated[int, Integer(1, ANNOUNCEMENTS_MAX)] = 20


class AnnouncementShown(msgspec.Struct, frozen=True, rename="camel"):
    """An announcement."""

    id: int
    category: Category
    title: str
    body: str
    time: int


class TagParameters(Parameters, frozen=True):
    """Which tag; all assets without one."""

    tag: Annotated[str, Text(r"^[\w &+./-]{1,40}$")] | None = None


class TaggedAsset(msgspec.Struct, frozen=True, rename="camel"):
    """An asset, whether it is traded, and what it is filed under."""

    asset_code: str
    asset_name: str
    trading: bool
    tags: list[str]


ANNOUNCEMENTS: Final = Endpoint(
    "GET",
    "/account/v1/announcements",
    summary="List what the exchange announces, the newest first.",
    parameters=AnnouncementsParameters,
    response=list[AnnouncementShown],
    weight=5,
)
SYSTEM_STATUS: Final = Endpoint(
    "GET",
    "/sapi/v1/system/status",
    summary="Tell whether trading goes on.",
    parameters=NoParameters,
    response=SystemStatus,
    weight=1,
    budget=Budget.ADDRESS,
)
DELISTINGS: Final = Endpoint(
    "GET",
    "/sapi/v1/spot/delist-schedule",
    summary="List the symbols that are to be delisted, by time.",
    parameters=NoParameters,
    response=list[Delisting],
    weight=100,
    budget=Budget.ADDRESS,
)
OPENINGS: Final = Endpoint(
    "GET",
    "/sapi/v1/spot/open-symbol-list",
    summary="List the symbols that are to be opened, by time.",
    parameters=NoParameters,
    response=list[Opening],
    weight=100,
    budget=Budget.ADDRESS,
)
TAGS: Final = Endpoint(
    "GET",
    "/sapi/v1/spot/asset/tags",
    summary="List assets and what they are filed under.",
    parameters=TagParameters,
    response=list[TaggedAsset],
    weight=100,
    budget=Budget.ADDRESS,
)


class Announcements:
    """Shows what is announced."""

    def __init__(self, runtime: Runtime, listings: Listings, notices: Notices) -> None:
        self._runtime = runtime
        self._listings = listings
        self._notices = notices

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(ANNOUNCEMENTS, self.announcements),
            Route(SYSTEM_STATUS, self.system_status),
            Route(DELISTINGS, self.delistings),
            Route(OPENINGS, self.openings),
            Route(TAGS, self.tags),
        ]

    async def announcements(self, call: Call, parameters: AnnouncementsParameters) -> list[AnnouncementShown]:
        """List them."""
        found = await asyncio.to_thread(self._notices.published, parameters.before, parameters.limit)
        return [
            AnnouncementShown(each.id, each.category, each.title, each.body, call.time(each.published_at_us))
            for each in found
        ]

    async def system_status(self, _call: Call, _parameters: NoParameters) -> SystemStatus:
        """Tell whether trading goes on: not while operators say so, nor while every symbol is halted."""
        symbols = self._runtime.catalog.symbols
        is_halted = bool(symbols) and all(symbol.status is not SymbolStatus.TRADING for symbol in symbols)
        is_off = is_halted or await asyncio.to_thread(self._notices.is_under_maintenance)
        return SystemStatus(*(_MAINTENANCE if is_off else _NORMAL))

    async def delistings(self, _call: Call, _parameters: NoParameters) -> list[Delisting]:
        """List what is to be delisted."""
        scheduled = await asyncio.to_thread(self._listings.scheduled, Change.DELIST)
        return [Delisting(at_us // 1_000, list(symbols)) for at_us, symbols in scheduled]

    async def openings(self, _call: Call, _parameters: NoParameters) -> list[Opening]:
        """List what is to be opened."""
        scheduled = await asyncio.to_thread(self._listings.scheduled, Change.OPEN)
        return [Opening(at_us // 1_000, list(symbols)) for at_us, symbols in scheduled]

    async def tags(self, _call: Call, parameters: TagParameters) -> list[TaggedAsset]:
        """List assets with their tags."""
        notes = await asyncio.to_thread(self._listings.notes)
        catalog = self._runtime.catalog
        traded = {
            asset.id
            for symbol in catalog.symbols
            if symbol.status is SymbolStatus.TRADING
            for asset in (symbol.base, symbol.quote)
        }
        shown = []
        for asset in catalog.assets:
            name, tags = notes.get(asset.name, AssetNotes(asset.name, ()))
            if parameters.tag is None or parameters.tag in tags:
                shown.append(TaggedAsset(asset.name, name, asset.id in traded, list(tags)))
        return shown
