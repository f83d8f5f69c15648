"""The list of files as object storage answers it, in both versions of its question. Errors: OSError.

Keys are listed in the order of their bytes, from beyond a marker on, at most a thousand at a time; with a delimiter,
what lies deeper is summed up as its folder. Only folders that may hold a listed key are looked into.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from rialto.portal.layout import is_servable

BUCKET: Final = "data.binance.vision"
"""What the public collection's bucket is called; clients have the name in their addresses."""

KEYS_MAX: Final = 1_000
_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"


class Question(NamedTuple):
    """Which keys are asked for. `marker` is the last key or folder that was listed before."""

    prefix: str = ""
    delimiter: str = ""
    marker: str = ""
    keys_max: int = KEYS_MAX
    is_second_version: bool = False


class BadQuestion(Exception):
    """A question that cannot be answered; says what is wrong with it."""


def read_question(parameters: Mapping[str, str]) -> Question:
    """Read the parameters of a request. Errors: `BadQuestion`."""
    keys_max = parameters.get("max-keys", str(KEYS_MAX))
    if len(keys_max) > 10 or not (keys_max.isascii() and keys_max.isdigit()):
        raise BadQuestion("max-keys is not a whole number")
    delimiter = parameters.get("delimiter", "")
    if delimiter not in ("", "/"):
        raise BadQuestion("the only delimiter is /")
    is_second = parameters.get("list-type") == "2"
    beyond = ("continuation-token", "start-after") if is_second else ("marker",)
    return Question(
        parameters.get("prefix", ""),
        delimiter,
        max(parameters.get(name, "") for name in beyond),
        min(int(keys_max), KEYS_MAX),
        is_second,
    )


def answer(directory: Path, question: Question) -> str:
    """List the files under a directory as XML."""
    entries: list[str] = []
    last = ""
    is_truncated = False
    if question.keys_max:
        for key, path in _keys(directory, "", question):
            if len(entries) == question.keys_max:
                is_truncated = True
                break
            entry = _folder(key) if path is None else _content(key, path)
            if entry is not None:
                entries.append(entry)
                last = key
    return _document(question, entries, last if is_truncated else None)


def _keys(directory: Path, above: str, question: Question) -> Iterator[tuple[str, Path | None]]:
    """Yield keys and their files, in order; folders that are summed up have none. `above` ends in a slash or is ""."""
    prefix, marker = question.prefix, question.marker
    for name, is_folder in _entries(directory):
        key = f"{above}{name}/" if is_folder else f"{above}{name}"
        if not is_folder:
            if key.startswith(prefix) and key > marker:
                yield key, directory / name
        elif not (key.startswith(prefix) or prefix.startswith(key)):
            continue
        elif marker > key and not marker.startswith(key):
            continue  # Everything in it comes before the marker.
        elif question.delimiter and key.startswith(prefix) and key != prefix:
            if key > marker and _has_files(directory / name):
                yield key, None
        else:
            yield from _keys(directory / name, key, question)


def _entries(directory: Path) -> list[tuple[str, bool]]:
    """List what is in a directory and may be seen, in the order of the keys; whether each is a folder."""
    try:
        with os.scandir(directory) as found:
            listed = [
                (each.name, is_folder)
                for each in found
                if is_servable(each.name)
                and ((is_folder := each.is_dir(follow_symlinks=False)) or each.is_file(follow_symlinks=False))
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(listed, key=lambda each: each[0] + "/" * each[1])


def _has_files(directory: Path) -> bool:
    return any(not is_folder or _has_files(directory / name) for name, is_folder in _entries(directory))


def _content(key: str, path: Path) -> str | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    modified = datetime.fromtimestamp(status.st_mtime_ns // 1_000_000_000, UTC)
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>{modified:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
        f"<ETag>&quot;{status.st_mtime_ns:x}-{status.st_size:x}&quot;</ETag><Size>{status.st_size}</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
    )


def _folder(key: str) -> str:
    return f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>"


def _document(question: Question, entries: list[str], next_marker: str | None) -> str:
    truncated = "false" if next_marker is None else "true"
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{_NAMESPACE}"><Name>{BUCKET}</Name>',
        f"<Prefix>{_text(question.prefix)}</Prefix>",
        f"<MaxKeys>{question.keys_max}</MaxKeys>",
    ]
    if question.delimiter:
        parts.append(f"<Delimiter>{question.delimiter}</Delimiter>")
    parts.append(f"<IsTruncated>{truncated}</IsTruncated>")
    if question.is_second_version:
        parts.append(f"<KeyCount>{len(entries)}</KeyCount>")
        if question.marker:
            parts.append(f"<ContinuationToken>{_text(question.marker)}</ContinuationToken>")
        if next_marker is not None:
            parts.append(f"<NextContinuationToken>{escape(next_marker)}</NextContinuationToken>")
    else:
        parts.append(f"<Marker>{_text(question.marker)}</Marker>")
        if next_marker is not None:
            parts.append(f"<NextMarker>{escape(next_marker)}</NextMarker>")
    return "".join([*parts, *entries, "</ListBucketResult>"])


def _text(text: str) -> str:
    """Write what a client sent, without the characters that XML cannot hold."""
    return escape("".join(each for each in text if each.isprintable()))
