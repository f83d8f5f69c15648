"""Start the projections over: empty them and write every outcome of the journal again.

Run while no projector is. Touches no table but the projections' own. An interrupted rebuild has a watermark like any
other state: the next start goes on from there.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Engine

from rialto.contracts.events import Outcome
from rialto.projections.products import ProductProjection
from rialto.projections.writer import Writer


def rebuild(
    engine: Engine,
    batches: Iterable[Sequence[Outcome]],
    progress: Callable[[int], None],
    products: Sequence[ProductProjection] = (),
) -> int:
    """Empty the projections, write the batches, and return the sequence number reached.

    `batches` holds every outcome from sequence number 1; `progress` is told the watermark after each. Errors:
    `OutcomesMissing`, SQLAlchemy's own.
    """
    writer = Writer(engine, products)
    writer.clear()
    for outcomes in batches:
        writer.write_all(outcomes)
        progress(writer.watermark)
    return writer.watermark
