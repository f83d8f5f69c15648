"""Where everything of an exchange lies."""

from pathlib import Path

from rialto.admin.requests import SOCKET_NAME
from rialto.foundation.configuration import Settings


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
