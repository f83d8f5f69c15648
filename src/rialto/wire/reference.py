"""The reference of an API as one page to read, made of its OpenAPI document. Pure.

Plain HTML with one style sheet in it: no script, nothing loaded. Everything of the document is escaped.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from rialto.wire.openapi import operations

Schema = Mapping[str, Any]

SHAPE_DEPTH: Final = 4
"""How deep the shape of an answer is shown."""

_REFERENCE: Final = "#/components/schemas/"

STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #0a7d5a; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem;
  border-right: 1px solid var(--line); font-size: 13px; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { max-width: 62rem; padding: 1.5rem 2.5rem 6rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .verb { font-family: ui-monospace, monospace; font-size: 0.92em; }
h1 { margin: 0 0 0.5rem; }
h2 { margin: 3rem 0 0; padding-bottom: 0.3rem; border-bottom: 2px solid var(--line); }
nav h2 { margin: 1rem 0 0.3rem; border: 0; font-size: 1em; }
article { padding-top: 1.5rem; }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
.verb { display: inline-block; min-width: 3.6em; color: var(--accent); font-weight: 700; }
.facts { margin: 0.2rem 0 0.6rem; color: #888; font-size: 13px; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--soft); }
td { overflow-wrap: anywhere; }
td:first-child { overflow-wrap: normal; white-space: nowrap; }
pre { background: var(--soft); padding: 0.8rem; border-radius: 6px; overflow-x: auto; margin: 0.5rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: 13.5px; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: 12rem; border: 0;
  border-bottom: 1px solid var(--line); }
  main { padding: 1rem; } }
"""


def page(document: Schema, *, document_path: str) -> str:
    """Return the page; `document_path` is where the document itself can be had."""
    info = document["info"]
    groups: defaultdict[str, list[tuple[str, str, Schema]]] = defaultdict(list)
    for path, method, operation in operations(document):
        groups[operation["tags"][0]].append((path, method, operation))
    socket = document["x-websocket-api"]
    schemas = document["components"]["schemas"]
    title = escape(info["title"])
    content = [
        f"<h1>{title}</h1>",
        f"<p>{escape(info['description'])}</p>",
        f'<p>Version {escape(info["version"])}. As data: <a href="{document_path}">OpenAPI 3.1</a>.</p>',
        _statuses(document),
    ]
    for name, listed in groups.items():
        content.append(f"<h2>{escape(name)}</h2>")
        content += [_operation(*each, schemas) for each in listed]
    content.append(f"<h2>WebSocket API</h2><p>Methods of <code>{escape(socket['path'])}</code>, in JSON.</p>")
    content += [_method(name, method, schemas) for name, method in socket["methods"].items()]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{_contents(groups, socket)}"
        f"<main>{''.join(content)}</main></body></html>\n"
    )


def _contents(groups: Mapping[str, list[tuple[str, str, Schema]]], socket: Schema) -> str:
    parts = []
    for name, listed in groups.items():
        links = "".join(
            f'<li><a href="#{escape(operation["operationId"])}"><span class="verb">{method}</span> '
            f"{escape(path.removeprefix('/api/v3'))}</a></li>"
            for path, method, operation in listed
        )
        parts.append(f"<h2>{escape(name)}</h2><ul>{links}</ul>")
    links = "".join(f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name in socket["methods"])
    return f'<nav aria-label="Calls">{"".join(parts)}<h2>WebSocket API</h2><ul>{links}</ul></nav>'


def _statuses(document: Schema) -> str:
    """Tell once what every status of a refusal means."""
    meanings = {
        status: response["description"]
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
        if status != "200"
    }
    rows = "".join(f"<tr><td>{status}</td><td>{escape(text)}</td></tr>" for status, text in sorted(meanings.items()))
    return (
        f"<details><summary>Refusals</summary><table><tr><th>Status</th><th>Meaning</th></tr>{rows}</table></details>"
    )


