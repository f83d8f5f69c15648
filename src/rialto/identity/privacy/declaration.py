"""How a table of the database is classified: whose its rows are, what of them is shown, and when they go.

    Personal | Impersonal  ─▶ exports, erasure, retention, and the test that none is forgotten

A declaration names tables and columns by their names and imports none of them, because the parts that own them stand
above this one; `schema.Schema` finds them in the database's metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from rialto.identity.privacy.obstacles import Obstacle


class Topic(Enum):
    """What an export can be limited to: each is a file of it."""

    PROFILE = "profile"
    SESSIONS = "sessions"
    ACTIVITY = "activity"
    FACTORS = "factors"
    API_KEYS = "api-keys"
    SUB_ACCOUNTS = "sub-accounts"
    VERIFICATION = "verification"
    CONSENTS = "consents"
    ADDRESSES = "addresses"
    DEPOSITS = "deposits"
    WITHDRAWALS = "withdrawals"
    TRANSFERS = "transfers"
    ORDERS = "orders"
    FILLS = "fills"
    LEDGER = "ledger"
    FIAT = "fiat"
    TRAVEL_RULE = "travel-rule"
    MAIL = "mail"
    PRODUCTS = "products"
    PRIVACY = "privacy"


class Kept(Enum):
    """How long rows are kept when their person's account is closed."""

    ACCOUNT = "account"
    """No longer: they are deleted with it."""
    LAW = "law"
    """For the years the law demands, counted from its end."""
    BOOKS = "books"
    """For ever: they say what happened to money, by the number of an account that is nobody's name any more."""
    LOG = "log"
    """As the log of what people did: content goes, the chain stays."""


class Seal(Enum):
    """What a sealed column opens with."""

    PERSON = "person"
    """The key of its person."""
    MASTER = "master"
    """The master key."""


class Form(Enum):
    """What is under a seal."""

    MSGPACK = "msgpack"
    JSON = "json"


@dataclass(frozen=True)
class Sealed:
    """A column that exports show opened. `use` is what it was sealed for, with places for columns of its row."""

    column: str
    use: str
    form: Form = Form.MSGPACK
    by: Seal = Seal.PERSON


@dataclass(frozen=True)
class ByOwner:
    """Rows that name their owner in one of the columns."""

    columns: tuple[str, ...] = ("owner",)


@dataclass(frozen=True)
class ByAccount:
    """Rows of an account of the ledger."""

    column: str = "account"


@dataclass(frozen=True)
class ByMail:
    """Rows that name a person by their address."""

    column: str


@dataclass(frozen=True)
class Through:
    """Rows that belong to a row of another personal table: `column` has what `key` has there."""

    column: str
    table: str
    key: str


Whose = ByOwner | ByAccount | ByMail | Through


@dataclass(frozen=True)
class Age:
    """Rows that go by age, whoever they are of: so many days after the time in a column.

    `days` names a setting of `[privacy]`; empty: none, the column says itself when a row is over.
    """

    column: str
    days: str = ""


@dataclass(frozen=True)
class OpenUnless:
    """Rows that are unfinished business unless the column has one of the values."""

    column: str
    values: frozenset[object]
    obstacle: Obstacle


@dataclass(frozen=True)
class Personal:
    """A table whose rows are people's. Columns are names separated by spaces.

    `shown` goes into exports, `hidden` never: secrets, and what the exchange notes for itself. `at` is the time a row
    is of, for exports of a period. `blank` is what columns become at the end of the account where rows stay.
    Rows whose column begins so are `never_shown`.
    """

    table: str
    topic: Topic
    kept: Kept
    shown: str
    hidden: str = ""
    sealed: Sealed | None = None
    whose: Whose = ByOwner()
    at: str | None = None
    blank: Mapping[str, object] = field(default_factory=dict)
    age: Age | None = None
    open_unless: tuple[OpenUnless, ...] = ()
    never_shown: tuple[str, str] | None = None

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is classified."""
        opened = () if self.sealed is None else (self.sealed.column,)
        return frozenset((*self.shown.split(), *self.hidden.split(), *opened))


@dataclass(frozen=True)
class Impersonal:
    """A table that says nothing of people, and why."""

    table: str
    shown: str
    why: str

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is classified."""
        return frozenset(self.shown.split())


Classified = Personal | Impersonal

NO_ONE: Final = "{token}@closed.invalid"
"""What an address becomes: `{token}` is random, and no mail goes to such a name."""
