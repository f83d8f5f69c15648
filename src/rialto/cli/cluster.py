"""`rialto core`, `rialto gateway`, `rialto cluster`: the processes of a cluster, one by one or all on one machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, LogLevel, Progress, app, fail, run_until_stopped, settings_of
from rialto.cli.one_machine import NATS_NODES, Plan, run_cluster
from rialto.cli.running import first_of, serve_exchange
from rialto.foundation.configuration import Settings

Servers = Annotated[
    str | None, typer.Option("--servers", help="nats://user:password@host:port of each NATS server, commas between.")
]


@app.command()
def core(
    member: Annotated[str | None, typer.Option(help="What this replica is called.", show_default="core")] = None,
    host: Annotated[str | None, typer.Option(help="The address to be watched on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to be watched on.", show_default="8100")] = None,
    servers: Servers = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    log_level: LogLevel = None,
) -> None:
    """Run one core replica of a cluster until it is told to stop."""
    settings = settings_of(
        cluster_member=member,
        host=host,
        core_port=port,
        cluster_servers=servers,
        data_directory=data,
        database_url=database_url,
        log_level=log_level,
    )
    reason = run_until_stopped(lambda stop: _replicate(_in_cluster(settings), stop))
    if reason is not None:
        fail(reason)


@app.command()
def gateway(
    demo: Annotated[bool, typer.Option("--demo", help="Found a demonstration exchange and keep it moving.")] = False,
    seed: Annotated[int, typer.Option(help="What the demonstration's prices wander by.")] = 1,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default="8000")] = None,
    servers: Servers = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    log_level: LogLevel = None,
) -> None:
    """Run one gateway of a cluster until it is told to stop."""
    settings = settings_of(
        host=host,
        port=port,
        cluster_servers=servers,
        data_directory=data,
        database_url=database_url,
        log_level=log_level,
    )
    running = bootstrap.running_gateway(_in_cluster(settings))
    reason = run_until_stopped(lambda stop: serve_exchange(running, stop, seed if demo else None))
    if reason is not None:
        fail(reason)


def _in_cluster(settings: Settings) -> Settings:
    if not settings.cluster_servers:
        fail("no NATS servers are named; give --servers, or set cluster_servers")
    return settings


async def _replicate(settings: Settings, stop: asyncio.Event) -> str | None:
    async with bootstrap.running_core_replica(settings, Progress("Replaying the journal")) as watched:
        print(f"core {watched.replica.name} follows, watched on {watched.url}", flush=True)
        return await first_of(stop, watched.replica.run())


@app.command("cluster")
def cluster(
    port: Annotated[int, typer.Option(help="The first gateway's port; the other ports follow it. 0: any.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Found a demonstration exchange and keep it moving.")] = False,
    data: Annotated[Path, typer.Option("--data", help="Where all members keep what is theirs.")] = Path("data-cluster"),
    database_url: DatabaseUrl = None,
    nats_hosts: Annotated[
        str, typer.Option(help="This machine's addresses for the three NATS nodes, commas between.")
    ] = "127.0.0.1,127.0.0.1,127.0.0.1",
    namespace: Annotated[
        list[str] | None, typer.Option(help="member=name: run a member in a network namespace, to be cut off there.")
    ] = None,
) -> None:
    """Run a whole cluster on this machine: three NATS nodes, PostgreSQL, two core replicas, two gateways."""
    hosts = tuple(nats_hosts.split(","))
    if len(hosts) != NATS_NODES:
        fail(f"--nats-hosts names {len(hosts)} addresses; name {NATS_NODES}, the same one again if need be")
    placed = dict(each.partition("=")[::2] for each in namespace or ())
    plan = Plan(data.absolute(), port, database_url, demo, hosts, placed)
    reason = run_until_stopped(lambda stop: run_cluster(stop, plan))
    if reason is not None:
        fail(reason)


@app.command("refill-log")
def refill_log(
    servers: Servers = None,
    data: Data = None,
    log_level: LogLevel = None,
) -> None:
    """Fill a log that lost its end up to where a replica's journal ends. Stop gateways and replicas first."""
    settings = _in_cluster(settings_of(cluster_servers=servers, data_directory=data, log_level=log_level))
    sequence, missing = asyncio.run(bootstrap.refill_log(settings, Progress("Verifying")))
    print(f"the journal ends at {sequence:,}; {missing:,} messages were missing in the log and are filled in")
