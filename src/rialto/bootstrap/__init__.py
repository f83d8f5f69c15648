"""The composition root: the only place where the parts of an exchange are wired together.

    settings ─▶ database (migrated) ─▶ projections ─▶ core (replayed, projections caught up)
             ─▶ identity ─▶ streams, gateway ─▶ server

They are stopped in the reverse order: first nobody is let in, then what was let in is finished and made durable, then
what is derived from it is written.
"""

from rialto.bootstrap.backups import archivable_before, back_up_exchange, check_archived, list_archived
from rialto.bootstrap.cluster_core import running_core_replica
from rialto.bootstrap.cluster_gateway import running_gateway
from rialto.bootstrap.core import open_core, running_core
from rialto.bootstrap.demonstration import Demonstration, demonstrating
from rialto.bootstrap.directories import (
    control_socket,
    journal_directory,
    master_key_path,
    portal_directory,
    prepare_data_directory,
    snapshot_directory,
)
from rialto.bootstrap.exchange import running_exchange
from rialto.bootstrap.front import Exchange
from rialto.bootstrap.offline import publish_history, rebuild_projections
from rialto.bootstrap.people import NoExchange, identity, open_api_keys, reseal_secrets
from rialto.bootstrap.refilling import refill_log

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
    "master_key_path",
    "open_api_keys",
    "open_core",
    "portal_directory",
    "prepare_data_directory",
    "publish_history",
    "rebuild_projections",
    "refill_log",
    "reseal_secrets",
    "running_core",
    "running_core_replica",
    "running_exchange",
    "running_gateway",
    "snapshot_directory",
]
