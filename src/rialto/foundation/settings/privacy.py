"""What people agree to, and how long what is known of them is kept: the table `[privacy]` of the file."""

from typing import Annotated

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=36_500)]


class DocumentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that people accept, in the version that holds now: one of `[[privacy.documents]]`."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,31}$")]
    """What it is called in calls, such as `terms`."""

    version: Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,32}$")]
    """Which of its texts; another whenever the text changes."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    """What people read it is."""

    url: Annotated[str, Meta(max_length=500, pattern="^https?://\\S+$")]
    """Where it can be read."""

    required: bool = True
    """Whether nobody signs up without it. What is not required can be withdrawn."""


class PrivacySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can set about it."""

    documents: Annotated[tuple[DocumentSettings, ...], Meta(max_length=20)] = ()
    """What is put before people. None: nothing is asked at sign-up."""

    export_hours: Annotated[int, Meta(ge=1, le=720)] = 72
    """For how long an export can be fetched before it is destroyed."""

    closing_days: Annotated[int, Meta(ge=0, le=365)] = 30
    """For how long a person can take back that their account is to be closed."""

    retention_years: Annotated[int, Meta(ge=0, le=100)] = 5
    """For how many years after an account was closed the law has its verification and payment details kept."""

    log_days: Days = 3_650
    """After how many days what people did is no longer told; the chain of the log holds all the same."""

    device_days: Days = 730
    """After how many days without use a device is forgotten."""

    mail_days: Days = 365
    """After how many days a mail is forgotten that was kept because it could not be sent."""

    def __post_init__(self) -> None:
        """Make sure that a name means one document."""
        names = [document.name for document in self.documents]
        if len(names) != len(set(names)):
            raise ValueError("documents: two have the same name")
