"""Where everything of an exchange lies, and making it ready."""

from pathlib import Path

from rialto.admin.channel import SOCKET_NAME
from rialto.foundation.configuration import Settings
from rialto.foundation.database import migrate


def journal_directory(data_directory: Path) -> Path:
    """Return where the journal lies."""
    return data_directory / "journal"


def snapshot_directory(data_directory: Path) -> Path:
    """Return where the snapshots lie."""
    return data_directory / "snapshots"


def master_key_path(settings: Settings) -> Path:
    """Return where the key lies that seals secrets."""
    return settings.data_directory / "master.key"


def control_socket(settings: Settings) -> Path:
    """Return where the operator's channel to a running exchange lies."""
    return settings.data_directory / SOCKET_NAME


def portal_directory(settings: Settings) -> Path:
    """Return where the files of historical market data lie."""
    return settings.data_directory / settings.portal_directory


def exports_directory(settings: Settings) -> Path:
    """Return where the sealed copies of what is known of people lie."""
    return settings.data_directory / "exports"


def prepare_data_directory(settings: Settings) -> None:
    """Make the data directory, readable by its owner alone, and bring the database's tables up to date."""
    settings.data_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal_directory(settings.data_directory).mkdir(exist_ok=True, mode=0o700)
    migrate(settings.database_url)
