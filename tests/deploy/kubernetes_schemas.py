"""What objects of Kubernetes look like, as JSON schemas of one file a kind, made from what its Go modules hold.

Unknown fields are refused, as a cluster's server refuses or drops them: a misspelt field is a mistake.
`scripts/get-test-kubernetes.sh` gets the files.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

_INT_OR_STRING: Final = {"type": ["integer", "string"]}
_QUANTITY: Final = {"type": ["number", "string"]}
_DEFINITIONS: Final = "#/definitions/"


def write_kinds(swagger: Path, folder: Path, kinds: Mapping[str, str]) -> None:
    """Write the schemas of kinds of Kubernetes itself; ``kinds``: the API version of each."""
    definitions = json.loads(swagger.read_text())["definitions"]
    for name, definition in definitions.items():
        for found in definition.get("x-kubernetes-group-version-kind", ()):
            version = "/".join(part for part in (found["group"], found["version"]) if part)
            if kinds.get(found["kind"]) == version:
                needed = _closure(definitions, name)
                schema = {"definitions": needed, **needed[name]}
                (folder / _file_name(found["kind"], version)).write_text(json.dumps(schema))


def write_custom(definition: Path, folder: Path) -> None:
    """Write the schemas of a CustomResourceDefinition."""
    spec = yaml.safe_load(definition.read_text())["spec"]
    for version in spec["versions"]:
        named = f"{spec['group']}/{version['name']}"
        schema = _strict(version["schema"]["openAPIV3Schema"])
        (folder / _file_name(spec["names"]["kind"], named)).write_text(json.dumps(schema))


def location(folder: Path) -> str:
    """Return where kubeconform finds them."""
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"


def _file_name(kind: str, api_version: str) -> str:
    group, _, version = api_version.rpartition("/")
    suffix = "-".join(part for part in (group.partition(".")[0], version) if part)
    return f"{kind.lower()}-{suffix}.json"


def _closure(definitions: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a definition and all that it refers to."""
    found: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = _QUANTITY if one.endswith(".Quantity") else _strict(definitions[one])
            waiting += _referred(definitions[one])
    return found


def _referred(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for inner in schema for name in _referred(inner)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("$ref")
    here = [own.removeprefix(_DEFINITIONS)] if isinstance(own, str) else []
    return here + [name for inner in schema.values() for name in _referred(inner)]


def _strict(schema: Any) -> Any:
    """Return the schema as JSON Schema has it, refusing what it does not name."""
    if isinstance(schema, list):
        return [_strict(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        return _INT_OR_STRING
    strict = {name: _strict(inner) for name, inner in schema.items() if name != "format"}
    is_open = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not is_open:
        strict["additionalProperties"] = False
    return strict
