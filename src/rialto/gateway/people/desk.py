"""What every call about people's accounts goes through: throttles, threads, errors as clients see them.

Owns the throttles. They are by address and by account; an account's are apart for devices that are known to it, so that
a stranger who fails for ever keeps other strangers waiting and not its person.
"""

from collections.abc import Callable
from math import ceil
from typing import Final, TypeVar

import structlog

from rialto.gateway.browser import Browsers
from rialto.gateway.call import Call
from rialto.identity.accounts import Accounts, Origin
from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.identity.email_proofs import InvalidProof, Proof, Purpose
from rialto.identity.hashing import Hashing, HashingBusy, HashingFailed
from rialto.identity.mail import MailQueueFull
from rialto.identity.operators import Role
from rialto.identity.passwords import Answer, WeakPassword
from rialto.identity.people import InvalidEmail, Person, PersonStatus, normalised
from rialto.identity.throttles import Allowance, DelayRules, Delays
from rialto.wire.errors import ApiError
from rialto.wire.people_errors import PeopleError

T = TypeVar("T")

BUSY_S: Final = 5
"""After how long one who was told busy may try again."""

STRANGERS_MAILS_DUE_MAX: Final = 500
"""How many mails may wait to be sent for a stranger's to be added; what people must be told is always added."""

MAILS_PER_HOUR: Final = 5
"""How many mails a stranger can have sent to one address."""

PROOFS_PER_HOUR: Final = 60
"""How many links and codes that are none one address may try."""

CHALLENGES_PER_HOUR: Final = 120
"""How many challenges for passkeys one address may ask for without saying who it is."""

HOUR_US: Final = 3_600_000_000

ACCOUNT_DELAYS: Final = DelayRules(free=5, first_us=1_000_000, longest_us=60_000_000)
DEVICE_DELAYS: Final = DelayRules(free=5, first_us=1_000_000, longest_us=900_000_000)
ADDRESS_DELAYS: Final = DelayRules(free=20, first_us=1_000_000, longest_us=900_000_000)

_log = structlog.stdlib.get_logger(__name__)


