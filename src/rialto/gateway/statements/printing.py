"""The process that prints statements: reads one order on its standard input, writes one PDF to its standard output.

One process prints one statement and ends, so that what a large one took is given back. It is nice: what trades goes
first; and where memory runs out, it is the first to be ended, and not the exchange. The same order gives the same
bytes.
"""

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import typst

from rialto.gateway.statements.glyphs import missing_from, open_case, printable
from rialto.gateway.statements.paper import Order, free_texts, paper_of

NICENESS: Final = 10
_TEMPLATE: Final = Path(__file__).parent / "statement.typ"
_STANDARD: Final = "ua-1"
"""Universal accessibility: tagged, titled, in a named language. What does not meet it is not printed."""


def printed(order: Order) -> bytes:
    """Print a statement."""
    case = open_case(order.language, order.fonts)
    written = [*free_texts(order), *order.words.values()]
    missing = missing_from(case, written)
    paper = paper_of(order, partial(printable, missing=missing), case.families, has_missing=bool(missing))
    made = typst.compile(
        _TEMPLATE.read_bytes(),
        font_paths=case.fonts,
        format="pdf",
        sys_inputs={"statement": msgspec.json.encode(paper).decode()},
        pdf_standards=[_STANDARD],
        timestamp=order.made_at_us // 1_000_000,
    )
    assert isinstance(made, bytes), "one document was asked for"
    return made


def _be_modest() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the exchange, which ends this in its own time.
    os.nice(NICENESS)
    badness = Path("/proc/self/oom_score_adj")
    if badness.exists():
        badness.write_text("1000")


def main() -> None:
    """Print what is ordered."""
    _be_modest()
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(printed(order))


if __name__ == "__main__":
    main()
