"""The carrier's own OpenAPI file as a judge: of requests, and of answers.

The file stands beside the checkout (`../shared/twilio-oai`). Two rules are ours, since the file asks for too
little: every property that the description of an answer names must be there, and an answer of a resource that
the file does not describe is a fault.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from jsonschema import Draft202012Validator, FormatChecker
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from twilio.http import HttpClient
from twilio.http.response import Response

Json = dict[str, Any]
NULL_WHILE_RUNNING = "reason_conference_ended"
"""Its text in the file says "null while in progress"; its type forgets to."""


class CarrierDescription:
    """Loaded once for a test run: it takes seconds."""

    def __init__(self, file: Path) -> None:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
        self._openapi = OpenAPI.from_dict(copy.deepcopy(document))  # type: ignore[arg-type]
        self._document = _without_nullable(document)
        self._paths = sorted(
            ((_as_pattern(path), operations) for path, operations in self._document["paths"].items()),
            key=lambda pair: pair[0].pattern.count("[^/]"),
        )

    def check_request(self, request: requests.Request) -> None:
        """Raises openapi-core's own errors for an unknown path, a missing or a wrong parameter."""
        prepared = request.prepare()
        self._openapi.validate_request(RequestsOpenAPIRequest(prepared))

    def faults_of_answer(self, method: str, url: str, status: int, body: str) -> list[str]:
        """What is wrong with an answer; only successful answers are described."""
        schema = self._schema_of(method.lower(), urlsplit(url).path, status)
        if schema is None:
            return [f"{method} {urlsplit(url).path} -> {status} is not described"]
        if status == 204:
            return ["an answer 204 has a body"] if body else []
        instance = json.loads(body)
        checker = Draft202012Validator(
            {"components": self._document["components"], **schema}, format_checker=FormatChecker()
        )
        faults = [
            f"{error.json_path}: {error.message[:200]}"
            for error in checker.iter_errors(instance)
            if not (error.json_path.endswith(NULL_WHILE_RUNNING) and error.instance is None)
        ]
        return faults + list(self._missing(schema, instance, "$"))

    def _schema_of(self, method: str, path: str, status: int) -> Json | None:
        for pattern, operations in self._paths:
            if pattern.fullmatch(path) and method in operations:
                answer = operations[method]["responses"].get(str(status))
                if answer is None:
                    return None
                content = answer.get("content", {}).get("application/json", {})
                found: Json = content.get("schema", {})
                return found
        return None

    def _missing(self, schema: Json, instance: Any, where: str) -> Iterator[str]:
        """Our own rule: nothing is `required` in the file, so that `{}` would pass."""
        schema = self._resolved(schema)
        if isinstance(instance, dict):
            for name, inner in schema.get("properties", {}).items():
                if name not in instance:
                    yield f"{where}.{name} is missing"
                else:
                    yield from self._missing(inner, instance[name], f"{where}.{name}")
        elif isinstance(instance, list):
            for i, each in enumerate(instance):
                yield from self._missing(schema.get("items", {}), each, f"{where}[{i}]")

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _as_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", path)
    return re.compile("[^/]+?".join(re.escape(part) for part in parts))


def _without_nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable: true` as JSON Schema has it."""
    if isinstance(node, list):
        return [_without_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _without_nullable(each) for name, each in node.items() if name != "nullable"}
    if node.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    return made


@dataclass
class Exchanged:
    """One request and its answer, in words that a failed test can show."""

    method: str
    path: str
    status: int
    faults: list[str]


@dataclass
class JudgedClient(HttpClient):  # type: ignore[misc]
    """Passes requests on to `onward` and judges both directions; raises at the first bad request."""

    description: CarrierDescription
    onward: Any
    seen: list[Exchanged] = field(default_factory=list)

    def request(self, method: str, url: str, **parts: Any) -> Response:
        verb = method.upper()
        self.description.check_request(
            requests.Request(
                verb, url, params=parts.get("params"), data=parts.get("data"), auth=parts.get("auth")
            )
        )
        answer = self.onward.request(method, url, **parts)
        faults = []
        if answer.status_code < 300:
            faults = self.description.faults_of_answer(verb, url, answer.status_code, answer.text or "")
        self.seen.append(Exchanged(verb, urlsplit(url).path, answer.status_code, faults))
        return answer

    @property
    def faults(self) -> list[str]:
        return [f"{e.method} {e.path}: {fault}" for e in self.seen for fault in e.faults]
