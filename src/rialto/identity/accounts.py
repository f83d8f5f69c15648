"""What happens to people's accounts by mail and password: sign-up, login, changes, freezing.

Each act is one transaction: what it changes, the entry in the behaviour log, and the mail that tells of it. Passwords
come in as hashes; sessions are ended by the callers once the act is done, for a session ended too much costs a login
and one ended too little an account. Calls block: off the event loop.

Nothing here tells a stranger whether an address has an account: for one that has and one that has not, the same rows
are read, the same number is written, and a mail goes out.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from rialto.identity.behaviour import DONE, REFUSED, BehaviourLog
from rialto.identity.devices import Devices
from rialto.identity.email_proofs import MINUTES, EmailProofs, InvalidProof, Proof, Purpose
from rialto.identity.mail import Mailer
from rialto.identity.page_preferences import chosen_by
from rialto.identity.people import (
    EmailTaken,
    FrozenBy,
    InvalidEmail,
    LockReason,
    People,
    Person,
    PersonStatus,
    normalised,
)
from rialto.identity.people_tables import people as table

LOCK_HOURS: Final = 24
LOCK_US: Final = LOCK_HOURS * 3_600_000_000
SELF: Final = "self"
STRANGER: Final = "stranger"


class Origin(NamedTuple):
    """Where an act comes from."""

    address: str
    client: str


class LoginFacts(NamedTuple):
    """What a login is judged by. Person and hash are None for an address without an account."""

    person: Person | None
    password_hash: str | None
    is_known_device: bool
    key: str
    """The address as addresses are compared, however it was spelt."""


class Accounts:
    """The acts."""

    def __init__(
        self,
        people: People,
        proofs: EmailProofs,
        devices: Devices,
        behaviour: BehaviourLog,
        mailer: Mailer,
        now_us: Callable[[], int],
        public_url: str,
    ) -> None:
        """`public_url` is what links in mails begin with."""
        self.people: Final = people
        self.proofs: Final = proofs
        self.devices: Final = devices
        self._behaviour = behaviour
        self._mailer = mailer
        self._now_us = now_us
        self._url = public_url

    @property
    def mails_due(self) -> int:
        """About how many mails wait to be sent now."""
        return self._mailer.due_now

    def begin_sign_up(self, email: str, origin: Origin) -> None:
        """Send a link and a code to an address, or tell it that it has an account. Errors: `MailQueueFull`."""
        address, key = normalised(email)
        with self.people.engine.begin() as connection:
            owner = self._owner_of(connection, key)
            issued = self.proofs.issue(connection, Purpose.SIGN_UP, address, key, None, self._now_us())
            if owner is None:
                values = {**self._link("sign-up", issued.token), "code": issued.code, "minutes": MINUTES}
                self._mailer.send(address, "verify-address", values, connection)
            else:
                # What was issued is told to nobody: it only makes both cases the same work.
                self._mailer.send(address, "address-in-use", {"link": f"{self._url}/account/login"}, connection)
            self._note(connection, owner, STRANGER, "sign-up", origin, DONE)

    def sign_up(
        self, proof: Proof, password_hash: str, origin: Origin, agree: Callable[[Connection, int], object]
    ) -> Person:
        """Make the person whose address is proven; `agree` writes down in the same transaction what they accept.

        Errors: `InvalidProof`, also if the address has an account.
        """
        with self.people.engine.begin() as connection:
            self.proofs.use(connection, proof)
            try:
                person = self.people.register(
                    proof.email, self._now_us(), password_hash=password_hash, connection=connection
                )
            except EmailTaken as error:
                raise InvalidProof("the address has an account already") from error
            agree(connection, person.owner)
            self._note(connection, person.owner, SELF, "sign-up-confirmed", origin, DONE)
        return person

    def login_facts(self, email: str, device: str) -> LoginFacts:
        """Look up what a login with an address is judged by."""
        try:
            _, key = normalised(email)
        except InvalidEmail:
            key = email.casefold()
        person, password_hash = self.people.with_password(key)
        is_known = self.devices.is_known(-1 if person is None else person.owner, device)
        return LoginFacts(person, password_hash, is_known, key)

    def note_refused_login(self, person: Person | None, origin: Origin, why: str) -> None:
        """Log a login that failed; one to an address without an account as well, which takes as long."""
        with self.people.engine.begin() as connection:
            owner = None if person is None else person.owner
            self._note(connection, owner, STRANGER, "login", origin, REFUSED, why)

    def note_login(
        self, connection: Connection, person: Person, device: str, origin: Origin, how: str, *, is_first: bool
    ) -> None:
        """Log a login in the transaction that begins its session; tell its person of a new device but the first, and
        of a known one if they wish."""
        now_us = self._now_us()
        is_new = self.devices.note(connection, person.owner, device, origin.client, origin.address, now_us)
        self._note(connection, person.owner, SELF, "login", origin, DONE, how)
        if is_first or not (is_new or chosen_by(person.owner, connection).wants_login_mail):
            return
        values = {
            "time": _shown_time(now_us),
            "address": origin.address,
            "place": self.devices.places.place_of(origin.address),
            "client": origin.client or "unknown",
            "freeze_link": self._freeze_link(connection, person),
        }
        self._mailer.send(person.owner, "new-device" if is_new else "login", values, connection)

    def set_new_hash(self, owner: int, old: str, new: str) -> None:
        """Replace a password's hash by one of the same password, unless it was changed meanwhile."""
        with self.people.engine.begin() as connection:
            same = (table.c.owner == owner, table.c.password_hash == old)
            connection.execute(update(table).where(*same).values(password_hash=new))

    def password_hash_of(self, owner: int) -> str | None:
        """Look up a person's hash."""
        with self.people.engine.connect() as connection:
            return connection.scalar(select(table.c.password_hash).where(table.c.owner == owner))

    def change_password(self, person: Person, password_hash: str, origin: Origin) -> None:
        """Set another password, lock withdrawals, and say so."""
        with self.people.engine.begin() as connection:
            self._set_password(connection, person, password_hash, "password-changed", origin)

    def begin_reset(self, email: str, origin: Origin) -> None:
        """Send a link and a code for a new password, if the address has an account. Errors: `MailQueueFull`."""
        address, key = normalised(email)
        with self.people.engine.begin() as connection:
            owner = self._owner_of(connection, key)
            issued = self.proofs.issue(connection, Purpose.RESET, address, key, owner, self._now_us())
            if owner is not None:
                values = {**self._link("reset", issued.token), "code": issued.code, "minutes": MINUTES}
                self._mailer.send(address, "reset-password", values, connection)
            else:
                link = {"link": f"{self._url}/account/sign-up"}
                self._mailer.send(address, "no-account", link, connection)
            self._note(connection, owner, STRANGER, "password-forgotten", origin, DONE)

    def reset_password(self, proof: Proof, person: Person, password_hash: str, origin: Origin) -> None:
        """Set another password for who reads the address's mail. Who froze their own account unfreezes it by this.

        Errors: `InvalidProof`.
        """
        with self.people.engine.begin() as connection:
            self.proofs.use(connection, proof)
            self._set_password(connection, person, password_hash, "password-reset", origin)
        if person.status is PersonStatus.FROZEN:
            self.people.unfreeze(person.owner, self._now_us(), FrozenBy.OWNER)

    def freeze(self, proof: Proof, origin: Origin) -> None:
        """Freeze the account whose link was opened. Errors: `InvalidProof`."""
        owner = proof.owner
        if owner is None:
            raise InvalidProof("the link is nobody's")
        with self.people.engine.begin() as connection:
            self.proofs.use(connection, proof)
            self._note(connection, owner, STRANGER, "account-frozen", origin, DONE, "by the link in a mail")
            values = {"address": origin.address, "link": f"{self._url}/account/password"}
            self._mailer.send(owner, "account-frozen", values, connection)
        self.people.freeze(owner, self._now_us(), FrozenBy.OWNER)

    def freeze_own(self, owner: int, origin: Origin) -> None:
        """Freeze the account of who is logged in to it, and asks for it."""
        with self.people.engine.begin() as connection:
            self._note(connection, owner, SELF, "account-frozen", origin, DONE, "in a session")
            values = {"address": origin.address, "link": f"{self._url}/account/password"}
            self._mailer.send(owner, "account-frozen", values, connection)
        self.people.freeze(owner, self._now_us(), FrozenBy.OWNER)

    def anti_phishing_code_of(self, owner: int) -> str | None:
        """Look up what someone's mails begin with."""
        with self.people.engine.connect() as connection:
            return connection.scalar(select(table.c.anti_phishing_code).where(table.c.owner == owner))

    def set_anti_phishing_code(self, owner: int, code: str | None, origin: Origin) -> None:
        """Set what every mail begins with."""
        with self.people.engine.begin() as connection:
            connection.execute(update(table).where(table.c.owner == owner).values(anti_phishing_code=code))
            self._note(connection, owner, SELF, "anti-phishing-code-changed", origin, DONE)

    def begin_email_change(self, person: Person, email: str, origin: Origin) -> None:
        """Send a code to either address. To the new one goes the same whether it has an account or not."""
        address, key = normalised(email)
        with self.people.engine.begin() as connection:
            now_us = self._now_us()
            _, own_key = normalised(person.email)
            new = self.proofs.issue(connection, Purpose.NEW_ADDRESS, address, key, person.owner, now_us)
            old = self.proofs.issue(connection, Purpose.OLD_ADDRESS, address, own_key, person.owner, now_us)
            self._mailer.send(address, "confirm-new-address", {"code": new.code, "minutes": MINUTES}, connection)
            values = {"code": old.code, "minutes": MINUTES, "email": address}
            freeze = {"freeze_link": self._freeze_link(connection, person)}
            self._mailer.send(person.owner, "confirm-address-change", {**values, **freeze}, connection)
            self._note(connection, person.owner, SELF, "address-change-asked", origin, DONE)

    def change_email(self, person: Person, old: Proof, new: Proof, origin: Origin) -> str:
        """Give a person the address that both codes were sent for; return it.

        Errors: `InvalidProof`, also if the address has an account by now.
        """
        if not old.owner == new.owner == person.owner or old.email != new.email:
            raise InvalidProof("the codes do not belong together")
        address, key = normalised(new.email)
        with self.people.engine.begin() as connection:
            self.proofs.use(connection, old)
            self.proofs.use(connection, new)
            if self._owner_of(connection, key) not in (None, person.owner):
                raise InvalidProof("the address has an account already")
            values = {"email": address, "hours": LOCK_HOURS, "freeze_link": self._freeze_link(connection, person)}
            self._mailer.send(person.owner, "address-changed", values, connection)
            changed = update(table).where(table.c.owner == person.owner)
            try:
                connection.execute(changed.values(email=address, email_key=key))
            except IntegrityError as error:
                raise InvalidProof("the address has an account by now") from error
            until_us = self._now_us() + LOCK_US
            self.people.lock_withdrawals(person.owner, until_us, LockReason.FACTOR_CHANGED, connection)
            self._note(connection, person.owner, SELF, "address-changed", origin, DONE)
        return address

    def note(self, owner: int, action: str, origin: Origin, detail: str = "") -> None:
        """Log something a person did themselves."""
        with self.people.engine.begin() as connection:
            self._note(connection, owner, SELF, action, origin, DONE, detail)

    def _set_password(
        self, connection: Connection, person: Person, password_hash: str, action: str, origin: Origin
    ) -> None:
        connection.execute(update(table).where(table.c.owner == person.owner).values(password_hash=password_hash))
        until_us = self._now_us() + LOCK_US
        self.people.lock_withdrawals(person.owner, until_us, LockReason.PASSWORD_CHANGED, connection)
        self._note(connection, person.owner, SELF, action, origin, DONE)
        values = {
            "address": origin.address,
            "client": origin.client or "unknown",
            "hours": LOCK_HOURS,
            "freeze_link": self._freeze_link(connection, person),
        }
        self._mailer.send(person.owner, "password-changed", values, connection)

    def _freeze_link(self, connection: Connection, person: Person) -> str:
        address, key = normalised(person.email)
        issued = self.proofs.issue(connection, Purpose.FREEZE, address, key, person.owner, self._now_us())
        # This one is opened by a page without scripts, which a server must see; who else sees it can freeze, no more.
        return f"{self._url}/account/freeze?token={issued.token}"

    def _link(self, page: str, token: str) -> dict[str, str]:
        # Behind a `#` the token is sent to no server, and so is in no log and no Referer.
        return {"link": f"{self._url}/account/{page}#token={token}"}

    def _owner_of(self, connection: Connection, key: str) -> int | None:
        return connection.scalar(select(table.c.owner).where(table.c.email_key == key))

    def _note(
        self,
        connection: Connection,
        owner: int | None,
        actor: str,
        action: str,
        origin: Origin,
        result: str,
        detail: str = "",
    ) -> None:
        self._behaviour.note(
            owner, actor, action, origin.address, origin.client, result, detail, self._now_us(), connection
        )


def _shown_time(now_us: int) -> str:
    return datetime.fromtimestamp(now_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
