"""The OpenAPI 3.1 document of a set of endpoints, derived from their declarations. Pure.

Beside each call it states what the transport adds: how requests are signed, which headers count, and with which status
a call can be refused. The methods of the WebSocket API stand in an extension of the document, `x-websocket-api`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from rialto.wire.endpoints import Body, Endpoint, ListOf, Security
from rialto.wire.kinds import Boolean, Choice, Integer
from rialto.wire.parameters import Parameter

JSON: Final = "application/json"
WEBSOCKET_PATH: Final = "/ws-api/v3"

Schema = dict[str, Any]

_DESCRIPTION: Final = """Parameters are sent in the query string, or with POST, PUT and DELETE in a form as the body \
(application/x-www-form-urlencoded), in any order. Amounts are decimal strings. Times are in milliseconds since the \
Unix epoch; sent, they may be in microseconds too. A signed call carries an API key in the header X-MBX-APIKEY, the \
parameter timestamp, and as its last parameter a signature over the query string and the body, exactly as sent."""

_TIME_UNIT: Final[Schema] = {
    "name": "X-MBX-TIME-UNIT",
    "in": "header",
    "required": False,
    "description": "The unit of the times in the answer.",
    "schema": {"type": "string", "enum": ["MILLISECOND", "MICROSECOND"], "default": "MILLISECOND"},
}
_SIGNED: Final[list[Schema]] = [
    {
        "name": "recvWindow",
        "in": "query",
        "required": False,
        "description": "How long the request stays valid, in milliseconds, with up to three decimal places; 60000 at "
        "most.",
        "schema": {"type": "string", "default": "5000", "pattern": r"^[0-9]{1,5}(\.[0-9]{1,3})?$"},
    },
    {
        "name": "timestamp",
        "in": "query",
        "required": True,
        "description": "When the request was made, in milliseconds or microseconds since the Unix epoch.",
        "schema": {"type": "integer", "format": "int64", "minimum": 0},
    },
    {
        "name": "signature",
        "in": "query",
        "required": True,
        "description": "Over query string and body: HMAC-SHA-256 in hexadecimal, or RSA or Ed25519 in base64.",
        "schema": {"type": "string"},
    },
]

_ERROR: Final[Schema] = {
    "title": "Error",
    "description": "Why a request was refused; some refusals are explained further by `data`.",
    "type": "object",
    "required": ["code", "msg"],
    "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}, "data": {"type": "object"}},
}
_REFUSALS: Final = {
    400: "The request is wrong, or what it asks for was refused: `code` and `msg` say why.",
    401: "The API key is unknown, or may not do this, or not from here.",
    403: "The session may not do this, or not before a second factor is given.",
    404: "There is no such thing, or it is somebody else's.",
    408: "The request did not arrive in time.",
    409: "One of two things was done: `data` tells which.",
    413: "The body is too large.",
    414: "The query string is too long.",
    418: "This address went on after it was told to wait, and is banned.",
    429: "This address, or this account, has used what it may for now.",
    431: "The headers are too large.",
    500: "A fault of the exchange. Whether a command was executed is unknown if `msg` says so.",
    503: "The exchange is busy or shutting down. Nothing was done.",
    504: "No answer in time. Whether a command was executed is unknown.",
}
_ALWAYS: Final = (400, 408, 413, 414, 418, 429, 431, 500, 503)
_TO_WAIT: Final = (418, 429)
_RETRY_AFTER: Final[Schema] = {
    "Retry-After": {"description": "How many seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
_USED_WEIGHT: Final[Schema] = {
    name: {"description": "The weight this address has used in the current minute.", "schema": {"type": "integer"}}
    for name in ("X-MBX-USED-WEIGHT", "X-MBX-USED-WEIGHT-1M")
}

_TAGS: Final = {
    Security.NONE: "Market",
    Security.USER_DATA: "Account",
    Security.TRADE: "Trading",
    Security.SIGNED: "Sessions",
    Security.USER_STREAM: "Sessions",
    Security.MARGIN: "Trading",
    Security.TRANSFER: "Wallet",
    Security.WITHDRAW: "Wallet",
    Security.SESSION: "Account",
    Security.OPERATOR: "Operators",
}


def document(endpoints: Iterable[Endpoint[Any]], *, title: str, version: str) -> dict[str, Any]:
    """Return the document as plain data, ready to be written as JSON."""
    given = list(endpoints)
    listed = sorted((each for each in given if each.is_http), key=lambda each: (each.path, each.method))
    methods = sorted((each for each in given if each.websocket_method), key=lambda each: str(each.websocket_method))
    schemas, components = msgspec.json.schema_components(
        [form for each in (*listed, *methods) for response in each.responses for form in _forms(response)],
        ref_template="#/components/schemas/{name}",
    )
    following = iter(schemas)
    paths: dict[str, Schema] = {}
    for endpoint in listed:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, _answer(endpoint, following)
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"}},
        },
        "x-websocket-api": {
            "path": WEBSOCKET_PATH,
            "methods": {str(each.websocket_method): _method(each, _answer(each, following)) for each in methods},
        },
    }


def _answer(endpoint: Endpoint[Any], following: Iterator[Schema]) -> Schema:
    return _any_of([_schema(response, following) for response in endpoint.responses])


def _forms(response: Any) -> tuple[Any, ...]:
    return response.forms if isinstance(response, ListOf) else (response,)


def _schema(response: Any, following: Iterator[Schema]) -> Schema:
    """Describe a response with the schemas of its forms, which come next."""
    forms = [next(following) for _ in _forms(response)]
    return {"type": "array", "items": _any_of(forms)} if isinstance(response, ListOf) else forms[0]


def _any_of(forms: list[Schema]) -> Schema:
    """Describe one of several forms. A longer one may have all that a shorter one has, and so be both."""
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _operation(endpoint: Endpoint[Any], answer: Schema) -> Schema:
    parameters = [_parameter(each) for each in endpoint.reader.parameters]
    operation: Schema = {
        "operationId": f"{endpoint.method.lower()}{endpoint.path.replace('/', '_').replace('.', '_')}",
        "summary": endpoint.summary,
        "tags": [_TAGS[endpoint.security]],
        "parameters": [*parameters, *(_SIGNED if endpoint.is_signed else ()), _TIME_UNIT],
        "responses": {
            "200": {"description": "Done.", "headers": _USED_WEIGHT, "content": _content(endpoint, answer)},
            **{str(status): _refusal(endpoint, status) for status in _refusals_of(endpoint)},
        },
        **_costs(endpoint),
    }
    if endpoint.body is Body.FORM_OR_JSON:
        operation["description"] = (
            "The parameters may be a JSON object as the body; the signature is over the query then."
        )
    if endpoint.websocket_method is not None:
        operation["x-websocket-method"] = endpoint.websocket_method
    if endpoint.is_signed:
        operation["security"] = [{"apiKey": []}]
    return operation


def _content(endpoint: Endpoint[Any], schema: Schema) -> Schema:
    """Describe an answer in JSON and, where there is a message for it, in SBE; or the file that it is."""
    if endpoint.responses == (bytes,):
        return {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    content: Schema = {JSON: {"schema": schema}}
    if endpoint.sbe_message is not None:
        content["application/sbe"] = {"schema": {"type": "string", "format": "binary"}}
    return content


def _method(endpoint: Endpoint[Any], answer: Schema) -> Schema:
    return {
        "summary": endpoint.summary,
        "parameters": [
            {name: value for name, value in _parameter(each).items() if name != "in"}
            for each in endpoint.reader.parameters
        ],
        "result": {"type": "array", "items": answer} if endpoint.is_listed_over_websocket else answer,
        **_costs(endpoint),
    }


def _costs(endpoint: Endpoint[Any]) -> Schema:
    """State who may call, and what a call weighs: a number, or at least so much where the parameters decide."""
    costs: Schema = {"x-security-type": endpoint.security.value}
    if isinstance(endpoint.weight, int):
        costs["x-weight"] = endpoint.weight
    else:
        costs["x-weight-depends-on-parameters"] = True
    return costs


def _refusals_of(endpoint: Endpoint[Any]) -> list[int]:
    statuses = {*_ALWAYS, *endpoint.refused_with}
    if endpoint.is_signed:
        statuses.add(401)
    if not endpoint.is_from_memory:
        statuses.add(504)
    return sorted(statuses)


def _refusal(endpoint: Endpoint[Any], status: int) -> Schema:
    refusal: Schema = {
        "description": _REFUSALS[status],
        "content": _content(endpoint, {"$ref": "#/components/schemas/Error"}),
    }
    if status in _TO_WAIT:
        refusal["headers"] = _RETRY_AFTER
    return refusal


def _parameter(parameter: Parameter) -> Schema:
    schema: Schema = dict(parameter.kind.schema())
    default = _default(parameter)
    if default is not None:
        schema["default"] = default
    return {"name": parameter.name, "in": "query", "required": parameter.is_required, "schema": schema}


def _default(parameter: Parameter) -> object:
    """Return what counts when a parameter is not sent, as it would be sent; None where nothing does."""
    kind, default = parameter.kind, parameter.default
    if default is None:
        return None
    if isinstance(kind, Choice):
        return kind.word_of(default)
    return default if isinstance(kind, Integer | Boolean) else None


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    """Yield path, method in upper case, and operation of a document, in its order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation
