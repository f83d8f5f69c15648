"""The stand-in's own state: payments, payouts, books, and the events that are to be sent. Amounts are in cents.

Nothing here is asynchronous or knows HTTP. With a path, every change is on disk before it is answered for.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from rialto.products.fiat.cards.provider import (
    ActionState,
    BookLine,
    Books,
    Card,
    Decline,
    DisputeState,
    Payment,
    PaymentState,
    ProviderDispute,
    ProviderPayout,
    ProviderRefund,
)
from rialto.products.fiat.cards.stand_in.cards import Behaviour, behaviour_of, brand_of

AMOUNT_MAX: Final = 99_999_999
"""The largest payment, in cents."""

DECLINES_MAX: Final = 5
"""After how many declined cards a payment fails."""

LINES_MAX: Final = 500
"""How many lines of the books are read at once."""

PAYMENT_FEE_BASIS_POINTS: Final = 140
PAYMENT_FEE: Final = 25
DISPUTE_FEE: Final = 1_500
PAYOUT_FEE: Final = 50

_replace = msgspec.structs.replace


class Refused(Exception):
    """What was asked is not possible; the message says why."""


class Missing(Exception):
    """There is no such thing."""


class Kept(msgspec.Struct):
    """A payment with what only the stand-in knows of it."""

    payment: Payment
    return_url: str
    expires_at_s: int
    behaviour: Behaviour = Behaviour.PAYS
    is_asking: bool = False
    captured_at_s: int = 0


class Event(msgspec.Struct):
    """An event that is to be sent."""

    id: str
    type: str
    reference: str
    created: int


class _State(msgspec.Struct):
    payments: dict[str, Kept] = {}
    payouts: dict[str, ProviderPayout] = {}
    behaviours: dict[str, Behaviour] = {}
    """What each card does, by our name of it: its number is not kept."""
    done: dict[str, tuple[str, str]] = {}
    """What was made under an idempotency key: a digest of what was asked, and what came of it."""
    lines: list[BookLine] = []
    events: list[Event] = []


class House:
    """The state, and what may happen to it."""

    def __init__(self, now_s: Callable[[], int], url: str = "", path: Path | None = None) -> None:
        self._now_s = now_s
        self._path = path
        self.amount_max = AMOUNT_MAX
        self.is_paused = False
        """Whether what takes a while takes longer still."""
        self.url = url
        """Where the pages are."""
        self._state = _State()
        if path is not None and path.exists():
            self._state = msgspec.json.decode(path.read_bytes(), type=_State)

    @property
    def events(self) -> list[Event]:
        """The events that are to be sent, oldest first."""
        return self._state.events

    def sent(self, event: Event) -> None:
        """Forget an event that was taken."""
        self._state.events.remove(event)
        self._save()

    def create(self, key: str, amount: int, currency: str, return_url: str, expires_at_s: int) -> Payment:
        """Make a payment. Errors: `Refused`."""
        asked = f"{amount}\n{currency}\n{return_url}\n{expires_at_s}"
        known = self._done(key, asked)
        if known is not None:
            return self.payment(known)
        if amount <= 0 or expires_at_s <= self._now_s():
            raise Refused("the amount must be positive, and the end in the future")
        if amount > self.amount_max:
            raise Refused("the amount is too large")
        id_ = f"pay_{secrets.token_hex(12)}"
        payment = Payment(id_, key, amount, currency, PaymentState.OPEN, f"{self.url}/pay/{id_}")
        self._state.payments[id_] = Kept(payment, return_url, expires_at_s)
        self._state.done[key] = (_digest(asked), id_)
        self._save()
        return payment

    def kept(self, id_: str) -> Kept:
        """Find a payment, expired if its time is over. Errors: `Missing`."""
        found = self._state.payments.get(id_)
        if found is None:
            raise Missing(f"there is no payment {id_[:40]}")
        if found.payment.state is PaymentState.OPEN and self._now_s() >= found.expires_at_s:
            self._change(found, "payment.expired", state=PaymentState.EXPIRED)
        return found

    def payment(self, id_: str) -> Payment:
        """Find a payment. Errors: `Missing`."""
        return self.kept(id_).payment

    def show_card(self, id_: str, number: str) -> None:
        """Try a card on a payment's page. Errors: `Missing`, `Refused`."""
        kept = self.kept(id_)
        if kept.payment.state is not PaymentState.OPEN:
            raise Refused(f"the payment is {kept.payment.state.value}")
        behaviour = behaviour_of(number)
        if behaviour is None:
            raise Refused("that is no card's number")
        if behaviour.is_decline:
            self._decline(kept, behaviour.value)
            return
        card = Card(f"card_{_digest(number)[:24]}", brand_of(number), number[-4:])
        self._state.behaviours[card.id] = kept.behaviour = behaviour
        kept.is_asking = behaviour is Behaviour.ASKS
        if kept.is_asking:
            kept.payment = _replace(kept.payment, card=card)
            self._save()
        else:
            self._change(kept, "payment.authorized", state=PaymentState.AUTHORIZED, card=card)

    def answer(self, id_: str, *, is_holder: bool) -> None:
        """Answer the challenge of the card's bank. Errors: `Missing`, `Refused`."""
        kept = self.kept(id_)
        if not kept.is_asking or kept.payment.state is not PaymentState.OPEN:
            raise Refused("nothing is asked")
        kept.is_asking = False
        if is_holder:
            self._change(kept, "payment.authorized", state=PaymentState.AUTHORIZED)
        else:
            self._decline(kept, "authentication_failed")

    def capture(self, id_: str) -> Payment:
        """Take what was authorised. Errors: `Missing`, `Refused`."""
        kept = self.kept(id_)
        if kept.payment.state is PaymentState.AUTHORIZED:
            kept.captured_at_s = self._now_s()
            fee = kept.payment.amount * PAYMENT_FEE_BASIS_POINTS // 10_000 + PAYMENT_FEE
            self._line("payment", id_, kept.payment, kept.payment.amount, fee)
            self._change(kept, "payment.captured", state=PaymentState.CAPTURED)
        elif kept.payment.state is not PaymentState.CAPTURED:
            raise Refused(f"the payment is {kept.payment.state.value}")
        return kept.payment

    def cancel(self, id_: str) -> Payment:
        """Let nothing come of a payment, if it is not too late. Errors: `Missing`."""
        kept = self.kept(id_)
        if kept.payment.state in (PaymentState.OPEN, PaymentState.AUTHORIZED):
            self._change(kept, "payment.canceled", state=PaymentState.CANCELED)
        return kept.payment

    def refund(self, key: str, id_: str, amount: int) -> ProviderRefund:
        """Begin to give back a part. Errors: `Missing`, `Refused`."""
        kept = self.kept(id_)
        if self._done(key, f"{id_}\n{amount}") is not None:
            return next(each for each in kept.payment.refunds if each.reference == key)
        gone = sum(each.amount for each in kept.payment.refunds if each.state is not ActionState.FAILED)
        gone += sum(each.amount for each in kept.payment.disputes if each.state is not DisputeState.WON)
        if kept.payment.state is not PaymentState.CAPTURED or not 0 < amount <= kept.payment.amount - gone:
            raise Refused("there is not so much to give back")
        refund = ProviderRefund(f"re_{secrets.token_hex(12)}", key, amount, ActionState.PENDING)
        self._state.done[key] = (_digest(f"{id_}\n{amount}"), refund.id)
        self._change(kept, "refund.created", refunds=(*kept.payment.refunds, refund))
        return refund

    def pay_out(self, key: str, card: str, amount: int, currency: str) -> ProviderPayout:
        """Begin to pay to a card that was paid with. Errors: `Missing`, `Refused`."""
        known = self._done(key, f"{card}\n{amount}\n{currency}")
        if known is not None:
            return self.payout(known)
        if card not in self._state.behaviours:
            raise Missing(f"there is no card {card[:40]}")
        if not 0 < amount <= self.balance(currency):
            raise Refused("the balance does not cover it")
        payout = ProviderPayout(f"po_{secrets.token_hex(12)}", key, amount, currency, ActionState.PENDING)
        if self._state.behaviours[card] is Behaviour.PAYOUT_FAILS:
            payout = _replace(payout, reason="card_not_eligible")
        self._state.payouts[payout.id] = payout
        self._state.done[key] = (_digest(f"{card}\n{amount}\n{currency}"), payout.id)
        self._save()
        return payout

    def payout(self, id_: str) -> ProviderPayout:
        """Find a payout. Errors: `Missing`."""
        found = self._state.payouts.get(id_)
        if found is None:
            raise Missing(f"there is no payout {id_[:40]}")
        return found

    def dispute(self, id_: str, amount: int | None = None) -> str:
        """Have a card's holder charge a payment back, or a part of it; return the dispute. Errors: `Missing`."""
        kept = self.kept(id_)
        taken = kept.payment.amount if amount is None else amount
        dispute = ProviderDispute(f"dp_{secrets.token_hex(12)}", taken, "fraudulent", DisputeState.OPEN)
        self._line("dispute", dispute.id, kept.payment, -taken, DISPUTE_FEE)
        self._change(kept, "dispute.opened", disputes=(*kept.payment.disputes, dispute))
        return dispute.id

    def close_dispute(self, id_: str, dispute: str, *, is_won: bool) -> None:
        """Decide a dispute; what is won comes back, but for its fee. Errors: `Missing`."""
        kept = self.kept(id_)
        found = next((each for each in kept.payment.disputes if each.id == dispute), None)
        if found is None or found.state is not DisputeState.OPEN:
            raise Missing(f"there is no open dispute {dispute[:40]}")
        if is_won:
            self._line("dispute_won", dispute, kept.payment, found.amount, 0)
        closed = _replace(found, state=DisputeState.WON if is_won else DisputeState.LOST)
        others = tuple(closed if each.id == dispute else each for each in kept.payment.disputes)
        self._change(kept, "dispute.closed", disputes=others)

    def transfer(self, currency: str) -> str:
        """Send everything that is owed to the house's bank; return what the bank's entry names. Errors: `Refused`."""
        amount = self.balance(currency)
        if amount <= 0:
            raise Refused("nothing is owed")
        id_ = f"TR{secrets.token_hex(8).upper()}"
        self._state.lines.append(BookLine(len(self._state.lines) + 1, "transfer", id_, "", currency, -amount, 0))
        self._save()
        return id_

    def slip(self, currency: str, amount: int) -> None:
        """Have the books say something that nobody was told of, as when a provider makes a mistake."""
        self._state.lines.append(BookLine(len(self._state.lines) + 1, "correction", "", "", currency, amount, 0))
        self._save()

    def balance(self, currency: str) -> int:
        """Return what is owed to the house."""
        return sum(line.net for line in self._state.lines if line.currency == currency)

    def books(self, currency: str, after: int) -> Books:
        """Read the books after a line."""
        own = [line for line in self._state.lines if line.currency == currency]
        lines = [line for line in own if line.number > after][:LINES_MAX]
        return Books(tuple(lines), own[-1].number if own else 0, self.balance(currency))

    def tick(self, dispute_after_s: int) -> None:
        """Have done what takes a while: refunds, payouts, chargebacks by cards that do that, pages that expire."""
        if self.is_paused:
            return
        for id_ in list(self._state.payments):
            kept = self.kept(id_)
            for refund in kept.payment.refunds:
                if refund.state is ActionState.PENDING:
                    self._end_refund(kept, refund)
            is_due = self._now_s() >= kept.captured_at_s + dispute_after_s
            if kept.behaviour is Behaviour.DISPUTES and kept.captured_at_s and is_due and not kept.payment.disputes:
                self.dispute(id_)
        for payout in list(self._state.payouts.values()):
            if payout.state is ActionState.PENDING:
                self._end_payout(payout)

    def _end_refund(self, kept: Kept, refund: ProviderRefund) -> None:
        if kept.behaviour is Behaviour.REFUND_FAILS:
            ended = _replace(refund, state=ActionState.FAILED, reason="card_closed")
        else:
            ended = _replace(refund, state=ActionState.PAID)
            self._line("refund", refund.id, kept.payment, -refund.amount, 0)
        refunds = tuple(ended if each.id == refund.id else each for each in kept.payment.refunds)
        self._change(kept, f"refund.{ended.state.value}", refunds=refunds)

    def _end_payout(self, payout: ProviderPayout) -> None:
        state = ActionState.FAILED if payout.reason else ActionState.PAID
        self._state.payouts[payout.id] = _replace(payout, state=state)
        if state is ActionState.PAID:
            number = len(self._state.lines) + 1
            line = BookLine(
                number, "payout", payout.id, payout.reference, payout.currency, -payout.amount, PAYOUT_FEE
            )  # fmt: skip
            self._state.lines.append(line)
        self._tell(f"payout.{state.value}", payout.reference)

    def _decline(self, kept: Kept, reason: str) -> None:
        declines = (*kept.payment.declines, Decline(reason))
        is_over = len(declines) >= DECLINES_MAX
        state = PaymentState.FAILED if is_over else PaymentState.OPEN
        self._change(kept, "payment.failed" if is_over else "payment.declined", declines=declines, state=state)

    def _done(self, key: str, asked: str) -> str | None:
        known = self._state.done.get(key)
        if known is not None and known[0] != _digest(asked):
            raise Refused("something else was asked under this idempotency key")
        return None if known is None else known[1]

    def _line(self, kind: str, object_: str, payment: Payment, gross: int, fee: int) -> None:
        number = len(self._state.lines) + 1
        self._state.lines.append(BookLine(number, kind, object_, payment.reference, payment.currency, gross, fee))

    def _change(self, kept: Kept, type_: str, **changes: object) -> None:
        kept.payment = _replace(kept.payment, **changes)
        self._tell(type_, kept.payment.reference)

    def _tell(self, type_: str, reference: str) -> None:
        self._state.events.append(Event(f"evt_{secrets.token_hex(12)}", type_, reference, self._now_s()))
        self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        unfinished = self._path.with_suffix(".unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(self._state))
        unfinished.replace(self._path)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
