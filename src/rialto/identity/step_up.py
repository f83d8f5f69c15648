"""Step-up: a session is trusted with security and money for some minutes after its person has proven themselves anew.

How long it lasts is part of the session, so that it ends with it; the session's token is replaced when it begins.
"""

from typing import Final

from rialto.identity.browser_session import BrowserSession

FRESH_US: Final = 300_000_000
"""For how long a proof counts."""


def is_fresh(session: BrowserSession, now_us: int) -> bool:
    """Tell whether the session's person has proven themselves recently."""
    return now_us < session.stepped_up_until_us
