"""Who makes statements of account, and how they are printed: the table `[statements]` of the file."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta


class StatementSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can set about it."""

    issuer: Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^\\x00-\\x1f\\x7f]+$")] = "Rialto"
    """The exchange's name, as it stands on statements."""

    address: Annotated[str, Meta(max_length=500, pattern="^[^\\x00-\\x09\\x0b-\\x1f\\x7f]*$")] = ""
    """What stands below the name: address, register, taxpayer's number; a line each."""

    fonts_directory: Path | None = None
    """A folder of fonts (TrueType, OpenType) beside those of the package, for scripts that it has none for."""
