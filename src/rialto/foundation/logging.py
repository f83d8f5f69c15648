"""Logging: structured lines on standard error, without secrets.

`configure` is called once by the composition root. Readable text on a terminal, one JSON object a line otherwise. What
libraries log through the standard library takes the same way. Every line passes `redact` last, after tracebacks have
become text, so that nothing that reaches a line escapes it.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final, TextIO

import structlog

SECRET_NAMES: Final = frozenset(
    {"signature", "secret", "secret_key", "master_key", "sealed_secret", "password", "token", "authorization", "cookie"}
)
"""Fields whose values are never shown."""

API_KEY_NAMES: Final = frozenset({"api_key", "apikey", "x_mbx_apikey"})
"""Fields of which only the end is shown: enough to tell two keys apart, too little to use one."""

REDACTED: Final = "[redacted]"

# In query strings, bodies, headers and URLs that found their way into a text.
_SECRET_IN_TEXT: Final = re.compile(
    r"""(?ix) \b(signature|secret(?:_?key)?|password|token|authorization|cookie) (["']?\s*[=:]\s*["']?)
    (?!\[redacted\]) (?:(?:basic|bearer)\s+)? [^\s&"',;}]+"""
)
_API_KEY_IN_TEXT: Final = re.compile(r"""(?ix) \b(api_?key) (["']?\s*[=:]\s*["']?) [a-z0-9]{8,}([a-z0-9]{4})\b""")
_PASSWORD_IN_URL: Final = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")


_position: Callable[[], int] | None = None


def tell_position(position: Callable[[], int] | None) -> None:
    """Write on every line to come where the journal stood: `at_sequence`, unless the line has a sequence of its own.

    So any line can be laid beside the commands around it. None ends it.
    """
    global _position
    _position = position


def _stamp(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if _position is not None and "sequence" not in line:
        line["at_sequence"] = _position()
    return line


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send every line at `level` or graver to `stream`, standard error by default."""
    output = stream if stream is not None else sys.stderr
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _stamp,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if output.isatty()
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of a line: by the names of its fields, at any depth, and inside its texts."""
    return {name: _redacted(name, value) for name, value in line.items()}


def _redacted(name: str, value: Any) -> Any:
    plain_name = name.lower().replace("-", "_")
    if plain_name in SECRET_NAMES:
        return REDACTED
    if plain_name in API_KEY_NAMES:
        return key_tail(str(value))
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", held) for held in value]
    if isinstance(value, bytes):
        return _redacted_text(value.decode("utf-8", "replace"))
    return _redacted_text(value) if isinstance(value, str) else value


def _redacted_text(text: str) -> str:
    text = _SECRET_IN_TEXT.sub(rf"\1\2{REDACTED}", text)
    text = _API_KEY_IN_TEXT.sub(r"\1\2…\3", text)
    return _PASSWORD_IN_URL.sub(rf"\1{REDACTED}@", text)


def key_tail(key: str) -> str:
    """Show which API key it is without showing the key: its last four characters."""
    return f"…{key[-4:]}" if len(key) >= 16 else REDACTED


class Throttled:
    """A line that may be said often: at most once a second, with how often it would have been said since the last."""

    def __init__(self, say: Callable[..., object], message: str, every_s: int = 1) -> None:
        """`say` is a method of a logger."""
        self._say = say
        self._message = message
        self._every_s = every_s
        self._next_s = 0.0
        self._count = 0

    def note(self, **fields: object) -> None:
        """Say it, or count it."""
        self._count += 1
        now_s = time.monotonic()
        if now_s >= self._next_s:
            count, self._count = self._count, 0
            self._next_s = now_s + self._every_s
            self._say(self._message, count=count, **fields)
