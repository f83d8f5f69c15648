"""Configuration: one frozen `Settings`, read once at start from the layers below, each stronger than the one above it.

    defaults  <  rialto.toml in the data directory  <  environment RIALTO_*  <  command line

The data directory itself cannot stand in the file that lies in it. A name that no setting has is refused rather than
ignored, in every layer: a misspelt limit must not silently be the default. To add a setting, add a field to `Settings`
with its bounds and one sentence saying what it limits; nothing else needs to change.
"""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.settings.display import DisplaySettings
from rialto.foundation.settings.operators import OperatorSettings
from rialto.foundation.settings.privacy import PrivacySettings
from rialto.foundation.settings.statements import StatementSettings
from rialto.foundation.settings.verification import VerificationSettings
from rialto.foundation.settings.withdrawals import WithdrawalSettings

FILE_NAME: Final = "rialto.toml"
ENVIRONMENT_PREFIX: Final = "RIALTO_"

TEST_VARIABLES: Final = ("RIALTO_TEST_", "RIALTO_SEED")
"""Variables of the test suite, which the processes it starts inherit. They are no settings, and no mistakes."""

Count = Annotated[int, Meta(ge=1, le=100_000_000)]
Port = Annotated[int, Meta(ge=0, le=65_535)]


class InvalidConfiguration(ExpectedFailure):
    """A setting that does not exist, or a value it cannot have. The message names the value and where it stands."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator can set. Each field's comment says what it does."""

    host: Annotated[str, Meta(min_length=1, max_length=255)] = "127.0.0.1"
    """The address to listen on. Only this machine, unless set otherwise."""

    port: Port = 8_000
    """The port to listen on; 0 lets the system choose."""

    fix_order_entry_port: Port = 0
    """The port of FIX order entry; 0 leaves it shut. In the clear, as HTTP is: TLS is ended in front of it."""

    fix_drop_copy_port: Port = 0
    """The port of FIX drop copies; 0 leaves it shut."""

    fix_market_data_port: Port = 0
    """The port of FIX market data; 0 leaves it shut."""

    fix_notice_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 0
    """How long before the exchange stops FIX clients are told of it."""

    data_directory: Path = Path("data")
    """Where the journal, the embedded database, the master key and `rialto.toml` lie."""

    database_url: Annotated[str, Meta(max_length=2_000)] = ""
    """`sqlite:///file` or `postgresql://user:password@host/name`. Empty: `rialto.sqlite` in the data directory."""

    log_level: Annotated[str, Meta(pattern="^(debug|info|warning|error)$")] = "info"
    """What is logged: `debug`, `info`, `warning` or `error`, and everything graver."""

    command_queue_max: Count = 65_536
    """How many commands may wait for the core. One more is answered with "busy"."""

    checkpoint_commands: Count = 20_000
    """After how many commands the journal records a hash of the state. The same for all replicas; they compare."""

    segment_bytes_max: Annotated[int, Meta(ge=1, le=4 << 30)] = 64 << 20
    """How large a segment of the journal becomes before it is closed. The replica follows closed segments only."""

    replica: bool = True
    """Whether a replica runs beside the exchange: it checks every recorded state hash and writes the snapshots."""

    snapshot_commands: Count = 500_000
    """After how many commands the replica writes a snapshot, at the end of a segment."""

    projection_lag_max: Count = 200_000
    """How many outcomes may wait to be written to SQL. Beyond it, new commands are answered with "busy"."""

    history_wait_milliseconds_max: Annotated[int, Meta(ge=1, le=60_000)] = 2_000
    """How long a read of history waits until what was answered before it is written; then it is told "busy"."""

    body_bytes_max: Count = 65_536
    """The largest body of a request, in bytes."""

    http_connections_max: Count = 10_000
    """How many HTTP connections there may be."""

    http_connections_per_address_max: Count = 5_000
    """How many of them one address may have. Behind a proxy every client has the proxy's."""

    wait_target_milliseconds: Annotated[int, Meta(ge=1, le=10_000)] = 20
    """How long orders and reads may wait for their turn while there is always one waiting; the rest is told "busy"."""

    wait_milliseconds_max: Annotated[int, Meta(ge=1, le=10_000)] = 50
    """How long requests may wait for their turn in a burst, and cancels at any time."""

    requests_waiting_max: Count = 4_096
    """How many requests may wait for their turn."""

    orders_under_way_max: Count = 256
    """How many orders may be on their way through the core. One more waits for its turn."""

    cancels_under_way_max: Count = 128
    """How many cancels may be."""

    reads_under_way_max: Count = 512
    """How many reads may be answered at once."""

    request_weight_per_minute_max: Count = 6_000
    """How much request weight one address may use in a minute."""

    requests_per_five_minutes_max: Count = 300_000
    """How many requests of any weight one address may send in five minutes."""

    endpoint_weight_per_address_max: Count = 12_000
    """How much weight one address may use in a minute on each call of `/sapi` that counts by address."""

    endpoint_weight_per_owner_max: Count = 180_000
    """How much weight one person may use in a minute on each call of `/sapi` that counts by person."""

    unrestricted_key_trade_days: Annotated[int, Meta(ge=0, le=36_500)] = 90
    """For how many days an API key that may be used from any address may trade; 0: for ever."""

    unfilled_orders_min: Count = 300
    """From how many orders of an account on one symbol in ten minutes on the unfilled ratio may lock its trading."""

    immediate_orders_min: Count = 150
    """From how many immediate-or-cancel and fill-or-kill orders on their expiration ratio may."""

    resting_orders_min: Count = 150
    """From how many good-till-canceled orders on the ratio of those canceled at once may."""

    trading_lock_seconds_min: Annotated[int, Meta(ge=1, le=2_592_000)] = 300
    """How long API trading is locked at first; twice as long with each further time in a day."""

    orders_per_ten_seconds_max: Count = 100
    """How many orders an account may place in ten seconds."""

    orders_per_day_max: Count = 200_000
    """How many orders an account may place in a day."""

    ban_after_refusals: Annotated[int, Meta(ge=0, le=100_000_000)] = 100
    """How often an address may be told to wait within five minutes before it is banned; 0 bans none."""

    ban_seconds_min: Count = 120
    """How long a first ban lasts; each further one lasts twice as long as the one before."""

    ban_seconds_max: Count = 259_200
    """How long a ban may last, and how long after its end it is remembered."""

    banned_addresses_max: Count = 100_000
    """How many addresses that were told to wait are remembered."""

    socket_connections_max: Count = 5_000
    """How many WebSocket connections there may be."""

    socket_connections_per_address_max: Count = 2_500
    """How many of them one address may have. Behind a proxy every client has the proxy's."""

    socket_subscriptions_max: Count = 500_000
    """How many streams all connections together may read."""

    socket_attempts_per_five_minutes_max: Annotated[int, Meta(ge=0, le=100_000_000)] = 300
    """How often one address may open a WebSocket connection in five minutes; 0 sets no limit."""

    socket_messages_per_second_max: Count = 5
    """How many messages a connection of market streams may send in any second, pings and pongs included."""

    socket_streams_max: Count = 1_024
    """How many streams one connection may read."""

    socket_backlog_bytes_max: Count = 1_048_576
    """How many bytes may wait for a WebSocket client that does not read, before it is cut off."""

    socket_life_seconds: Count = 86_400
    """How long a WebSocket connection may last."""

    archive: bool = True
    """Whether closed segments of the journal that no start needs are compressed and moved to the archive."""

    archive_directory: Path = Path("archive")
    """Where they go; relative to the data directory."""

    portal: bool = True
    """Whether historical market data is written as files, each day when it is over, and served under `/data`."""

    portal_directory: Path = Path("portal")
    """Where those files lie; relative to the data directory."""

    page_directory: Path | None = None
    """Where the built page lies; by itself that of the package. Without a build there, there is no page."""

    metrics_networks: Annotated[str, Meta(max_length=2_000)] = ""
    """Networks that may read `/metrics` beside this machine, separated by commas. What comes through a proxy needs the
    token; one on this machine must say in `X-Forwarded-For`, `Forwarded` or `Via` that it is one."""

    metrics_token: Annotated[str, Meta(max_length=200)] = ""
    """A bearer token that may read `/metrics` from anywhere. Empty: none may."""

    disk_free_bytes_min: Annotated[int, Meta(ge=0)] = 536_870_912
    """How much room the data directory's disk must have for `/ready` to say yes; below it a line is logged."""

    slow_sync_milliseconds: Annotated[int, Meta(ge=0, le=100_000_000)] = 250
    """A sync of the journal that takes longer is logged."""

    slow_turn_milliseconds: Annotated[int, Meta(ge=0, le=100_000_000)] = 500
    """A turn of the event loop that takes longer is logged."""

    drain_notice_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 0
    """How long `/ready` says no before the exchange stops taking traffic, so that who sends it hears in time."""

    public_url: Annotated[str, Meta(max_length=200, pattern="^(https?://[^/?#\\s]+)?$")] = ""
    """How people reach the exchange, for links in mails: `https://exchange.example`. Empty: the address listened on."""

    operator_networks: Annotated[str, Meta(max_length=2_000, pattern="^[0-9a-fA-F:./, ]*$")] = "127.0.0.0/8,::1/128"
    """From where operators are let in, such as `10.0.0.0/8,::1/128`. Empty: from everywhere."""

    sign_ups_per_hour_max: Count = 100
    """How often one address may ask for mail to sign up or to set a new password, in an hour."""

    password_hashes_waiting_max: Count = 256
    """How many passwords may wait to be hashed or compared. One more is answered with "busy"."""

    place_database: Annotated[str, Meta(max_length=2_000)] = ""
    """A file of MaxMind's format that tells where addresses are, for logins. Empty: everywhere is unknown."""

    session_idle_seconds: Count = 3_600
    """After how long without use a browser's session ends."""

    session_seconds_max: Count = 432_000
    """After how long it ends in any case."""

    smtp_host: Annotated[str, Meta(max_length=255)] = ""
    """The mail server. Empty: mail is kept in a local mailbox, which people on this machine can read."""

    smtp_port: Annotated[int, Meta(ge=1, le=65_535)] = 587
    """Its port."""

    smtp_security: Annotated[str, Meta(pattern="^(starttls|tls|none)$")] = "starttls"
    """How the connection to it is secured."""

    smtp_certificates: Annotated[str, Meta(max_length=500)] = ""
    """A file of the authorities (PEM) one of which vouches for its name. Empty: the system's. It is always checked."""

    smtp_username: Annotated[str, Meta(max_length=255)] = ""
    """Who logs in to it. Empty: nobody."""

    smtp_password: Annotated[str, Meta(max_length=255)] = ""
    """With which password."""

    mail_from: Annotated[str, Meta(max_length=255)] = "Rialto <exchange@localhost>"
    """Who mail comes from."""

    cluster_servers: Annotated[str, Meta(max_length=2_000)] = ""
    """The NATS servers of a cluster: `nats://user:password@host:port`, with commas between."""

    cluster_member: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")] = "core"
    """What a core replica is called: another name for each."""

    core_port: Annotated[int, Meta(ge=0, le=65_535)] = 8_100
    """Where a core replica of a cluster answers `/health`, `/ready` and `/metrics`; 0: any free port."""

    cluster_copies: Annotated[int, Meta(ge=1, le=5)] = 3
    """On how many NATS nodes each stream of a cluster is kept."""

    withdrawals: WithdrawalSettings = WithdrawalSettings()
    """What may leave: a table of its own, `[withdrawals]`."""

    operators: OperatorSettings = OperatorSettings()
    """Who must agree to move money: a table of its own, `[operators]`."""

    verification: VerificationSettings = VerificationSettings()
    """Who is taken, and what is asked of them: a table of its own, `[verification]`."""

    verification_provider_key: Annotated[str, Meta(max_length=500)] = ""
    """By which the provider of verification knows the exchange."""

    verification_provider_secret: Annotated[str, Meta(pattern="^(whsec_[A-Za-z0-9+/=]{24,128})?$")] = ""
    """With which the provider signs its messages."""
    privacy: PrivacySettings = PrivacySettings()
    """What people agree to, and how long what is known of them is kept: a table of its own, `[privacy]`."""

    display: DisplaySettings = DisplaySettings()
    """By what rates worth is shown: a table of its own, `[display]`."""

    statements: StatementSettings = StatementSettings()
    """Who makes statements of account, and with which fonts: a table of its own, `[statements]`."""

    dust_fee_basis_points: Annotated[int, Meta(ge=0, le=10_000)] = 200
    """What the house keeps of the worth of dust that is exchanged with it."""

    dust_worth_max_satoshi: Annotated[int, Meta(ge=0, le=100_000_000)] = 100_000
    """What one asset may be worth at most to be dust, in units of 1e-8 BTC."""

    dust_period_hours: Annotated[int, Meta(ge=0, le=8_760)] = 24
    """How long one waits between two exchanges of dust."""

    signer_socket: Path = Path()
    """The socket of the signer's process; relative to the data directory. Unset: nothing is signed."""

    signer_key: Path = Path("signer.key")
    """A copy of the signer's access key; relative to the data directory."""

    signer_embedded: bool = False
    """Whether the signer in `signer` of the data directory runs as a child of this process: for demonstrations, since
    whoever owns the exchange's files then has its keys too."""

    def __repr__(self) -> str:
        return f"Settings(data_directory={str(self.data_directory)!r}, host={self.host!r}, port={self.port})"


