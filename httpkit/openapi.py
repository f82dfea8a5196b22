"""OpenAPI 3.1 made from an application's routes and the pydantic models of their bodies and answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_REF = "#/components/schemas/{model}"


@dataclass(frozen=True)
class Parameter:
    """A query parameter or header. `schema` is JSON Schema."""

    name: str
    place: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """What one route takes and gives. `answers` are the models of a 200 (several: one of them) or, as a string, its
    media type; `failures` the other statuses, each with the error model.
    """

    answers: tuple[type[BaseModel], ...] | str
    body: type[BaseModel] | str | None = None
    failures: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    security: tuple[str, ...] = ()
    status: int = 200
    tag: str = "internal"


type Refs = Mapping[Any, Any]
"""Model and mode → reference, as pydantic returns them."""

type Key = tuple[str, str]
"""Method and the route's pattern."""


def document(
    routes: Mapping[Key, tuple[Operation, str]],
    *,
    title: str,
    version: str,
    error: type[BaseModel],
    schemes: Mapping[str, Any],
    path_schema: Mapping[str, Any],
) -> dict[str, Any]:
    """The whole description; `routes` come with their summaries. Every model becomes a component."""
    operations = [operation for operation, _ in routes.values()]
    bodies = {operation.body for operation in operations if isinstance(operation.body, type)}
    answers = {
        model for operation in operations if not isinstance(operation.answers, str) for model in operation.answers
    }
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in sorted(bodies, key=_name)),
        *((model, "serialization") for model in sorted({*answers, error}, key=_name)),
    ]
    refs, definitions = models_json_schema(wanted, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), (operation, summary) in sorted(routes.items(), key=lambda item: (item[0][1], item[0][0])):
        made = _operation(operation, summary, path, refs, error, path_schema)
        paths.setdefault(_PARAMETER.sub(r"{\1}", path), {})[method.lower()] = made
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {}), "securitySchemes": dict(schemes)},
    }


def served_routes(app: web.Application) -> dict[Key, str]:
    """Every route of an application, HEAD left out, with the first line of its handler's docstring."""
    found: dict[Key, str] = {}
    for route in app.router.routes():
        if route.resource is not None and route.method != "HEAD":
            found[route.method, route.resource.canonical] = (getdoc(route.handler) or "").partition("\n")[0]
    return found


def _operation(
    operation: Operation,
    summary: str,
    path: str,
    refs: Refs,
    error: type[BaseModel],
    path_schema: Mapping[str, Any],
) -> dict[str, Any]:
    failure = {"application/json": {"schema": refs[error, "serialization"]}}
    responses = {str(status): {"description": _WORDS[status], "content": failure} for status in operation.failures}
    success: dict[str, Any] = {"description": _WORDS[operation.status]}
    if operation.status != 204:
        success["content"] = _content(operation.answers, refs)
    made: dict[str, Any] = {
        "summary": summary,
        "tags": [operation.tag],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": dict(path_schema)}
                for name in _PARAMETER.findall(path)
            ),
            *(
                {"name": each.name, "in": each.place, "required": each.required, "schema": dict(each.schema)}
                for each in operation.parameters
            ),
        ],
        "responses": {str(operation.status): success, **responses},
        "security": [{name: [] for name in operation.security}] if operation.security else [],
    }
    if isinstance(operation.body, str):
        made["requestBody"] = {"required": True, "content": {operation.body: {"schema": {"type": "object"}}}}
    elif operation.body is not None:
        schema = refs[operation.body, "validation"]
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


def _content(answers: Sequence[type[BaseModel]] | str, refs: Refs) -> dict[str, Any]:
    if isinstance(answers, str):
        schema: dict[str, Any] = {"type": "object"} if answers == "application/json" else {"type": "string"}
        return {answers: {"schema": schema}}
    schemas = [refs[model, "serialization"] for model in answers]
    return {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}}}


def _name(model: type[BaseModel]) -> str:
    return model.__name__


_WORDS = {
    200: "done",
    204: "taken",
    303: "the session stands elsewhere",
    400: "no strict JSON, or text that can't be stored",
    401: "no valid token",
    403: "the token or ticket opens another scope",
    404: "not there",
    405: "another method",
    409: "used for something else",
    413: "too large",
    415: "another media type or encoding",
    421: "another host name",
    422: "fields that are missing, unknown or too long",
    500: "something failed on our side",
}
