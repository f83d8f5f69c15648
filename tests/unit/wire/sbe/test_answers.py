"""Refusals and the envelope of the WebSocket API."""

import json

from rialto.gateway.limits import LimitUse
from rialto.gateway.spot.general import TIME, ServerTime
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.parameters import NoParameters
from rialto.wire.sbe.answers import encode_answer, encode_envelope, encode_error
from tests.sbe import decode

NOW_US = 1_700_000_000_123_456


def test_a_refusal_states_code_and_message() -> None:
    decoded = decode(encode_error(ErrorCode.BAD_SYMBOL.error(), NOW_US))
    assert decoded == {"code": -1121, "serverTime": None, "retryAfter": None, "msg": "Invalid symbol.", "data": None}


def test_a_refusal_by_a_rate_limit_states_until_when() -> None:
    decoded = decode(encode_error(ApiError(-1003, "Too many.", 429, retry_after_s=7), NOW_US))
    assert (decoded["serverTime"], decoded["retryAfter"]) == (NOW_US, NOW_US + 7_000_000)


def test_a_failed_replacement_carries_both_halves() -> None:
    halves = {
        "cancelResult": "FAILURE",
        "newOrderResult": "NOT_ATTEMPTED",
        "cancelResponse": {"code": -2011, "msg": "Unknown order sent."},
        "newOrderResponse": None,
    }
    decoded = decode(encode_error(ApiError(-2022, "Failed.", data=json.dumps(halves).encode()), NOW_US))
    assert decoded["data"].message == "CancelReplaceOrderResponse"
    assert decoded["data"]["cancelResponse"]["code"] == -2011
    assert decoded["data"]["newOrderResponse"] is None


def test_the_envelope_carries_an_answer_its_id_and_the_limits() -> None:
    result = encode_answer(TIME, NoParameters(), ServerTime(NOW_US))
    limits = [LimitUse("ORDERS", "SECOND", 10, 50, 12), LimitUse("REQUEST_WEIGHT", "MINUTE", 1, 6000, 70)]
    for request_id, shown in ((7, "7"), ("abc", "abc"), (None, "")):
        envelope = encode_envelope(result, request_id=request_id, status=200, rate_limits=limits, is_deprecated=True)
        decoded = decode(envelope)
        assert decoded.message == "WebSocketResponse"
        assert (decoded["id"], decoded["status"], decoded["sbeSchemaIdVersionDeprecated"]) == (shown, 200, True)
        assert [(each["rateLimitType"], each["current"]) for each in decoded["rateLimits"]] == [
            ("ORDERS", 12),
            ("REQUEST_WEIGHT", 70),
        ]
        assert decoded["result"] == {"serverTime": NOW_US}
