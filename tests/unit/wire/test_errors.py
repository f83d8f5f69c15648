"""The catalogue of errors."""

import string

import pytest

from rialto.wire.errors import ErrorCode


@pytest.mark.parametrize("code", list(ErrorCode), ids=lambda code: code.name)
def test_every_message_can_be_filled(code: ErrorCode) -> None:
    for form, message in enumerate(code.messages):
        places = sum(1 for _, name, _, _ in string.Formatter().parse(message) if name is not None)
        error = code.error(*range(places), form=form)
        assert (error.code, error.status) == (code.number, code.status)
        assert "{" not in error.message


def test_numbers_are_unique_and_statuses_are_errors() -> None:
    assert len({code.number for code in ErrorCode}) == len(ErrorCode)
    assert all(400 <= code.status < 600 and -2100 < code.number <= -1000 for code in ErrorCode)
