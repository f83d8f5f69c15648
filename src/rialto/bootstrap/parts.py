"""What the families of the API are wired from: the parts that are there before any of them."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from sqlalchemy import Engine

from rialto.bootstrap.jobs import Jobs
from rialto.core.runtime import Runtime
from rialto.foundation.configuration import Settings
from rialto.foundation.metrics import Metrics
from rialto.foundation.secrets import MasterKey
from rialto.gateway.browser import Browsers
from rialto.gateway.standing.locks import TradingLocks
from rialto.gateway.standing.switches import FastWithdrawals
from rialto.identity.api_keys import ApiKeys
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.clerks import Clerks
from rialto.identity.countries import Countries
from rialto.identity.factors.factors import Factors
from rialto.identity.hashing import Hashing
from rialto.identity.mail import Mailer
from rialto.identity.operators import Operators
from rialto.identity.owners import Owners
from rialto.identity.people import People
from rialto.identity.screening.watching import WatchLists
from rialto.identity.sessions import Sessions
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.watermark import Watermark


@dataclass(frozen=True)
class Identity:
    """What every family may need of people."""

    people: People
    behaviour: BehaviourLog
    mailer: Mailer
    sessions: Sessions
    browsers: Browsers
    clerks: Clerks
    """Threads for reads and writes about people, with a bounded line."""
    hashing: Hashing
    factors: Factors
    trading_locks: TradingLocks
    """Who may place no orders over the API for a while."""
    fast_withdrawals: FastWithdrawals
    operators: Operators
    lists: WatchLists
    """Whom nobody may deal with."""
    countries: Countries


@dataclass(frozen=True)
class Parts:
    """The parts. What a family starts, it has stopped by `stack`, which unwinds after nobody is let in any more."""

    settings: Settings
    runtime: Runtime
    history: History
    decisions: Decisions
    job_decisions: Decisions
    """For jobs: records nothing once another process does them."""
    jobs: Jobs
    projected: Watermark
    people: Engine
    """Writes that are durable once committed; off the event loop."""
    master_key: MasterKey
    owners: Owners
    api_keys: ApiKeys
    wall_clock_us: Callable[[], int]
    """The time of day, for what concerns people and not the market: in a replay the exchange's clock is another."""
    metrics: Metrics
    health: Callable[[], Mapping[str, tuple[bool, str]]]
    """What every check of health says: whether it is well, and what is known."""
    stack: AsyncExitStack
    identity: Identity
    """People, what they did, and mail to them."""