_SECRET: Final = (
    *("database_url", "metrics_token", "smtp_password"),
    *("verification_provider_key", "verification_provider_secret"),
)
"""Settings whose values are not shown."""

_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}


def read_settings(environment: Mapping[str, str], arguments: Mapping[str, object]) -> Settings:
    """Read the layers and return what they come to.

    `arguments` holds what the command line gave, by the name of the setting; None means that it was not given.

    Errors: `InvalidConfiguration`.
    """
    outer = _environment_layer(environment) | _argument_layer(arguments)
    directory: Path = outer.get("data_directory", Settings().data_directory)
    settings = Settings(**_file_layer(directory / FILE_NAME) | outer)
    if not settings.database_url:
        path = (settings.data_directory / "rialto.sqlite").absolute()
        settings = msgspec.structs.replace(settings, database_url=f"sqlite:///{path}")
    return settings


def _environment_layer(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read the variables that begin with our prefix; their values are text and are read as what the setting is."""
    return {
        name: _value(name, text, f"the environment variable {variable}", from_text=True)
        for variable, text in environment.items()
        if variable.startswith(ENVIRONMENT_PREFIX) and not variable.startswith(TEST_VARIABLES)
        for name in [variable.removeprefix(ENVIRONMENT_PREFIX).lower()]
    }


def _argument_layer(arguments: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: _value(name, value, f"the option --{name.replace('_', '-')}", from_text=True)
        for name, value in arguments.items()
        if value is not None
    }


def _file_layer(path: Path) -> dict[str, Any]:
    """Read the settings file, which may be missing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{path} cannot be read: {error}") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidConfiguration(f"{path} is not TOML: {error}") from error
    if "data_directory" in values:
        raise InvalidConfiguration(
            f"{path} sets data_directory, but lies in it; give --data or RIALTO_DATA_DIRECTORY instead"
        )
    return {name: _value(name, value, str(path), from_text=False) for name, value in values.items()}


def _value(name: str, value: object, source: str, *, from_text: bool) -> Any:
    """Turn what a layer gave for a setting into the setting's type, or say what is wrong with it."""
    field = _FIELDS.get(name)
    if field is None:
        near = difflib.get_close_matches(name, _FIELDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(_FIELDS)}"
        raise InvalidConfiguration(f"{source} names {name!r}, which is no setting; {hint}")
    if field.type is Path:
        if not value:
            raise InvalidConfiguration(f"{source} gives an empty {name}; give a directory")
        return Path(str(value))
    try:
        return msgspec.convert(value, field.type, strict=not from_text)
    except msgspec.ValidationError as error:
        shown = "a value" if name in _SECRET else repr(value)
        raise InvalidConfiguration(f"{source} gives {name} {shown}: {error}") from error
