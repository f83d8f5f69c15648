"""The words that statements are printed with, in every language of the page: messages of its catalogues, by their keys.

The build puts them into the package (`tools.words`), since the catalogues themselves are the page's.
"""

from pathlib import Path
from typing import Final

import msgspec

BUILT: Final = Path(__file__).parent / "built"
WORDS: Final = BUILT / "words.json"
FONTS: Final = BUILT / "fonts"
FONTS_STAMP: Final = FONTS / "sources.json"
"""Written when all fonts are there."""

Words = dict[str, str]

KEYS: Final = (
    "account.email",
    "common.amount",
    "common.name",
    "common.pageOf",
    "common.time",
    "security.userId",
    "wallet.account",
    "wallet.allMovements",
    "wallet.balanceAfter",
    "wallet.closing",
    "wallet.coin",
    "wallet.fromDayToDay",
    "wallet.holding",
    "wallet.movement",
    "wallet.nothingInPeriod",
    "wallet.opening",
    "wallet.overview",
    "wallet.period",
    "wallet.statementReference",
    "wallet.statementGlyphs",
    "wallet.statementMade",
    "wallet.statementNote",
    "wallet.statementOf",
    "wallet.statementProof",
    "wallet.times",
)
REASONS: Final = {
    each: f"wallet.reason{each.title()}"
    for each in ("adjustment", "deposit", "fee", "interest", "product", "reward", "trade", "transfer", "withdrawal")
}
ACCOUNTS: Final = {
    "spot": "wallet.kindSpot",
    "funding": "wallet.kindFunding",
    "cross_margin": "wallet.kindCross",
    "isolated_margin": "wallet.kindIsolated",
    "usd_margined_futures": "wallet.kindUsdFutures",
    "coin_margined_futures": "wallet.kindCoinFutures",
    "options": "wallet.kindOptions",
    "earn": "wallet.kindEarn",
}
ALL_KEYS: Final = (*KEYS, *REASONS.values(), *ACCOUNTS.values())


def read_words() -> dict[str, Words]:
    """Return the words by language; none where the package was built without them, or without fonts to print them."""
    if not (WORDS.exists() and FONTS_STAMP.exists()):
        return {}
    return msgspec.json.decode(WORDS.read_bytes(), type=dict[str, Words])
