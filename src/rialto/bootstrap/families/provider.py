"""The provider of verification, wired: its checks, asked about by and by and when it says that something happened."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, NamedTuple

import structlog

from rialto.bootstrap.jobs import Loop
from rialto.bootstrap.parts import Parts
from rialto.foundation.configuration import InvalidConfiguration
from rialto.gateway.router import Route
from rialto.gateway.verification.provider_calls import ProviderCalls
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.checks import Checks
from rialto.identity.verification.provider_http import HttpProvider

LOOK_SECONDS: Final = 5

_log = structlog.stdlib.get_logger(__name__)


class ProviderFamily(NamedTuple):
    """What others need of it."""

    link_of: Callable[[int], str | None]
    routes: list[Route[Any]]


def open_provider(parts: Parts, cases: Cases) -> ProviderFamily:
    """Begin to ask it, if there is one. Errors: `InvalidConfiguration`."""
    settings, secret = parts.settings.verification, parts.settings.verification_provider_secret
    wake = asyncio.Event()
    checks = None
    if settings.provider_url:
        if not (parts.settings.verification_provider_key and secret):
            raise InvalidConfiguration(
                "a provider verifies people, and verification_provider_key or verification_provider_secret is not set"
            )
        provider = HttpProvider(settings.provider_name, settings.provider_url, parts.settings.verification_provider_key)
        checks = Checks(parts.people, cases, provider, settings.provider_poll_seconds * 1_000_000, parts.wall_clock_us)
        parts.jobs.add(Loop("verification provider", partial(_ask, checks, wake)))
        parts.stack.push_async_callback(provider.close)
    calls = ProviderCalls(checks, secret, parts.identity.clerks, parts.wall_clock_us, wake.set)
    return ProviderFamily(_no_link if checks is None else checks.link_of, calls.routes())


def _no_link(_case_id: int) -> None:
    return None


async def _ask(checks: Checks, wake: asyncio.Event) -> None:
    """Go on whatever happens; what the provider does not decide, operators do."""
    while True:
        wake.clear()
        try:
            await checks.step()
        except Exception:
            _log.exception("the provider was not asked; tried again")
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), LOOK_SECONDS)
