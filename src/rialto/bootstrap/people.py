"""Who there is and their API keys, also beside a running exchange."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy import Engine

from rialto.bootstrap.directories import master_key_path, prepare_data_directory
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey
from rialto.gateway.websocket.api import WebSocketApi
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.resealing import reseal

_log = structlog.stdlib.get_logger(__name__)


KEYS_REFRESHED_EVERY_S: Final = 1.0
"""How often changes of API keys made by other processes are looked for."""


class NoExchange(ExpectedFailure):
    """There is no exchange in the data directory."""


def open_api_keys(settings: Settings, people: Engine) -> ApiKeys:
    """Open the API keys with the master key that lies beside the journal."""
    master_key = MasterKey.load_or_create(master_key_path(settings))
    if master_key.is_changing:
        _log.warning("a change of the master key was not finished; say rialto keys reseal again")
    return ApiKeys(people, master_key)


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
        yield Owners(people), open_api_keys(settings, people)
    finally:
        people.dispose()


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
        return reseal(people, MasterKey.load_or_create(path))
    finally:
        people.dispose()


async def keep_keys_fresh(api_keys: ApiKeys, websocket_api: WebSocketApi) -> None:
    """Take over what other processes change of the keys, and end what keys no longer allow.

    Goes on whatever happens: were it to end, every key revoked later would be accepted for ever.
    """
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
