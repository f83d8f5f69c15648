"""Raw transactions as nodes give them, with witness and with Litecoin's extension, brought to the bytes the id is of.

Litecoin sets bit 3 of the flags for MWEB: one byte behind the witness says whether data follows (a transaction that
pays in) or not (the HogEx that ends a block). Only what stands before the witness is looked at here.
"""

from typing import Final

import msgspec

_WITNESS: Final = 0x01
_MWEB: Final = 0x08


class Malformed(Exception):
    """Bytes that are no transaction."""


class Raw(msgspec.Struct, frozen=True):
    """A transaction without its witness."""

    stripped: bytes
    spends: tuple[str, ...]
    scripts: tuple[bytes, ...]
    """What each output pays."""
    is_hogex: bool


def read(body: bytes) -> Raw:
    """Read a transaction. Errors: `Malformed`."""
    try:
        return _read(body)
    except IndexError as error:
        raise Malformed("the transaction ends early") from error


def _read(body: bytes) -> Raw:
    flags, start = 0, 4
    if body[4] == 0 and body[5]:
        flags, start = body[5], 6
    if flags & ~(_WITNESS | _MWEB):
        raise Malformed(f"the transaction has flags {flags:#x}")
    count, position = _count(body, start)
    spends = []
    for _ in range(count):
        spends.append(
            f"{body[position : position + 32][::-1].hex()}:{int.from_bytes(_take(body, position + 32, 4), 'little')}"
        )
        length, position = _count(body, position + 36)
        position += length + 4
    count, position = _count(body, position)
    scripts = []
    for _ in range(count):
        length, position = _count(body, position + 8)
        scripts.append(_take(body, position, length))
        position += length
    end = position
    if flags & _WITNESS:
        for _ in spends:
            items, position = _count(body, position)
            for _ in range(items):
                length, position = _count(body, position)
                position += length
    is_hogex = bool(flags & _MWEB) and body[position] == 0
    if not flags and len(body) != end + 4:
        raise Malformed("the transaction has another length than it says")
    return Raw(body[:4] + body[start:end] + body[-4:], tuple(spends), tuple(scripts), is_hogex)


def _count(body: bytes, position: int) -> tuple[int, int]:
    first = body[position]
    if first < 0xFD:
        return first, position + 1
    width = 2 << (first - 0xFD)
    value = int.from_bytes(_take(body, position + 1, width), "little")
    if value > len(body):
        raise Malformed("the transaction counts more than it holds")
    return value, position + 1 + width


def _take(body: bytes, position: int, length: int) -> bytes:
    taken = body[position : position + length]
    if len(taken) != length:
        raise Malformed("the transaction ends early")
    return taken
