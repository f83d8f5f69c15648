"""Which encoding clients get by what they ask for."""

import pytest

from rialto.wire.errors import ApiError
from rialto.wire.sbe.negotiation import is_deprecated, read_headers


@pytest.mark.parametrize("accept", [b"*/*", b"application/json", b"text/html, application/xml;q=0.9", b"", b"sbe"])
def test_who_does_not_ask_for_sbe_gets_json(accept: bytes) -> None:
    assert read_headers(accept, b"3:5") is None


@pytest.mark.parametrize(
    "accept", [b"application/sbe", b"Application/SBE;q=1, application/json", b"*/*,application/sbe"]
)
@pytest.mark.parametrize(("schema", "deprecated"), [(b"3:5", False), (b"3:4", True), (b"3:2", True), (b" 3:5 ", False)])
def test_versions_that_are_served(accept: bytes, schema: bytes, deprecated: bool) -> None:
    asked = read_headers(accept, schema)
    assert asked is not None
    assert (asked.is_deprecated, asked.refusal) == (deprecated, None)


WRONG = [
    (None, -1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`."),
    *(
        (text, -1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`.")
        for text in (b"", b"3", b"3:", b":5")
    ),
    *(
        (text, -1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`.")
        for text in (b"a:b", b"3:5:1", b"-3:5")
    ),
    *(
        (text, -1153, "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header.")
        for text in (b"3:6", b"3:1", b"3:0", b"2:1", b"4:0", b"1:0", b"99999:5")
    ),
]


@pytest.mark.parametrize(("schema", "code", "message"), WRONG)
def test_what_is_not_served_is_refused_or_answered_in_json(schema: bytes | None, code: int, message: str) -> None:
    asked = read_headers(b"application/sbe", schema)
    assert asked is not None
    assert asked.refusal is not None
    assert (asked.refusal.code, asked.refusal.message, asked.refusal.status) == (code, message, 400)
    for accept in (
        b"application/sbe, application/json",
        b"application/json;q=0.5,application/sbe",
        b"application/sbe, */*",
    ):
        assert read_headers(accept, schema) is None


@pytest.mark.parametrize(
    ("schema_id", "version"), [("3", "6"), ("x", "5"), ("", ""), ("3", "-1"), ("\u0663", "\u0665")]
)
def test_parameters_are_refused_in_words_of_their_own(schema_id: str, version: str) -> None:
    with pytest.raises(ApiError, match="-1153 Invalid SBE schema ID or version specified."):
        is_deprecated(schema_id, version)
    assert (is_deprecated("3", "5"), is_deprecated("3", "4")) == (False, True)
