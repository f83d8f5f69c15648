"""Publishes proofs of reserves, and gives users theirs.

Flow: the ledger as of everything written ─▶ liabilities ─▶ leaves ─▶ tree in a file ─▶ what the chains hold ─▶ the
document. It is written down as the last step, so what is listed is whole; a tree whose file is lost is made again.

State: the table of publications, and a directory of trees. Blocking work runs on a thread of its own, one publication
at a time.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Engine, insert, select

from rialto.contracts.amounts import units_of
from rialto.custody.reserves.assets import Holdings
from rialto.custody.reserves.documents import (
    VERSION,
    HeldAddress,
    Publication,
    amounts,
    proof_document,
    ratios,
    statement,
)
from rialto.custody.reserves.liabilities import HOUSE_USER, Liabilities, read_liabilities
from rialto.custody.reserves.splitting import leaves_of
from rialto.custody.reserves.tables import reserve_publications
from rialto.custody.reserves.tree import Root, leaves_with_paths, write_tree
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import MasterKey

SEED_BYTES: Final = 32
PUBLICATIONS_LISTED_MAX: Final = 1_000
_SEED_USE: Final = b"reserve publication "
SEALED_SEEDS: Final = SealedColumn(
    reserve_publications, "seed", "publication", lambda publication: _SEED_USE + publication.encode()
)

_log = structlog.stdlib.get_logger(__name__)


class NoSuchPublication(ExpectedFailure):
    """Nothing was published under the name."""


class NothingToProve(ExpectedFailure):
    """The user held nothing when it was published."""


class Publisher:
    """Publishes, lists, proves."""

    def __init__(
        self,
        reader: Engine,
        people: Engine,
        master_key: MasterKey,
        directory: Path,
        holdings: Holdings,
        network_named: Callable[[int], str],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        """`reader` reads the projections; `settle` returns when what is released now is written to them, or raises.

        `network_named` tells a network by the scope of its custody account.
        """
        self._reader = reader
        self._people = people
        self._master_key = master_key
        self._directory = directory
        self._holdings = holdings
        self._network_named = network_named
        self._settle = settle
        self._publishing = asyncio.Lock()

    async def publish(self, now_us: int) -> Publication:
        """Publish what is owed and held now.

        Errors: `NotConserved`, `NodeUnavailable`, `ProjectionsBehind`, OSError, SQLAlchemy's own; nothing is published
        then.
        """
        async with self._publishing:
            await self._settle()
            liabilities = await asyncio.to_thread(read_liabilities, self._reader)
            seed = secrets.token_bytes(SEED_BYTES)
            name = _name_of(liabilities)
            root = await asyncio.to_thread(self._write_tree, name, liabilities, seed)
            text = statement(name, root.hash.hex(), liabilities.sequence)
            held = await self._holdings.held(text)
            document = self._document(name, liabilities, root, held)
            await asyncio.to_thread(self._store, document, seed, now_us)
        _log.info("reserves published", publication=name, sequence=liabilities.sequence, root=document.root)
        return document

    def publications(self) -> list[Publication]:
        """List what was published, newest first."""
        table = reserve_publications.c
        statement_ = select(table.document).order_by(table.sequence.desc()).limit(PUBLICATIONS_LISTED_MAX)
        with self._people.connect() as connection:
            return [msgspec.json.decode(text, type=Publication) for (text,) in connection.execute(statement_)]

    def last_published_at_us(self) -> int | None:
        """Tell when something was published last."""
        newest = select(reserve_publications.c.published_at_us).order_by(reserve_publications.c.published_at_us.desc())
        with self._people.connect() as connection:
            return connection.scalar(newest.limit(1))

    def publication(self, name: str) -> Publication:
        """Find what was published under a name. Errors: `NoSuchPublication`."""
        return self._stored(name)[0]

    def prove(self, name: str, owner: int) -> dict[str, Any]:
        """Make the proof of what an owner held. Errors: `NoSuchPublication`, `NothingToProve`."""
        publication, seed = self._stored(name)
        path = self._tree_of(name)
        if not path.is_file():
            liabilities = read_liabilities(self._reader, publication.sequence)
            root = self._write_tree(name, liabilities, seed)
            assert root.hash.hex() == publication.root, "the ledger of a past sequence number does not change"
        leaves = list(leaves_with_paths(path, str(owner), publication.levels))
        if not leaves:
            raise NothingToProve(f"nothing was held when {name} was published; look at another publication")
        balances: defaultdict[str, int] = defaultdict(int)
        for leaf in leaves:
            for asset, amount in leaf["balances"].items():
                balances[asset] += units_of(amount)
        return proof_document(name, str(owner), balances, leaves)

    def _write_tree(self, name: str, liabilities: Liabilities, seed: bytes) -> Root:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return write_tree(self._tree_of(name), leaves_of(liabilities.users, seed))

    def _tree_of(self, name: str) -> Path:
        return self._directory / f"{name}.tree"

    def _document(self, name: str, liabilities: Liabilities, root: Root, held: list[HeldAddress]) -> Publication:
        on_chain: defaultdict[str, int] = defaultdict(int)
        for address in held:
            for asset, amount in address.balances.items():
                on_chain[asset] += units_of(amount)
        assert dict(root.sums) == {name: units for name, units in liabilities.totals.items() if units}
        return Publication(
            VERSION,
            name,
            liabilities.sequence,
            liabilities.time_us // 1_000,
            root.hash.hex(),
            root.levels,
            amounts(root.sums),
            amounts(liabilities.users.get(HOUSE_USER, {})),
            {self._network_named(scope): amounts(sums) for scope, sums in sorted(liabilities.custody.items())},
            amounts(liabilities.outside),
            held,
            ratios(on_chain, _owed(liabilities)),
        )

    def _store(self, document: Publication, seed: bytes, now_us: int) -> None:
        with self._master_key.sealing(), self._people.begin() as connection:
            connection.execute(
                insert(reserve_publications).values(
                    publication=document.publication,
                    sequence=document.sequence,
                    published_at_us=now_us,
                    seed=self._master_key.seal(seed, _SEED_USE + document.publication.encode()),
                    document=msgspec.json.encode(document).decode(),
                )
            )

    def _stored(self, name: str) -> tuple[Publication, bytes]:
        table = reserve_publications.c
        with self._people.connect() as connection:
            found = connection.execute(
                select(table.document, table.seed).where(table.publication == name)
            ).one_or_none()
        if found is None:
            raise NoSuchPublication(f"nothing was published as {name[:40]!r}; look at the list of publications")
        seed = self._master_key.unseal(found.seed, _SEED_USE + name.encode())
        return msgspec.json.decode(found.document, type=Publication), seed


def _owed(liabilities: Liabilities) -> Mapping[str, int]:
    """Return what is owed to users: what must be held. The house may do without its own."""
    house = liabilities.users.get(HOUSE_USER, {})
    return {name: units - house.get(name, 0) for name, units in liabilities.totals.items()}


def _name_of(liabilities: Liabilities) -> str:
    day = datetime.fromtimestamp(liabilities.time_us // 1_000_000, UTC).strftime("%Y-%m-%d")
    return f"{day}-{liabilities.sequence}"
