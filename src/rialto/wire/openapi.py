"""The OpenAPI 3.1 document of a set of endpoints, derived from their declarations."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from rialto.wire.endpoints import Endpoint, ListOf
from rialto.wire.parameters import Parameter

_SIGNED: Final[list[dict[str, object]]] = [
    {
        "name": "recvWindow",
        "in": "query",
        "required": False,
        "description": "How long the request stays valid, in milliseconds, with up to three decimal places.",
        "schema": {"type": "string", "default": "5000", "pattern": r"^[0-9]{1,5}(\.[0-9]{1,3})?$"},
    },
    {
        "name": "timestamp",
        "in": "query",
        "required": True,
        "description": "When the request was made, in milliseconds or microseconds since the Unix epoch.",
        "schema": {"type": "integer", "format": "int64"},
    },
    {
        "name": "signature",
        "in": "query",
        "required": True,
        "description": "Over query string and body: HMAC-SHA-256 in hexadecimal, or RSA or Ed25519 in base64.",
        "schema": {"type": "string"},
    },
]

_ERROR: Final[dict[str, object]] = {
    "type": "object",
    "required": ["code", "msg"],
    "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}},
}


def document(endpoints: Iterable[Endpoint[Any]], *, title: str, version: str) -> dict[str, object]:
    """Return the document as plain data, ready to be written as JSON."""
    listed = sorted((each for each in endpoints if each.is_http), key=lambda each: (each.path, each.method))
    schemas, components = msgspec.json.schema_components(
        [form for each in listed for response in each.responses for form in _forms(response)],
        ref_template="#/components/schemas/{name}",
    )
    following = iter(schemas)
    paths: dict[str, dict[str, object]] = {}
    for endpoint in listed:
        answer = _one_of([_schema(response, following) for response in endpoint.responses])
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, answer)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"}},
        },
    }


def _forms(response: Any) -> tuple[Any, ...]:
    return response.forms if isinstance(response, ListOf) else (response,)


def _schema(response: Any, following: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Describe a response with the schemas of its forms, which come next."""
    forms = [next(following) for _ in _forms(response)]
    return {"type": "array", "items": _one_of(forms)} if isinstance(response, ListOf) else forms[0]


def _one_of(forms: list[dict[str, Any]]) -> dict[str, Any]:
    return forms[0] if len(forms) == 1 else {"oneOf": forms}


def _operation(endpoint: Endpoint[Any], response: dict[str, Any]) -> dict[str, object]:
    parameters = [_parameter(each) for each in endpoint.reader.parameters]
    if endpoint.is_signed:
        parameters += _SIGNED
    operation: dict[str, object] = {
        "operationId": f"{endpoint.method.lower()}{endpoint.path.replace('/', '_')}",
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": _content(endpoint, response)},
            "default": {
                "description": "Refused.",
                "content": _content(endpoint, {"$ref": "#/components/schemas/Error"}),
            },
        },
        "x-security-type": endpoint.security.value,
    }
    if isinstance(endpoint.weight, int):
        operation["x-weight"] = endpoint.weight
    if endpoint.is_signed:
        operation["security"] = [{"apiKey": []}]
    return operation


def _content(endpoint: Endpoint[Any], schema: object) -> dict[str, object]:
    """Describe an answer in JSON and, where there is a message for it, in SBE."""
    content: dict[str, object] = {"application/json": {"schema": schema}}
    if endpoint.sbe_message is not None:
        content["application/sbe"] = {"schema": {"type": "string", "format": "binary"}}
    return content


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "schema": parameter.kind.schema(),
    }
