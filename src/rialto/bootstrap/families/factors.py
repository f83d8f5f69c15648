"""Second factors, keys and the standing of accounts, wired."""

from typing import Any

from rialto.bootstrap.factor_rules import trading_rules
from rialto.bootstrap.parts import Parts
from rialto.gateway.router import Route
from rialto.gateway.security.factors import OwnFactors
from rialto.gateway.security.keys import OwnKeys
from rialto.gateway.security.record import SecurityRecord
from rialto.gateway.security.step_up import StepUp
from rialto.gateway.standing.account import AccountStanding
from rialto.gateway.standing.job import StandingJob
from rialto.gateway.standing.ratios import Ratios


def open_factors(parts: Parts) -> list[Route[Any]]:
    """Let people secure their accounts, and begin to watch how accounts trade."""
    identity, now_us = parts.identity, parts.wall_clock_us
    ratios = Ratios(trading_rules(parts.settings))
    parts.runtime.subscribe(ratios.on_outcomes)
    job = StandingJob(
        *(ratios, identity.trading_locks, parts.people, parts.runtime.catalog),
        has_keys=lambda owner: bool(parts.api_keys.of_owner(owner)),
        now_us=now_us,
    )
    job.start()
    parts.stack.push_async_callback(job.stop)
    standing = AccountStanding(
        *(parts.runtime, ratios, identity.trading_locks, identity.fast_withdrawals),
        trades_until_us=parts.api_keys.trades_until_us,
        now_us=now_us,
    )
    record = SecurityRecord(identity.people, identity.behaviour, identity.mailer, now_us)
    step_up = StepUp(parts.people, identity.factors, identity.hashing, identity.browsers, identity.clerks, record)
    return [
        *standing.routes(),
        *step_up.routes(),
        *OwnFactors(identity.people, identity.factors, identity.clerks, record).routes(),
        *OwnKeys(parts.api_keys, identity.clerks, record).routes(),
    ]
