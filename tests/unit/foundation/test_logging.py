"""Lines are complete, structured, and hold no secret in any field, text or traceback."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from rialto.foundation.logging import Throttled, configure, key_tail, redact, tell_position

SECRET = "S3cr3tS3cr3tS3cr3tS3cr3t"
KEY = "aB3dE5gH7jK9mN1pQ3sT5vW7"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(output: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_lines_are_json_where_nobody_looks() -> None:
    output = io.StringIO()
    configure("info", output)
    structlog.stdlib.get_logger("rialto.test").info("order placed", order_id=7)
    logging.getLogger("a.library").warning("disk %s", "full")
    structlog.stdlib.get_logger("rialto.test").debug("not shown")
    first, second = lines(output)
    assert str(first.pop("timestamp")).endswith("Z")
    assert first == {"event": "order placed", "order_id": 7, "level": "info", "logger": "rialto.test"}
    assert (second["event"], second["level"], second["logger"]) == ("disk full", "warning", "a.library")


def test_lines_are_readable_on_a_terminal() -> None:
    output = Terminal()
    configure("info", output)
    structlog.stdlib.get_logger("rialto.test").info("order placed", order_id=7)
    assert "order placed" in output.getvalue()
    assert not output.getvalue().startswith("{")


@pytest.mark.parametrize(
    "fields",
    [
        {"signature": SECRET},
        {"Signature": SECRET},
        {"secret_key": SECRET},
        {"password": SECRET},
        {"headers": {"Authorization": SECRET, "nested": [{"token": SECRET}]}},
        {"query": f"symbol=BTCUSDT&timestamp=1&signature={SECRET}"},
        {"query": f"signature={SECRET}&symbol=BTCUSDT"},
        {"body": f'{{"signature": "{SECRET}", "x": 1}}'},
        {"body": f"secretKey={SECRET}".encode()},
        {"url": f"postgresql://name:{SECRET}@host/x"},
        {"api_key": SECRET},
        {"X-MBX-APIKEY": SECRET},
        {"headers": [f"X-MBX-APIKEY: {SECRET}"]},
        {"headers": [f"Authorization: Bearer {SECRET}"]},
        {"parts": (f"apiKey={SECRET}",)},
    ],
)
def test_secrets_are_redacted(fields: dict[str, object]) -> None:
    output = io.StringIO()
    configure("info", output)
    structlog.stdlib.get_logger("rialto.test").info("request", **fields)
    structlog.stdlib.get_logger("rialto.test").info(f"request {fields}")
    assert len(lines(output)) == 2
    assert SECRET not in output.getvalue()


def test_secrets_in_tracebacks_and_library_lines_are_redacted() -> None:
    output = io.StringIO()
    configure("info", output)
    try:
        raise ValueError(f"no such order: signature={SECRET}")
    except ValueError:
        structlog.stdlib.get_logger("rialto.test").exception("failed")
    logging.getLogger("a.library").error("GET /x?signature=%s", SECRET)
    assert "no such order" in output.getvalue()
    assert SECRET not in output.getvalue()


def test_other_text_stays() -> None:
    line = {"event": "the signature did not match", "symbol": "BTCUSDT", "quantity": "0.10000000", "n": 1, "none": None}
    assert redact(None, "info", dict(line)) == line


def test_a_key_is_known_by_its_end() -> None:
    assert redact(None, "info", {"api_key": KEY}) == {"api_key": "…5vW7"}
    assert redact(None, "info", {"query": f"apiKey={KEY}&x=1"}) == {"query": "apiKey=…5vW7&x=1"}
    assert key_tail("short") == "[redacted]"


def test_a_line_said_often_is_written_once_a_second_with_its_count() -> None:
    said: list[dict[str, object]] = []

    def note(message: str, **fields: object) -> None:
        said.append({"message": message, **fields})

    line = Throttled(note, "full", every_s=3_600)
    for number in range(5):
        line.note(number=number)
    assert said == [{"message": "full", "count": 1, "number": 0}]
    at_once = Throttled(note, "full", every_s=0)
    at_once.note()
    at_once.note()
    assert said[1:] == 2 * [{"message": "full", "count": 1}]


def test_a_line_tells_where_the_journal_stood() -> None:
    stream = io.StringIO()
    configure("info", stream)
    tell_position(lambda: 42)
    try:
        structlog.get_logger("x").info("queue full")
        structlog.get_logger("x").info("listener failed", sequence=7)
    finally:
        tell_position(None)
    structlog.get_logger("x").info("over")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line.get("at_sequence"), line.get("sequence")) for line in lines] == [(42, None), (None, 7), (None, None)]
