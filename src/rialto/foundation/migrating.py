"""Migrations: bringing a database's schema to this version, by Alembic; each part's lie in `migrations/versions`.

Apart from `rialto.foundation.database`, because most commands only read and write, and Alembic takes long to load.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from rialto.foundation.database import Access, open_engine
from rialto.foundation.failures import ExpectedFailure

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class NewerDatabase(ExpectedFailure):
    """The database was migrated by a newer version of this program."""


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def newest_revision() -> str:
    """Name the revision that `migrate` brings a schema to."""
    revision = ScriptDirectory.from_config(_migrations()).get_current_head()
    assert revision is not None, "there are migrations"
    return revision


def revision_of(connection: Connection) -> str | None:
    """Name the revision a database's schema is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url_text: str, to_revision: str = "head") -> None:
    """Bring the schema up to this version, or to an earlier one's revision, all of it or nothing.

    Errors: `NewerDatabase`, `InvalidDatabaseUrl`, SQLAlchemy's own if the database cannot be reached.
    """
    config = _migrations()
    engine = open_engine(url_text, Access.DURABLE)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to_revision)
    except CommandError as error:
        raise NewerDatabase(
            f"the database was migrated by a newer version ({error}); run that version, or restore a backup"
        ) from error
    finally:
        engine.dispose()
