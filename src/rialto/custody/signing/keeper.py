"""The signer itself: keys, policy and record put together. Runs in the signer's process, or in this one for tests.

Nothing is believed of a request but what can be held against the transaction's own bytes, our own keys or our own
record. Order of work: the effects are read, the rules decide, the keys sign, the record is on the disk; only then a
signature leaves. Cut off anywhere before, nothing has left; after, asking again gives what was recorded.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NoReturn

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rialto.custody.chains.network import Family
from rialto.custody.signing import rules
from rialto.custody.signing.book import Book, BookUnusable, Settled, SignedEntry, StatedEntry
from rialto.custody.signing.channel import Figures, LimitUsed
from rialto.custody.signing.effects import Effects, Reader, Unreadable
from rialto.custody.signing.keys import Curve, KeyStore, NoSuchKey
from rialto.custody.signing.policy import NetworkPolicy, Policy
from rialto.custody.signing.requests import (
    STATEMENT_BEGINS,
    STATEMENT_LENGTH_MAX,
    Approval,
    Purpose,
    Refusal,
    SignerUnavailable,
    SigningAnswer,
    SigningRefused,
    SigningRequest,
    StatementRequest,
    approval_of,
    payment_digest,
    transaction_digest,
)
from rialto.custody.signing.statements import statement_digest, with_recovery
from rialto.foundation.clock import Clock

PATH: Final = re.compile(r"[0-2]/(?:0|[1-9][0-9]{0,9})")
INDEX_MAX: Final = (1 << 31) - 1

_log = structlog.stdlib.get_logger(__name__)


class Keeper:
    """Signs what the policy allows."""

    def __init__(
        self, policy: Policy, store: KeyStore, readers: Mapping[str, Reader], book: Book, clock: Clock
    ) -> None:
        """`readers` by the name of the network."""
        self._policy = policy
        self._store = store
        self._readers = readers
        self._book = book
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._signed: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._hot: dict[str, frozenset[str]] = {}
        self._operators = {
            name: Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for name, key in policy.operators.items()
        }

    @property
    def book(self) -> Book:
        """The record."""
        return self._book

    def close(self) -> None:
        """Let what is being signed be recorded, then close the record: whoever comes later is refused."""
        with self._one_at_a_time:
            self._book.close()

    async def sign(self, request: SigningRequest) -> tuple[bytes, ...]:
        """Sign, as `Signer` has it."""
        return (await asyncio.to_thread(self.answer, request)).signatures

    async def attest(self, request: StatementRequest) -> bytes:
        """Sign a statement, as `Signer` has it."""
        return await asyncio.to_thread(self.state, request)

    def answer(self, request: SigningRequest) -> SigningAnswer:
        """Sign, and say where the record stands. Blocking. Errors: `SigningRefused`, `SignerUnavailable`."""
        with self._one_at_a_time:
            try:
                try:
                    answered = self._sign(request)
                except Unreadable as error:
                    _refuse(Refusal.UNREADABLE, str(error))
            except SigningRefused as refused:
                self._refused[refused.refusal.value] += 1
                _log.warning(
                    "refused to sign", network=request.unsigned.network[:32], purpose=request.purpose.value,
                    references=[each[:64] for each in request.references[:5]], refusal=refused.refusal.value,
                    reason=str(refused),
                )  # fmt: skip
                raise
            except BookUnusable as error:
                _log.error("the record of what was signed cannot be written", reason=str(error))
                raise SignerUnavailable(str(error)) from error
        return answered

    def effects(self, request: SigningRequest) -> Effects:
        """Read what a transaction does, to be shown; nothing is allowed by it. Errors: `SigningRefused`."""
        rules.check_shape(request)
        _, reader = self._network(request.unsigned.network, request.unsigned.family)
        try:
            return reader.read(request.unsigned)
        except Unreadable as error:
            _refuse(Refusal.UNREADABLE, str(error))

    def state(self, request: StatementRequest) -> bytes:
        """Sign a statement. Blocking. Errors: `SigningRefused`, `SignerUnavailable`."""
        with self._one_at_a_time:
            try:
                return self._state(request)
            except Unreadable as error:
                _refuse(Refusal.SOURCE, str(error))
            except BookUnusable as error:
                raise SignerUnavailable(str(error)) from error

    def figures(self) -> Figures:
        """Tell what was done since the start. Blocking."""
        with self._one_at_a_time:
            limits = tuple(
                each for name, policy in self._policy.networks.items() for each in self._limits(name, policy)
            )
            return Figures(self._book.number, self._book.head, dict(self._signed), dict(self._refused), limits)

    def _limits(self, network: str, policy: NetworkPolicy) -> Iterator[LimitUsed]:
        past = self._book.past(network, self._clock.now_us())
        for asset in policy.assets:
            spent = past.spent(asset.contract)
            yield LimitUsed(network, asset.asset, "hour", _percent(spent.hour, asset.hour_max))
            yield LimitUsed(network, asset.asset, "day", _percent(spent.day, asset.day_max))
        coin = policy.of(None)
        yield LimitUsed(network, coin.asset if coin else "", "fees", _percent(past.fees_today(), policy.fee_day_max))

    def _sign(self, request: SigningRequest) -> SigningAnswer:
        rules.check_shape(request)
        unsigned = request.unsigned
        policy, reader = self._network(unsigned.network, unsigned.family)
        transaction = transaction_digest(unsigned)
        recorded = self._book.signed(transaction)
        if recorded is not None:
            return self._again(request, *recorded)
        curve = _curve(policy)
        paths = [source.path for source in unsigned.sources]
        keys = [self._public_key(unsigned.network, path, curve) for path in paths]
        effects = reader.read(unsigned)
        spelled = [reader.address(path, key) for path, key in zip(paths, keys, strict=True)]
        rules.check_sources(request.purpose, unsigned.sources, spelled)
        now_us = self._book.time_us(self._clock.now_us())
        known = {each: before for each in request.references if (before := self._book.known(each)) is not None}
        decision = rules.decide(
            request,
            effects,
            policy,
            own=self._own(request, policy, reader),
            known=known,
            past=self._book.past(unsigned.network, now_us),
            verify=self._verify,
        )
        made = [
            self._store.sign(f"{unsigned.network}/{path}", curve, digest)
            for path, digest in zip(paths, effects.digests, strict=True)
        ]
        signatures = reader.place(unsigned, keys, made)
        entry = SignedEntry(
            now_us,
            unsigned.network,
            request.purpose,
            request.references,
            transaction,
            effects.spends,
            effects.fee_max,
            tuple(Settled(each.reference, each.payment, each.is_new) for each in decision.outgoing),
            {each.reference: payment_digest(unsigned.network, each.payment) for each in decision.outgoing},
            decision.approved_by,
            signatures,
        )
        number = self._book.append(entry)
        self._signed[request.purpose.value] += 1
        _log.info(
            "signed", entry=number, network=unsigned.network, purpose=request.purpose.value,
            references=request.references[:5], payments=len(decision.outgoing), fee_max=effects.fee_max,
        )  # fmt: skip
        return SigningAnswer(signatures, number, self._book.head)

    def _again(self, request: SigningRequest, number: int, entry: SignedEntry) -> SigningAnswer:
        """Answer what was answered before."""
        if entry.references != request.references:
            _refuse(Refusal.REUSED, f"this transaction was signed for {entry.references[:5]} already")
        return SigningAnswer(entry.signatures, number, self._book.head_at(number))

    def _state(self, request: StatementRequest) -> bytes:
        if not request.text.startswith(STATEMENT_BEGINS) or len(request.text) > STATEMENT_LENGTH_MAX:
            _refuse(
                Refusal.MALFORMED,
                f"a statement begins with {STATEMENT_BEGINS!r} and has at most {STATEMENT_LENGTH_MAX} characters",
            )
        policy = self._policy.networks.get(request.network)
        if policy is None:
            _refuse(Refusal.NETWORK, f"the policy names no network {request.network!r}")
        _, reader = self._network(request.network, policy.family.value)
        curve = _curve(policy)
        key = self._public_key(request.network, request.source.path, curve)
        rules.check_sources(Purpose.REFILL, (request.source,), (reader.address(request.source.path, key),))
        digest = statement_digest(policy, request.text)
        signature = self._store.sign(f"{request.network}/{request.source.path}", curve, digest)
        now_us = self._book.time_us(self._clock.now_us())
        self._book.append(StatedEntry(now_us, request.network, request.source.path, request.text))
        return signature if curve is Curve.ED25519 else with_recovery(signature, key, digest)

    def _network(self, name: str, family: str) -> tuple[NetworkPolicy, Reader]:
        policy, reader = self._policy.networks.get(name), self._readers.get(name)
        if policy is None or reader is None or policy.family.value != family:
            _refuse(Refusal.NETWORK, f"the policy names no network {name[:32]!r} of family {family[:32]!r}")
        return policy, reader

    def _public_key(self, network: str, path: str, curve: Curve) -> bytes:
        if not PATH.fullmatch(path) or int(path.split("/")[1]) > INDEX_MAX:
            _refuse(Refusal.SOURCE, f"{path[:32]!r} is no path of an address; they are such as 0/7, 1/0, 2/3")
        try:
            return self._store.public_key(f"{network}/{path}", curve)
        except NoSuchKey as error:
            _refuse(Refusal.KEY, f"there is no key for {network}/{path}: {error}")

    def _own(self, request: SigningRequest, policy: NetworkPolicy, reader: Reader) -> set[str]:
        """Find which destinations are ours: named in the policy, hot, change, or claimed and true."""
        network, curve = request.unsigned.network, _curve(policy)
        hot = self._hot.get(network)
        if hot is None:
            hot = self._hot[network] = self._hot_addresses(network, policy, reader)
        own = set(policy.own) | hot
        for claim in request.own:
            address = reader.address(claim.path, self._public_key(network, claim.path, curve))
            if address != claim.address:
                _refuse(Refusal.DESTINATION, f"{claim.address} is not our address at {claim.path}, which is {address}")
            own.add(address)
        return own

    def _hot_addresses(self, network: str, policy: NetworkPolicy, reader: Reader) -> frozenset[str]:
        found = set()
        for level in rules.HOT_PURPOSES:
            for index in range(policy.hot_addresses):
                path = f"{level}/{index}"
                try:
                    key = self._store.public_key(f"{network}/{path}", _curve(policy))
                except NoSuchKey:
                    break  # A token holds the keys that were made in it, from 0 on.
                found.add(reader.address(path, key))
        return frozenset(found)

    def _verify(self, reference: str, payment: bytes, approval: Approval) -> bool:
        key = self._operators.get(approval.operator)
        if key is None or len(approval.signature) != 64:
            return False
        try:
            key.verify(approval.signature, approval_of(reference, payment))
        except InvalidSignature:
            return False
        return True


def _curve(policy: NetworkPolicy) -> Curve:
    return Curve.ED25519 if policy.family is Family.SOLANA else Curve.SECP256K1


def _percent(used: int, most: int) -> int:
    """Of a limit of nothing, all is used."""
    return used * 100 // most if most else 100


def _refuse(refusal: Refusal, message: str) -> NoReturn:
    raise SigningRefused(refusal, message)
