"""Making ready where an exchange lies: its directory and its database."""

from rialto.bootstrap.directories import journal_directory
from rialto.foundation.configuration import Settings
from rialto.foundation.migrating import migrate


def prepare_data_directory(settings: Settings) -> None:
    """Make the data directory, readable by its owner alone, and bring the database's tables up to date."""
    settings.data_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal_directory(settings.data_directory).mkdir(exist_ok=True, mode=0o700)
    migrate(settings.database_url)
