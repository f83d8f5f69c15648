"""JSON nested deeper than Python's own recursion goes, read without any.

Contracts may call each other hundreds of levels deep, and a node nests what it tells of them as deep. Whoever pays for
such a transaction must not keep a block from being read. Slow, so for what other readers give up on.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

_TOKEN: Final = re.compile(rb'\s*(?:([\[{])|([\]}])|([,:])|("(?:[^"\\]|\\.)*")|([^\s\[\]{},:"]+))\s*')

Container = dict[str, Any] | list[Any]


def parsed(text: bytes, made: Callable[[dict[str, Any]], Any]) -> Any:
    """Read a text; `made` turns each object, once it is whole, into what stands in its place.

    Commas and colons are not held against anyone: what is read here was written by a node, and is checked by what it
    means. Errors: `ValueError` for brackets that do not match and values that are none.
    """
    open_: list[tuple[Container, str | None]] = []
    key: str | None = None
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"no JSON at byte {position}")
        position = token.end()
        if token[1]:
            open_.append(({} if token[1] == b"{" else [], key))
            key = None
            continue
        if token[3]:
            continue
        if token[2]:
            if not open_ or (token[2] == b"}") != isinstance(open_[-1][0], dict):
                raise ValueError(f"a bracket without another at byte {position}")
            whole, key = open_.pop()
            value = made(whole) if isinstance(whole, dict) else whole
        else:
            value = json.loads(token[4] or token[5])
        if not open_:
            return value
        inside = open_[-1][0]
        if isinstance(inside, list):
            inside.append(value)
        elif key is None and isinstance(value, str):
            key = value
        elif key is not None:
            inside[key] = value
            key = None
        else:
            raise ValueError(f"a value without a name at byte {position}")
    raise ValueError("the text ends too early")
