"""Payments out: orders that wait become a file for the bank.

Every order is first recorded as sent with the file's message id, then the file is written, whole. A file that is
missing after a crash is written again from the same orders, under the same id, by which banks know a message they have
seen.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from rialto.core.runtime import Runtime
from rialto.products.fiat.banks import Bank
from rialto.products.fiat.beneficiaries import Beneficiaries
from rialto.products.fiat.iso20022.payments import PAYMENTS_MAX, OutgoingPayment, write_payments
from rialto.products.fiat.model import Sent, Stage
from rialto.products.fiat.rules import payout_of
from rialto.products.fiat.service import FiatService
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.history import History
from rialto.projections.pages import Page

WRITTEN: Final = ".written"
"""The folder that remembers which files were written, whatever became of them since."""

_log = structlog.stdlib.get_logger(__name__)


class _Row(msgspec.Struct, frozen=True, array_like=True):
    order_no: str
    message: str


class PaymentExport:
    """Writes files of payments."""

    def __init__(
        self,
        runtime: Runtime,
        history: History,
        service: FiatService,
        beneficiaries: Beneficiaries,
        outbox: Path,
    ) -> None:
        self._runtime = runtime
        self._history = history
        self._service = service
        self._beneficiaries = beneficiaries
        self._outbox = outbox

    async def export(self, bank: str) -> list[Path]:
        """Write what waits for a bank, unless its currency is stopped, and what was recorded and not written.

        Return the files.

        Errors: OSError, those of `Decisions.decide` and `History`.
        """
        written = [await self._write(bank, message, orders) for message, orders in await self._unwritten(bank)]
        is_stopped = self._service.is_stopped(self._service.banks[bank].currency)
        waiting = [] if is_stopped else await self._orders(bank, Stage.INITIAL)
        if waiting:
            now_us = self._runtime.now_us()
            message = f"R{bank[:12].upper().replace('-', '')}{now_us}"
            orders = [row.order_no for row in waiting[:PAYMENTS_MAX]]
            sent = [order for order in orders if await self._service.happen(order, Sent(message, now_us))]
            if sent:
                written.append(await self._write(bank, message, sent))
        return written

    async def _unwritten(self, bank: str) -> list[tuple[str, list[str]]]:
        by_message: dict[str, list[str]] = {}
        for row in await self._orders(bank, Stage.PROCESSING):
            by_message.setdefault(row.message, []).append(row.order_no)
        missing = []
        for message, orders in by_message.items():
            if not await asyncio.to_thread((self._outbox / WRITTEN / message).exists):
                missing.append((message, orders))
        return missing

    async def _orders(self, bank: str, stage: Stage) -> list[_Row]:
        table = fiat_orders.c
        statement = (
            select(table.order_no, table.message)
            .where(table.bank == bank, table.kind == "withdrawal", table.stage == stage.value)
            .order_by(table.created_at_us, table.order_no)
        )
        return await self._history.read(_Row, Page(statement, newest_first=False))

    async def _write(self, name: str, message: str, orders: Sequence[str]) -> Path:
        bank = self._service.banks[name]
        payments = []
        for order in orders:
            to = await asyncio.to_thread(self._beneficiaries.of, order)
            assert to is not None, "an order that is not done keeps whom it is for"
            state = await self._service.order(order)
            text = f"RETURN {state.return_reason} {order}" if state.is_return else f"Rialto {order}"
            payments.append(OutgoingPayment(order, to, payout_of(state), " ".join(text.split())))
        path = await asyncio.to_thread(self._put, bank, message, payments)
        _log.info("payments written", bank=name, file=path.name, payments=len(payments))
        return path

    def _put(self, bank: Bank, message: str, payments: Sequence[OutgoingPayment]) -> Path:
        now = datetime.fromtimestamp(self._runtime.now_us() // 1_000_000, UTC)
        content = write_payments(
            message, now.strftime("%Y-%m-%dT%H:%M:%S"), now.strftime("%Y-%m-%d"), bank.account, bank.currency, payments
        )
        (self._outbox / WRITTEN).mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._outbox / f"{message}.xml"
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(content)
        unfinished.replace(path)
        (self._outbox / WRITTEN / message).touch()
        return path
