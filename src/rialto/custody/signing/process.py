"""What makes a process fit to hold keys: no core dumps, no debugger of the same user, no pages on the swap.

As far as the system allows: what it does not is said in the log, not refused. Python copies secrets where it likes, so
that wiping one copy would promise too much.
"""

import ctypes
import os
import resource
import sys

import structlog

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE = 1, 2

_log = structlog.stdlib.get_logger(__name__)


def harden() -> list[str]:
    """Harden this process and return what could not be done."""
    undone = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        undone.append("not a Linux system: a debugger of the same user is not kept out, memory not locked")
    else:
        library = ctypes.CDLL(None, use_errno=True)
        if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            undone.append(f"a debugger of the same user is not kept out: {os.strerror(ctypes.get_errno())}")
        if not _may_lock_all():
            undone.append("memory is not locked: LimitMEMLOCK=infinity allows it")
        elif library.mlockall(_MCL_CURRENT | _MCL_FUTURE):
            undone.append(f"memory is not locked: {os.strerror(ctypes.get_errno())}")
    for each in undone:
        _log.warning("not hardened", reason=each)
    return undone


def _may_lock_all() -> bool:
    """Tell whether locking everything to come cannot make memory run out at a limit."""
    return resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
