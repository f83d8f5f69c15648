"""Puts the services of the FIX API together around the gateway, the user data streams and the market feed."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import uuid4

from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.fix.account_feed import AccountReports
from rialto.fix.dictionary import order_entry_dictionary
from rialto.fix.drop_copy import DropCopy
from rialto.fix.limits import Accounts, Attempts, CompIds, FixCounters, FixLimits
from rialto.fix.market_data import MarketDataHub, MarketDataSession
from rialto.fix.order_entry import OrderEntry, OrderRoutes
from rialto.fix.requests import Entrance
from rialto.fix.server import FixServer
from rialto.fix.service import ServiceKind, services
from rialto.fix.session import Application, Session, Surroundings
from rialto.gateway.assembly import Gateway
from rialto.gateway.limits import LimitUse
from rialto.streams.feed import MarketFeed
from rialto.streams.user_data.streams import UserDataStreams

_NOBODY = -1
"""What stands for the account of an owner who has none: it has used nothing."""


class Sources(NamedTuple):
    """What the FIX API is a transport over."""

    runtime: Runtime
    gateway: Gateway
    user_data: UserDataStreams
    feed: MarketFeed


def fix_servers(
    sources: Sources, host: str, ports: Mapping[ServiceKind, int], limits: FixLimits | None = None
) -> dict[ServiceKind, FixServer]:
    """Make a server for each service that has a port; 0 takes any free one. They are not started yet."""
    if not ports:
        return {}
    limits = limits or FixLimits()
    uuid, comp_ids, now_us = uuid4(), CompIds(), sources.runtime.now_us
    described, opening = services(limits), _applications(sources, limits)
    servers = {}
    for kind, port in ports.items():
        service = described[kind]
        surroundings = Surroundings(
            service=service,
            limits=limits,
            authenticator=sources.gateway.authenticator,
            now_us=now_us,
            uuid=uuid,
            attempts=Attempts(service.limits.attempts, now_us),
            accounts=Accounts(service.limits.connections_max),
            comp_ids=comp_ids,
            counters=FixCounters(),
            open_application=opening[kind],
        )
        servers[kind] = FixServer(surroundings, host, port)
    return servers


def _applications(sources: Sources, limits: FixLimits) -> dict[ServiceKind, Callable[[Session], Application]]:
    """Return what opens the application of a session, by service."""
    runtime, gateway = sources.runtime, sources.gateway
    dictionary = order_entry_dictionary()
    reports = AccountReports(sources.user_data, dictionary, runtime.catalog)
    routes = OrderRoutes(gateway.router, dictionary)
    entrance = Entrance(gateway.admission, gateway.request_limits, gateway.performer)
    hub = MarketDataHub(runtime, sources.feed)

    async def order_limits(owner: int) -> list[LimitUse]:
        try:
            account = await runtime.account_of(owner, AccountClass.SPOT)
        except CommandRefused:
            account = _NOBODY
        return gateway.order_counts.counts(account, runtime.now_us())

    def order_entry(session: Session) -> Application:
        return OrderEntry(
            session,
            routes,
            entrance,
            reports,
            order_limits=order_limits,
            requests_under_way_max=limits.requests_under_way_max,
            now_us=runtime.now_us,
        )

    return {
        ServiceKind.ORDER_ENTRY: order_entry,
        ServiceKind.DROP_COPY: lambda session: DropCopy(session, reports, limits.drop_copy_delay_s),
        ServiceKind.MARKET_DATA: lambda session: MarketDataSession(session, hub),
    }
