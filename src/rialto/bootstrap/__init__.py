"""The composition root: the only place where the parts of an exchange are wired together.

    settings ─▶ database (migrated) ─▶ projections ─▶ core (replayed, projections caught up)
             ─▶ identity ─▶ streams, gateway ─▶ server

They are stopped in the reverse order: first nobody is let in, then what was let in is finished and made durable, then
what is derived from it is written.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rialto.bootstrap.backups import archivable_before, back_up_exchange, check_archived, list_archived
    from rialto.bootstrap.cluster_core import running_core_replica
    from rialto.bootstrap.cluster_gateway import running_gateway
    from rialto.bootstrap.core import open_core, running_core
    from rialto.bootstrap.demonstration import Demonstration, demonstrating
    from rialto.bootstrap.demonstration_past import live_past
    from rialto.bootstrap.directories import (
        control_socket,
        journal_directory,
        master_key_path,
        portal_directory,
        snapshot_directory,
    )
    from rialto.bootstrap.exchange import running_exchange
    from rialto.bootstrap.factor_rules import relying_party
    from rialto.bootstrap.front import Exchange
    from rialto.bootstrap.offline import publish_history, rebuild_projections
    from rialto.bootstrap.people import NoExchange, identity, open_cases, open_master_key, open_people, reseal_secrets
    from rialto.bootstrap.preparing import prepare_data_directory
    from rialto.bootstrap.refilling import refill_log

_HOMES: Final = {
    "Demonstration": "demonstration",
    "Exchange": "front",
    "NoExchange": "people",
    "archivable_before": "backups",
    "back_up_exchange": "backups",
    "check_archived": "backups",
    "control_socket": "directories",
    "demonstrating": "demonstration",
    "identity": "people",
    "journal_directory": "directories",
    "list_archived": "backups",
    "live_past": "demonstration_past",
    "master_key_path": "directories",
    "open_cases": "people",
    "open_core": "core",
    "open_master_key": "people",
    "open_people": "people",
    "portal_directory": "directories",
    "prepare_data_directory": "preparing",
    "publish_history": "offline",
    "relying_party": "factor_rules",
    "rebuild_projections": "offline",
    "refill_log": "refilling",
    "reseal_secrets": "people",
    "running_core": "core",
    "running_core_replica": "cluster_core",
    "running_exchange": "exchange",
    "running_gateway": "cluster_gateway",
    "snapshot_directory": "directories",
}
"""What is wired here, and in which module: imported when first asked for, so that commands start quickly."""

__all__ = [
    "Demonstration",
    "Exchange",
    "NoExchange",
    "archivable_before",
    "back_up_exchange",
    "check_archived",
    "control_socket",
    "demonstrating",
    "identity",
    "journal_directory",
    "list_archived",
    "live_past",
    "master_key_path",
    "open_cases",
    "open_core",
    "open_master_key",
    "open_people",
    "portal_directory",
    "prepare_data_directory",
    "publish_history",
    "rebuild_projections",
    "refill_log",
    "relying_party",
    "reseal_secrets",
    "running_core",
    "running_core_replica",
    "running_exchange",
    "running_gateway",
    "snapshot_directory",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
