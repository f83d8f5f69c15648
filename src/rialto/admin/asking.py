"""The channel's other end: asks a running exchange one thing and waits for the answer."""

import socket
from pathlib import Path
from typing import Final

import msgspec

from rialto.admin.requests import LINE_BYTES_MAX, ControlAnswer, ControlRequest
from rialto.foundation.failures import ExpectedFailure

ANSWER_TIMEOUT_S: Final = 30.0


class NotRunning(ExpectedFailure):
    """No exchange listens on the channel."""


class ActionRefused(ExpectedFailure):
    """The exchange did not do what was asked; nothing changed."""


def ask(path: Path, request: ControlRequest) -> ControlAnswer:
    """Ask, and return the answer. Errors: `NotRunning`, `ActionRefused`; OSError when the exchange ends meanwhile."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_TIMEOUT_S)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NotRunning(
                f"no exchange runs on {path.parent}; start it with rialto run --data {path.parent}"
            ) from error
        connection.sendall(msgspec.json.encode(request) + b"\n")
        line = _read_line(connection)
    if not line:
        raise ActionRefused(f"the exchange on {path.parent} hears only the user it runs as; run this as that user")
    answer = msgspec.json.decode(line, type=ControlAnswer)
    if answer.refusal:
        raise ActionRefused(answer.refusal)
    return answer


def _read_line(connection: socket.socket) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < 16 * LINE_BYTES_MAX:
        received = connection.recv(LINE_BYTES_MAX)
        if not received:
            break
        line += received
    return bytes(line)
