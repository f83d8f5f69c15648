"""Opens the lists of people nobody may deal with."""

from rialto.foundation.configuration import Settings
from rialto.identity.screening.watching import WatchLists


def open_watch_lists(settings: Settings) -> WatchLists:
    """Read every list the settings name. Errors: `ListUnusable`, OSError."""
    return WatchLists(settings.data_directory / name for name in settings.verification.watch_lists)
