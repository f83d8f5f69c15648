"""The compiled core: what the Rust crates offer to Python.

The shared library is built into this package from `crates/python`; the stub beside this file says what it holds, and
`make check` compares the two. Only `rialto.core` may import it. Nothing is written here: behaviour belongs to the
crates.
"""

from rialto_core.rialto_core import *
from rialto_core.rialto_core import __all__ as __all__
