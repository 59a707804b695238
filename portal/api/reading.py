"""The OpenAPI document as its page shows it: each operation with its fields in a line each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body or an answer, or a parameter; `inner` are those of what it holds."""

    name: str
    required: bool
    kind: str
    words: str
    inner: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. `answers` has the code and the fields of each good answer."""

    name: str
    method: str
    path: str
    tag: str
    title: str
    words: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    example: str
    answers: tuple[tuple[str, str, tuple[Field, ...]], ...]
    problems: tuple[str, ...]


def operations(document: dict[str, Any]) -> tuple[Operation, ...]:
    """Every operation of the document, in its order."""
    return tuple(
        _operation(document["components"]["schemas"], path, method, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    )


def _operation(schemas: Schema, path: str, method: str, said: dict[str, Any]) -> Operation:
    taken = _resolved(schemas, _content(said.get("requestBody", {})).get("schema", {}))
    examples = taken.get("examples")
    return Operation(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        tag=said["tags"][0],
        title=said["summary"],
        words=said["description"].partition("\n\nScope:")[0],
        scope=said["x-scope"],
        parameters=tuple(
            Field(
                each["name"],
                each["required"],
                f"{each['in']}, {_kind(schemas, each['schema'])}",
                each.get("description", ""),
            )
            for each in said.get("parameters", ())
        ),
        body=tuple(_fields(schemas, taken)),
        example=json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
        answers=tuple(
            (
                code,
                "" if _JSON in answer.get("content", {}) else answer["description"],
                tuple(_fields(schemas, _content(answer).get("schema", {}))),
            )
            for code, answer in said["responses"].items()
            if code.startswith("2")
        ),
        problems=tuple(code for code in said["responses"] if not code.startswith("2")),
    )


def _content(part: dict[str, Any]) -> dict[str, Any]:
    return part.get("content", {}).get(_JSON, {})


def _resolved(schemas: Schema, schema: Schema) -> Schema:
    return schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)


def _fields(schemas: Schema, schema: Schema) -> Iterator[Field]:
    at = _resolved(schemas, schema)
    for name, each in at.get("properties", {}).items():
        words = each.get("description", "")
        held = each.get("items", each)
        inner = [_resolved(schemas, one) for one in held.get("anyOf", [held])]
        yield Field(
            name,
            name in at.get("required", ()),
            _kind(schemas, each),
            words,
            tuple(field for one in inner for field in _fields(schemas, one)),
        )


def _kind(schemas: Schema, schema: Schema) -> str:
    at = _resolved(schemas, schema)
    if "anyOf" in at:
        return " | ".join(_kind(schemas, each) for each in at["anyOf"])
    if "enum" in at:
        return " | ".join(map(str, at["enum"]))
    if at.get("type") == "array":
        return f"[{_kind(schemas, at['items'])}]"
    return str(at.get("format") or at.get("const") or at.get("type", ""))