def _operation(path: str, method: str, operation: Schema, schemas: Schema) -> str:
    facts = _facts(operation)
    if "x-websocket-method" in operation:
        name = operation["x-websocket-method"]
        facts.append(f'over WebSocket <a href="#{_anchor(name)}">{escape(name)}</a>')
    facts.append("refused with " + ", ".join(status for status in operation["responses"] if status != "200"))
    answer = next(iter(operation["responses"]["200"]["content"].values()))["schema"]
    return _article(
        operation["operationId"],
        f'<span class="verb">{method}</span> <code>{escape(path)}</code>',
        operation,
        facts,
        [each for each in operation["parameters"] if each["in"] == "query"],
        _shape(answer, schemas, SHAPE_DEPTH, ""),
    )


def _method(name: str, method: Schema, schemas: Schema) -> str:
    shape = _shape(method["result"], schemas, SHAPE_DEPTH, "")
    return _article(_anchor(name), f"<code>{escape(name)}</code>", method, _facts(method), method["parameters"], shape)


def _article(
    anchor: str, heading: str, call: Schema, facts: Iterable[str], parameters: Iterable[Schema], shape: str
) -> str:
    rows = "".join(map(_row, parameters))
    table = (
        f"<table><tr><th>Parameter</th><th>Must be sent</th><th>Values</th><th>Default</th></tr>{rows}</table>"
        if rows
        else ""
    )
    return (
        f'<article id="{escape(anchor)}"><h3>{heading}</h3><p class="facts">{" · ".join(facts)}</p>'
        f"<p>{escape(call['summary'])}</p>{table}"
        f"<details><summary>Answer</summary><pre>{escape(shape)}</pre></details></article>"
    )


def _facts(call: Schema) -> list[str]:
    security = call["x-security-type"]
    weight = call.get("x-weight")
    return [
        "public" if security == "NONE" else f"signed: {escape(security)}",
        "weight depends on the parameters" if weight is None else f"weight {weight}",
    ]


def _row(parameter: Schema) -> str:
    schema = parameter["schema"]
    default = schema.get("default", "")
    shown = default if isinstance(default, str) else json.dumps(default)
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{'yes' if parameter['required'] else ''}</td>"
        f"<td>{_values(schema)}</td><td>{escape(shown)}</td></tr>"
    )


def _values(schema: Schema) -> str:
    if "enum" in schema:
        return " ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    parts = [escape(str(schema.get("format") if schema.get("format") == "decimal" else schema.get("type", "any")))]
    for key, words in (("minimum", "from"), ("maximum", "to")):
        if key in schema:
            parts.append(f"{words} {schema[key]}")
    if "pattern" in schema and schema.get("format") != "decimal":
        parts.append(f"<code>{escape(schema['pattern'])}</code>")
    parts += [f"<code>{escape(str(each))}</code>" for each in schema.get("examples", ())]
    return " ".join(parts)


def _shape(schema: Schema, schemas: Schema, depth: int, indent: str) -> str:
    """Write what an answer looks like: names and types, indented as JSON is."""
    if "$ref" in schema:
        if not depth:
            return "…"
        return _shape(schemas[schema["$ref"].removeprefix(_REFERENCE)], schemas, depth - 1, indent)
    if "anyOf" in schema:
        shapes = [_shape(each, schemas, depth, indent) for each in schema["anyOf"]]
        objects = sum("\n" in shape for shape in shapes)
        return (f"\n{indent}or " if objects > 1 else " or ").join(shapes)
    deeper = indent + "  "
    if "prefixItems" in schema:
        return f"[{', '.join(_shape(each, schemas, depth, deeper) for each in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"[{_shape(schema['items'], schemas, depth, indent)}, …]" if "items" in schema else "[…]"
    if schema.get("properties"):
        lines = [
            f'{deeper}"{name}": {_shape(each, schemas, depth, deeper)}' for name, each in schema["properties"].items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    return "{…}" if schema.get("type") == "object" else str(schema.get("type", "any"))


def _anchor(method_name: str) -> str:
    return f"ws-{escape(method_name)}"
