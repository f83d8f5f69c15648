"""The reference of an API in pieces: its contents, a chapter of calls at a time, and all error codes. Pure.

For a page that shows one call at a time: opening it must not cost the whole document. Everything follows from the
declarations. Beside what the OpenAPI document says, a chapter says what a call weighs by what it is asked, what its
parameters mean, and which codes calls of its kind are refused with.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError, Catalogue, ErrorCode
from rialto.wire.factor_errors import FactorError
from rialto.wire.fiat_errors import CardError, FiatError
from rialto.wire.glossary import meaning_of
from rialto.wire.kinds import Choice
from rialto.wire.openapi import operations
from rialto.wire.operator_errors import OperatorError
from rialto.wire.people_errors import PeopleError
from rialto.wire.privacy_errors import PrivacyError
from rialto.wire.stream_catalogue import STREAMS
from rialto.wire.verification_errors import VerificationError
from rialto.wire.wallet_errors import WalletError

Schema = dict[str, Any]

SOCKET_CHAPTER: Final = "websocket-api"
_RULES: Final = (
    ("operators", r"/admin/"),
    ("sub-accounts", r"/account/v1/sub-accounts|/sapi/v\d/(managed-subaccount|sub-account|capital/deposit/sub)"),
    ("people", r"/account/"),
    ("travel-rule", r"/sapi/v\d/(localentity|addressVerify)"),
    ("fiat", r"/fiat/|/sapi/v\d/fiat"),
    ("wallet", r"/sapi/"),
    ("trading", r"/api/v3/(order|openOrder|allOrder|sor/)"),
)
"""Chapters by the beginning of a path, the first that fits; what is left is of markets, or of the account if signed."""

CHAPTERS: Final = (
    *("market", "trading", "account", "wallet", "fiat", "travel-rule", "sub-accounts", "people"),
    *(SOCKET_CHAPTER, "operators"),
)

_PROBES: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"symbol": "BTCUSDT"},
    {"symbols": '["BTCUSDT","ETHUSDT"]'},
    {"symbol": "BTCUSDT", "orderId": "1"},
    *({"symbol": "BTCUSDT", "limit": limit} for limit in ("100", "500", "1000", "5000")),
)
_TESTED: Final[Mapping[str, str]] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "1",
}
_CODES_BY_NAME: Final[Mapping[str, ErrorCode]] = {
    "symbol": ErrorCode.BAD_SYMBOL,
    "symbols": ErrorCode.BAD_SYMBOL,
    "interval": ErrorCode.BAD_INTERVAL,
    "side": ErrorCode.INVALID_SIDE,
    "type": ErrorCode.INVALID_ORDER_TYPE,
    "timeInForce": ErrorCode.INVALID_TIF,
    "symbolStatus": ErrorCode.INVALID_SYMBOLSTATUS,
}
_CATALOGUES: Final[tuple[type[Catalogue], ...]] = (
    *(ErrorCode, WalletError, FiatError, CardError, PeopleError, FactorError, PrivacyError, VerificationError),
    OperatorError,
)


def chapter_of(endpoint: Endpoint[Any]) -> str:
    """Name the chapter a call over HTTP stands in."""
    for name, beginning in _RULES:
        if re.match(beginning, endpoint.path):
            return name
    return "account" if endpoint.is_signed else "market"


def contents(endpoints: Sequence[Endpoint[Any]], document: Mapping[str, Any]) -> Schema:
    """List every call by chapter, with the streams and what each status means."""
    listed: dict[str, list[Schema]] = {name: [] for name in CHAPTERS}
    for endpoint in sorted((each for each in endpoints if each.is_http), key=lambda each: (each.path, each.method)):
        listed[chapter_of(endpoint)].append(_head(endpoint.method, endpoint.path, endpoint))
    for endpoint in _socket_calls(endpoints):
        listed[SOCKET_CHAPTER].append(_head("WS", str(endpoint.websocket_method), endpoint))
    return {
        "version": document["info"]["version"],
        "chapters": [{"name": name, "calls": calls} for name, calls in listed.items() if calls],
        "streams": [each._asdict() for each in STREAMS],
        "statuses": {
            status: response["description"]
            for _, _, operation in operations(document)
            for status, response in sorted(operation["responses"].items())
            if status != "200"
        },
    }


def chapters(endpoints: Sequence[Endpoint[Any]], document: Mapping[str, Any]) -> dict[str, Schema]:
    """Describe every call, by chapter: `calls` by method and path, and the `schemas` their answers name."""
    described: dict[str, Schema] = {name: {"calls": {}} for name in CHAPTERS}
    for endpoint in endpoints:
        if endpoint.is_http:
            operation = document["paths"][endpoint.path][endpoint.method.lower()]
            described[chapter_of(endpoint)]["calls"][f"{endpoint.method} {endpoint.path}"] = _call(endpoint, operation)
    for endpoint in _socket_calls(endpoints):
        method = document["x-websocket-api"]["methods"][endpoint.websocket_method]
        described[SOCKET_CHAPTER]["calls"][f"WS {endpoint.websocket_method}"] = _socket_call(endpoint, method)
    known = document["components"]["schemas"]
    return {name: {**each, "schemas": _named(each, known)} for name, each in described.items() if each["calls"]}


def error_codes() -> list[Schema]:
    """List every error code with its status and its messages, by number."""
    codes = [
        {"code": code.number, "status": code.status, "name": code.name, "messages": list(code.messages)}
        for catalogue in _CATALOGUES
        for code in catalogue
    ]
    return sorted(codes, key=lambda each: -int(str(each["code"])))


def _socket_calls(endpoints: Iterable[Endpoint[Any]]) -> list[Endpoint[Any]]:
    return sorted((each for each in endpoints if each.websocket_method), key=lambda each: str(each.websocket_method))


def _head(method: str, path: str, endpoint: Endpoint[Any]) -> Schema:
    return {"method": method, "path": path, "summary": endpoint.summary, "security": endpoint.security.value}


def _call(endpoint: Endpoint[Any], operation: Mapping[str, Any]) -> Schema:
    responses = operation["responses"]
    call = {
        **_head(endpoint.method, endpoint.path, endpoint),
        **_common(endpoint),
        "answer": next(iter(responses["200"]["content"].values()))["schema"],
        "statuses": [status for status in responses if status != "200"],
        "hasSbe": endpoint.sbe_message is not None,
        "body": endpoint.body.value,
    }
    return call | ({"websocketMethod": endpoint.websocket_method} if endpoint.websocket_method else {})


def _socket_call(endpoint: Endpoint[Any], method: Mapping[str, Any]) -> Schema:
    return {
        **_head("WS", str(endpoint.websocket_method), endpoint),
        **_common(endpoint),
        "answer": method["result"],
        "statuses": [],
        "hasSbe": endpoint.sbe_message is not None,
        "body": "json",
    }


def _common(endpoint: Endpoint[Any]) -> Schema:
    return {
        "parameters": [
            {
                "name": each.name,
                "isRequired": each.is_required,
                "about": meaning_of(each.name),
                "schema": {**each.kind.schema(), **_default(each.kind, each.default)},
            }
            for each in endpoint.reader.parameters
        ],
        "budget": endpoint.budget.value,
        "weights": weights(endpoint),
        "codes": _codes(endpoint),
    }


def _default(kind: object, default: object) -> Schema:
    if isinstance(kind, Choice) and default is not None:
        return {"default": kind.word_of(default)}
    return {"default": default} if isinstance(default, int | str) else {}


def weights(endpoint: Endpoint[Any]) -> list[Schema]:
    """Say what a call weighs: one entry, or one for each way of asking that weighs another amount."""
    if isinstance(endpoint.weight, int):
        return [{"weight": endpoint.weight, "asked": {}}]
    known = {each.name for each in endpoint.reader.parameters}
    probes = list(_PROBES)
    if "computeCommissionRates" in known:
        probes = [_TESTED, {**_TESTED, "computeCommissionRates": "true"}]
    found: list[Schema] = []
    for probe in probes:
        if not set(probe) <= known:
            continue
        try:
            weight = endpoint.weight_of(endpoint.reader.read(dict(probe)))
        except ApiError:
            continue
        asked = {name: text for name, text in probe.items() if name not in _TESTED or name == "symbol"}
        if not found or found[-1]["weight"] != weight:
            found.append({"weight": weight, "asked": asked})
    return found


def _codes(endpoint: Endpoint[Any]) -> list[int]:
    """List what calls of this kind are refused with, beyond what only they are."""
    codes = {ErrorCode.TOO_MANY_REQUESTS, ErrorCode.SERVER_BUSY}
    parameters = endpoint.reader.parameters
    codes |= {ErrorCode.UNREAD_PARAMETERS, ErrorCode.TOO_MANY_PARAMETERS}
    if parameters:
        codes |= {ErrorCode.PARAM_EMPTY, ErrorCode.ILLEGAL_CHARS, ErrorCode.INVALID_PARAMETER}
    if any(each.is_required for each in parameters):
        codes.add(ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED)
    codes |= {_CODES_BY_NAME[each.name] for each in parameters if each.name in _CODES_BY_NAME}
    if not endpoint.is_from_memory:
        codes.add(ErrorCode.TIMEOUT)
    further: set[Catalogue] = set()
    if endpoint.security in (Security.SESSION, Security.OPERATOR):
        further |= {PeopleError.NO_SESSION, PeopleError.CSRF, PeopleError.FOREIGN_SITE}
    elif endpoint.is_signed:
        codes |= {ErrorCode.INVALID_TIMESTAMP, ErrorCode.INVALID_SIGNATURE}
        codes |= {ErrorCode.BAD_API_KEY_FMT, ErrorCode.REJECTED_MBX_KEY}
    if endpoint.security is Security.TRADE and endpoint.path.startswith("/api/v3"):
        is_cancel = endpoint.method == "DELETE"
        placed = {ErrorCode.NEW_ORDER_REJECTED, ErrorCode.INVALID_MESSAGE, ErrorCode.TOO_MANY_ORDERS}
        codes |= {ErrorCode.CANCEL_REJECTED} if is_cancel else placed
    return sorted((each.number for each in (*codes, *further)), reverse=True)


def _named(described: object, known: Mapping[str, Any]) -> Schema:
    """Find the schemas that are named in a description, and in those."""
    named: Schema = {}
    waiting = _references(described)
    while waiting:
        name = waiting.pop()
        if name not in named:
            named[name] = known[name]
            waiting |= _references(known[name])
    return dict(sorted(named.items()))


def _references(described: object) -> set[str]:
    if isinstance(described, Mapping):
        found = {str(described["$ref"]).rpartition("/")[2]} if "$ref" in described else set()
        return found.union(*map(_references, described.values()))
    if isinstance(described, list):
        return set[str]().union(*map(_references, described))
    return set()
