"""Requests and replies, letter by letter."""

import pytest

from rialto.streams.requests import (
    GetCombined,
    InvalidRequest,
    ListSubscriptions,
    Request,
    SetCombined,
    Subscribe,
    Unsubscribe,
    decode_request,
    encode_result,
)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ('{"method":"SUBSCRIBE","params":["a@trade","b@depth"],"id":1}', Subscribe(1, ["a@trade", "b@depth"])),
        ('{"method":"UNSUBSCRIBE","params":["a@trade"],"id":-3}', Unsubscribe(-3, ["a@trade"])),
        ('{"method":"LIST_SUBSCRIPTIONS","id":"x"}', ListSubscriptions("x")),
        ('{"method":"LIST_SUBSCRIPTIONS","params":[],"id":null}', ListSubscriptions(None)),
        ('{"method":"SET_PROPERTY","params":["combined",true],"id":5}', SetCombined(5, combined=True)),
        ('{"method":"GET_PROPERTY","params":["combined"],"id":9223372036854775807}', GetCombined(2**63 - 1)),
        (
            '{"method":"LIST_SUBSCRIPTIONS","id":"9d32157c-a556-4d27-9866-66760a174b57"}',
            ListSubscriptions("9d32157c-a556-4d27-9866-66760a174b57"),
        ),
    ],
)
def test_good_requests(text: str, request_: Request) -> None:
    assert decode_request(text.encode()) == request_


def unknown_variant(name: str, column: int) -> str:
    known = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"
    return (
        f'{{"code":2,"msg":"Invalid request: unknown variant `{name}`, expected one of {known}'
        f' at line 1 column {column}"}}'
    )


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ('{"method":"SET_PROPERTY","params":["color",true],"id":5}', '{"code":0,"msg":"Unknown property","id":5}'),
        ('{"method":"GET_PROPERTY","params":["color"],"id":"a"}', '{"code":0,"msg":"Unknown property","id":"a"}'),
        (
            '{"method":"SET_PROPERTY","params":["combined","yes"],"id":5}',
            '{"code":1,"msg":"Invalid value type: expected Boolean"}',
        ),
        (
            '{"method":"SET_PROPERTY","params":["combined"],"id":5}',
            '{"code":1,"msg":"Invalid value type: expected Boolean"}',
        ),
        (
            '{"method":"SET_PROPERTY","params":[true],"id":5}',
            '{"code":2,"msg":"Invalid request: property name must be a string"}',
        ),
        (
            '{"method":"GET_PROPERTY","id":5}',
            '{"code":2,"msg":"Invalid request: property name must be a string"}',
        ),
        (
            '{"method":"GET_PROPERTY","params":["combined",true],"id":5}',
            '{"code":2,"msg":"Invalid request: too many parameters"}',
        ),
        (
            '{"method":"LIST_SUBSCRIPTIONS","params":["a@trade"],"id":5}',
            '{"code":2,"msg":"Invalid request: too many parameters"}',
        ),
        (
            '{"method":"LIST_SUBSCRIPTIONS","params":{},"id":5}',
            '{"code":2,"msg":"Invalid request: params must be an array"}',
        ),
        (
            '{"method":"SUBSCRIBE","params":[5],"id":5}',
            '{"code":2,"msg":"Invalid request: params must be an array of stream names"}',
        ),
        (
            '{"method":"SUBSCRIBE","id":5}',
            '{"code":2,"msg":"Invalid request: params must be an array of stream names"}',
        ),
        ('{"method":"SUBSCRIBEX","params":[],"id":5}', unknown_variant("SUBSCRIBEX", 22)),
        ('{"id":5,"method":17}', unknown_variant("17", 19)),
        (
            '{"params":["a@trade"],"id":5}\n',
            '{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 29"}',
        ),
        ('{"method":"SUBSCRIBE"', '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 21"}'),
        ('{"method":\n  SUBSCRIBE}', '{"code":3,"msg":"Invalid JSON: expected value at line 2 column 3"}'),
        ("hello", '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}'),
        ("", '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 0"}'),
        ("[]", '{"code":2,"msg":"Invalid request: expected an object with `method`, `params` and `id`"}'),
    ],
)
def test_bad_requests(text: str, reply: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        decode_request(text.encode())
    assert refusal.value.reply.decode() == reply


@pytest.mark.parametrize(
    "request_id",
    ["", ',"id":1.5', ',"id":true', ',"id":[]', ',"id":9223372036854775808', ',"id":""', f',"id":"{"a" * 37}"'],
)
def test_bad_ids(request_id: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        decode_request(f'{{"method":"LIST_SUBSCRIPTIONS"{request_id}}}'.encode())
    assert refusal.value.reply == b'{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}'


def test_nesting_is_refused_not_followed() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        decode_request(b"[" * 60_000)
    assert refusal.value.reply.startswith(b'{"code":3,"msg":"Invalid JSON: ')


def test_results() -> None:
    assert encode_result(None, 312) == b'{"result":null,"id":312}'
    assert encode_result(["btcusdt@aggTrade"], "a") == b'{"result":["btcusdt@aggTrade"],"id":"a"}'
    assert encode_result(True, None) == b'{"result":true,"id":null}'
