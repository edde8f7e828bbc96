"""docs/openapi.yaml as a judge: whether what was asked and answered is what it says, and what of it was tried."""

import os
import re
import warnings

import yaml
from jsonschema import Draft202012Validator

from lib.hubbub import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from jsonschema import RefResolver

METHODS = ("get", "post", "put", "patch", "delete")


class Spec:
    def __init__(self):
        with open(os.path.join(ROOT, "docs", "openapi.yaml"), encoding="utf-8") as file:
            self.doc = yaml.safe_load(file)
        self.resolver = RefResolver("", self.doc)
        self.base = self.doc["servers"][0]["url"]
        self.tried = {}      # (method, path): the statuses that came, "default" for those that are not named
        self.operations = {}
        for path, item in self.doc["paths"].items():
            pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
            for method in METHODS:
                if method in item:
                    self.operations[(method.upper(), path)] = (pattern, item[method])

    def routes(self):
        return {f"{method} {self.base}{path}" for method, path in self.operations}

    def follow(self, thing):
        while "$ref" in thing:
            thing = self.resolver.resolve(thing["$ref"])[1]
        return thing

    def errors(self, schema, value):
        found = Draft202012Validator(schema, resolver=self.resolver).iter_errors(value)
        return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in found]

    def find(self, method, target):
        """The operation of a request; a path without parameters goes before one with."""
        path = target.split("?")[0]
        found = [(template.count("{"), template) for (verb, template), (pattern, _) in self.operations.items()
                 if verb == method and pattern.fullmatch(path)]
        assert found, f"{method} {path} is not in docs/openapi.yaml"
        return min(found)[1]

    def _check_query(self, operation, target):
        query = re.search(r"\?(.*)", target)
        names = {self.follow(p)["name"] for p in operation.get("parameters", [])}
        for pair in query[1].split("&") if query else []:
            assert pair.split("=")[0] in names, f"{target}: the parameter is not described"

    def _check_request(self, operation, method, target, body, content_type):
        """What went well has to be what it describes; what was refused may be anything."""
        self._check_query(operation, target)
        described = operation.get("requestBody")
        if body is None:
            assert not described or not described["required"], f"{method} {target}: a body is described"
            return
        assert described, f"{method} {target}: no body is described"
        self._check_content(described["content"], content_type, body, f"{method} {target}: the request")

    def _check_content(self, content, content_type, value, what):
        """Of what is neither JSON nor text only the type counts."""
        kind = content_type.split("/")[0]
        found = [name for name in (content_type, f"{kind}/*", "*/*") if name in content]
        assert found, f"{what}: {content_type} is not described"
        if isinstance(value, bytes):
            if kind != "text" and content_type != "application/x-ndjson":
                return
            value = value.decode()
        errors = self.errors(content[found[0]].get("schema", True), value)
        assert not errors, f"{what}: {value}: {errors}"

    def _check_answer(self, described, method, target, answer):
        for name, header in described.get("headers", {}).items():
            header = self.follow(header)
            value = answer.get(name)
            assert value is not None or not header.get("required"), (method, target, name, answer)
            if value is not None:
                errors = self.errors(header["schema"], value)
                assert not errors, (method, target, name, errors)
        content = described.get("content", {})
        assert content or not answer.body, (method, target, answer)
        if content:
            value = answer.body if answer.json is None else answer.json
            self._check_content(content, answer.type, value, f"{method} {target}: {answer}")

    def check(self, method, target, body, content_type, answer):
        """Judges one request with its answer, and notes that it was tried."""
        template = self.find(method, target)
        _, operation = self.operations[(method, template)]
        status = str(answer.status)
        status = status if status in operation["responses"] else "default"
        if answer.status < 400:
            assert status != "default", f"{method} {target}: {answer.status} is not described"
            self._check_request(operation, method, target, body, content_type)
        self._check_answer(self.follow(operation["responses"][status]), method, target, answer)
        self.tried.setdefault((method, template), set()).add(status)

    def untried(self):
        return [f"{method} {path}: {status}" for (method, path), (_, operation) in self.operations.items()
                for status in operation["responses"] if status not in self.tried.get((method, path), ())]