class Desk:
    """Serves calls."""

    def __init__(
        self,
        accounts: Accounts,
        browsers: Browsers,
        clerks: Clerks,
        hashing: Hashing,
        now_us: Callable[[], int],
        *,
        sign_ups_per_hour_max: int,
        roles_of: Callable[[int], frozenset[Role]],
    ) -> None:
        """`sign_ups_per_hour_max` is of one address; `roles_of` says who is an operator."""
        self.accounts: Final = accounts
        self.browsers: Final = browsers
        self.now_us: Final = now_us
        self.roles_of: Final = roles_of
        self._clerks = clerks
        self._hashing = hashing
        self.sign_ups: Final = Allowance(sign_ups_per_hour_max, HOUR_US)
        self.mails: Final = Allowance(MAILS_PER_HOUR, HOUR_US)
        self.challenges: Final = Allowance(CHALLENGES_PER_HOUR, HOUR_US)
        self.proofs: Final = Allowance(PROOFS_PER_HOUR, HOUR_US)
        self.by_address: Final = Delays(ADDRESS_DELAYS)
        self.by_account: Final = Delays(ACCOUNT_DELAYS)
        self.by_device: Final = Delays(DEVICE_DELAYS)

    async def run(self, do: Callable[[], T]) -> T:
        """Do something that blocks. Raises `ApiError` -41001 if there is no time, -41006 for a proof that is none."""
        try:
            return await self._clerks.run(do)
        except (ClerksBusy, MailQueueFull):
            raise busy() from None
        except InvalidProof:
            raise PeopleError.INVALID_PROOF.error() from None

    async def hash(self, password: str, email: str) -> str:
        """Check and hash a new password. Raises `ApiError` -41005, -41001."""
        try:
            return await self._hashing.hash(password, (email,))
        except WeakPassword as weak:
            raise PeopleError.WEAK_PASSWORD.error(str(weak)) from None
        except (HashingBusy, HashingFailed):
            raise busy() from None

    async def compare(self, password: str, stored: str | None) -> Answer:
        """Compare a password with a hash. Raises `ApiError` -41001."""
        try:
            return await self._hashing.matches(password, stored)
        except (HashingBusy, HashingFailed):
            raise busy() from None

    async def proof(
        self, purpose: Purpose, call: Call, token: str | None, email: str | None, code: str | None
    ) -> Proof:
        """Find what a link or a code proves. Raises `ApiError` -41006, -41002 if too many were tried."""
        proofs, now_us = self.accounts.proofs, self.now_us()
        check_wait(self.proofs.wait_us(call.address, now_us))
        try:
            if token is not None:
                return await self.run(lambda: proofs.find_by_token(purpose, token, now_us))
            if email is not None and code is not None:
                key = read_email(email)
                return await self.run(lambda: proofs.find_by_code(purpose, key, code, now_us))
            raise PeopleError.INVALID_PROOF.error()
        except ApiError as refusal:
            if refusal.code == PeopleError.INVALID_PROOF.number:
                self.proofs.take(call.address, now_us)
            raise

    async def person(self, call: Call) -> Person:
        """Return who calls, in a browser's session. Raises `ApiError` -41007, -41010, -41018."""
        owner = call.browser_session.owner
        person = await self.run(lambda: self.accounts.people.find(owner))
        if person is None:
            raise PeopleError.NO_SESSION.error()
        check_active(person)
        return person

    async def check_password(self, person: Person, password: str, call: Call) -> None:
        """Make sure that who is logged in knows the password. Raises `ApiError` -41003, -41002."""
        key, now_us = f"own:{person.owner}", self.now_us()
        check_wait(self.by_device.wait_us(key, now_us))
        self.by_device.begin(key, now_us)
        stored = await self.run(lambda: self.accounts.password_hash_of(person.owner))
        answer = await self.compare(password, stored)
        if stored is None or not answer.matches:
            why, origin = "the password was wrong", origin_of(call)
            await self.run(lambda: self.accounts.note_refused_login(person, origin, why))
            raise PeopleError.WRONG_CREDENTIALS.error()
        self.by_device.succeed(key)

    def may_mail(self, purpose: str, email_key: str) -> bool:
        """Count a mail that a stranger has sent to an address; tell whether it may go out.

        Raises `ApiError` -41001 while those who asked before keep everything busy: a mail that comes too late, or whose
        link leads to a refusal, helps nobody, and takes time from those who are further.
        """
        if self.accounts.mails_due >= STRANGERS_MAILS_DUE_MAX or self._hashing.is_crowded:
            raise busy()
        return self.mails.take(f"{purpose}:{email_key}", self.now_us()) == 0


def origin_of(call: Call) -> Origin:
    """Return where a call comes from."""
    return Origin(call.address, call.client)


def check_wait(wait_us: int) -> None:
    """Raise `ApiError` -41002 if there is a time to wait."""
    if wait_us > 0:
        seconds = ceil(wait_us / 1_000_000)
        raise PeopleError.TRY_LATER.error(seconds, retry_after_s=seconds)


def check_active(person: Person) -> None:
    """Raise `ApiError` -41010 or -41018 if someone may not act."""
    if person.status is PersonStatus.FROZEN:
        raise PeopleError.FROZEN.error()
    if person.status is PersonStatus.CLOSED:
        raise PeopleError.CLOSED.error()


def check_no_secret_in_query(call: Call) -> None:
    """Raise `ApiError` -41016 for parameters in the address: proxies and histories keep those."""
    if call.request.query:
        raise PeopleError.SECRET_IN_QUERY.error()


def read_email(text: str) -> str:
    """Return an address as it is compared. Raises `ApiError` -41004."""
    try:
        return normalised(text)[1]
    except InvalidEmail:
        raise PeopleError.INVALID_EMAIL.error() from None


def busy() -> ApiError:
    """Return what one is told whom there is no time for."""
    return PeopleError.BUSY.error(BUSY_S, retry_after_s=BUSY_S)
