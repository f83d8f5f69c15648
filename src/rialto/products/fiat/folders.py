"""Two folders beside the journal: statements are taken from `inbox`, payments are put into `outbox`.

Whatever carries files between here and a bank (a secure copy, a bank's own client) reads and writes these folders. A
statement that was booked moves to `booked`, one that cannot be to `refused`, with the reason beside it.
"""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from rialto.foundation.tasks import end
from rialto.products.fiat.exporting import PaymentExport
from rialto.products.fiat.importing import StatementImport
from rialto.products.fiat.iso20022.statements import BYTES_MAX, UnreadableStatement
from rialto.products.fiat.reconciling import BankReconciliation
from rialto.products.fiat.rules import FiatRefused
from rialto.products.fiat.service import FiatService

LOOK_EVERY_S: Final = 5.0
FILES_AT_ONCE: Final = 100

_log = structlog.stdlib.get_logger(__name__)


class BankFolders:
    """Carries files between the folders and the books."""

    def __init__(
        self,
        directory: Path,
        service: FiatService,
        statements: StatementImport,
        payments: PaymentExport,
        reconciliation: BankReconciliation,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._directory = directory
        self._statements = statements
        self._payments = payments
        self._reconciliation = reconciliation
        self._service = service
        self._look_every_s = look_every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what was begun goes on the next time."""
        await end(self._task)

    async def look(self) -> None:
        """Book what lies in the inbox, by name, compare, end what did not come, and write what is to be paid."""
        for path in await asyncio.to_thread(self._waiting):
            await self._take(path)
        await self._reconciliation.check()
        await self._service.expire()
        for bank in self._service.banks:
            await self._payments.export(bank)

    async def _take(self, path: Path) -> None:
        try:
            await self._statements.take(await asyncio.to_thread(_read, path))
        except (UnreadableStatement, FiatRefused) as error:
            _log.error("statement not booked", file=path.name, reason=str(error))
            await asyncio.to_thread(self._move, path, "refused", str(error))
            return
        await asyncio.to_thread(self._move, path, "booked", "")

    def _waiting(self) -> list[Path]:
        inbox = self._directory / "inbox"
        inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = (path for path in inbox.iterdir() if path.suffix.lower() == ".xml" and path.is_file())
        return sorted(path for path in files if not path.is_symlink())[:FILES_AT_ONCE]

    def _move(self, path: Path, folder: str, reason: str) -> None:
        target = self._directory / folder
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if reason:
            (target / f"{path.name}.txt").write_text(reason + "\n", encoding="utf-8")
        path.replace(target / path.name)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("files of banks not exchanged; trying again", every_s=self._look_every_s)
            await asyncio.sleep(self._look_every_s)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX + 1)
