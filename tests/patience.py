"""How long tests wait for what comes in any case: long enough for a busy machine, since nothing is measured by it."""

from typing import Final

PATIENCE_S: Final = 60
