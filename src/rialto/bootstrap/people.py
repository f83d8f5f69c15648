"""Who there is and their API keys, also beside a running exchange."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy import Engine

from rialto.bootstrap.directories import master_key_path
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.screening import open_watch_lists
from rialto.custody.reserves.publisher import SEALED_SEEDS
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey
from rialto.gateway.websocket.api import WebSocketApi
from rialto.identity.api_keys import ApiKeys
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.countries import Countries
from rialto.identity.mail import Mailer
from rialto.identity.owners import Owners
from rialto.identity.people import People
from rialto.identity.resealing import reseal
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.vault import Vault
from rialto.products.fiat.beneficiaries import SEALED_BENEFICIARIES
from rialto.products.fiat.cards.keeping import SEALED_CARDS

_log = structlog.stdlib.get_logger(__name__)

SEALED_ELSEWHERE: Final = (SEALED_BENEFICIARIES, SEALED_CARDS, SEALED_SEEDS)
"""What is sealed under the master key by parts above `identity`."""

KEYS_REFRESHED_EVERY_S: Final = 1.0
"""How often changes of API keys made by other processes are looked for."""
USES_WRITTEN_EVERY: Final = 10
"""After how many such looks it is written when keys were used."""


class NoExchange(ExpectedFailure):
    """There is no exchange in the data directory."""


def open_master_key(settings: Settings) -> MasterKey:
    """Open the master key that lies beside the journal. Errors: `MasterKeyUnusable`."""
    master_key = MasterKey.load_or_create(master_key_path(settings))
    if master_key.is_changing:
        _log.warning("a change of the master key was not finished; say rialto keys reseal again")
    return master_key


def open_api_keys(settings: Settings, people: Engine, master_key: MasterKey) -> ApiKeys:
    """Open the API keys there are. Errors: `BrokenSeal`."""
    return ApiKeys(people, master_key, trade_days=settings.unrestricted_key_trade_days or None)


@contextmanager
def identity(settings: Settings) -> Iterator[tuple[Owners, ApiKeys]]:
    """Open who there is and their keys, of an exchange that has been started at least once.

    Errors: `NoExchange`, `BrokenSeal`, `MasterKeyUnusable`, SQLAlchemy's own if the database cannot be reached.
    """
    if not master_key_path(settings).is_file():
        raise NoExchange(f"there is no exchange in {settings.data_directory}; start one with rialto run")
    prepare_data_directory(settings)
    people = open_engine(settings.database_url, Access.DURABLE)
    try:
        yield Owners(people), open_api_keys(settings, people, open_master_key(settings))
    finally:
        people.dispose()


@contextmanager
def open_people(settings: Settings) -> Iterator[tuple[People, BehaviourLog]]:
    """Open the people of an exchange that has been started at least once, and the log of what they did.

    Errors: `NoExchange`, SQLAlchemy's own if the database cannot be reached.
    """
    if not master_key_path(settings).is_file():
        raise NoExchange(f"there is no exchange in {settings.data_directory}; start one with rialto run")
    prepare_data_directory(settings)
    engine = open_engine(settings.database_url, Access.DURABLE)
    try:
        yield People(engine), BehaviourLog(engine)
    finally:
        engine.dispose()


@contextmanager
def open_cases(settings: Settings) -> Iterator[Cases]:
    """Open the verification cases of an exchange, running or not.

    Errors: `NoExchange`, `MasterKeyUnusable`, SQLAlchemy's own if the database cannot be reached.
    """
    with open_people(settings) as (people, behaviour):
        mailer = Mailer(people.engine, SystemClock().now_us, has_server=bool(settings.smtp_host))
        countries = Countries(settings.verification.refused_countries, settings.verification.limited_countries)
        vault, lists = Vault(open_master_key(settings)), open_watch_lists(settings)
        screening = ScreeningCases(people, behaviour)
        yield Cases(people.engine, vault, people, behaviour, mailer, lists, screening, countries)


def reseal_secrets(settings: Settings) -> int:
    """Change the master key of an exchange, running or not; return how many secrets are sealed under the new one.

    Errors: those of `identity`.
    """
    path = master_key_path(settings)
    if not path.is_file():
        raise NoExchange(f"there is no exchange in {settings.data_directory}; start one with rialto run")
    prepare_data_directory(settings)
    people = open_engine(settings.database_url, Access.DURABLE)
    try:
        return reseal(people, MasterKey.load_or_create(path), SEALED_ELSEWHERE)
    finally:
        people.dispose()


async def keep_keys_fresh(api_keys: ApiKeys, websocket_api: WebSocketApi) -> None:
    """Take over what other processes change of the keys, and end what keys no longer allow.

    Goes on whatever happens: were it to end, every key revoked later would be accepted for ever.
    """
    looks = 0
    while True:
        await asyncio.sleep(KEYS_REFRESHED_EVERY_S)
        try:
            await asyncio.to_thread(api_keys.refresh)
        except Exception:
            _log.exception("API keys not refreshed; new ones are not known, and revoked ones may still be accepted")
        try:
            websocket_api.drop_unusable_keys()
        except Exception:
            _log.exception("sessions of revoked API keys not ended")
        looks += 1
        if looks % USES_WRITTEN_EVERY == 0:
            try:
                await asyncio.to_thread(api_keys.flush_uses)
            except Exception:
                _log.exception("not written when API keys were used")
