"""Writes the bill of materials of a wheel, in CycloneDX 1.6: `python scripts/sbom.py WHEEL SOURCE FOLDER`.

It lists what an installation runs: the Python packages that the wheel asks for, directly or through others, in the
versions of constraints.txt and with what each needs, those of extras as optional; and the npm packages whose code is
in the wheel's pages, by the list that the page's build leaves, with version, licence and hash of package-lock.json.
The Python packages have to be installed where this runs. The result is checked against CycloneDX's schema.
"""

import base64
import email
import hashlib
import json
import os
import sys
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = "liveroom/http/pages/.vite/packages.json"
OPTIONAL = ("demo", "receipts")


class Wanted(NamedTuple):
    """A package, and which of its extras are asked for."""

    name: str
    extras: frozenset[str]


def requirements(lines: list[str], extras: frozenset[str]) -> Iterator[Wanted]:
    """Yield what these lines ask for on this machine."""
    for line in lines:
        asked = Requirement(line)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield Wanted(canonicalize_name(asked.name), frozenset(asked.extras))


def closure(roots: list[Wanted]) -> dict[str, set[str]]:
    """Return every package that is needed, each with the names of those that it needs."""
    needs: dict[str, set[str]] = {}
    seen: set[Wanted] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            found = list(requirements(distribution(one.name).requires or [], one.extras))
            needs.setdefault(one.name, set()).update(other.name for other in found)
            waiting += found
    return needs


def constraints(source: Path) -> dict[str, str]:
    lines = (source / "constraints.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pins}


def licences(text: str) -> list:
    if not text:
        return []
    return [LicenseFactory().make_from_string(text, license_acknowledgement=LicenseAcknowledgement.DECLARED)]


def python_component(name: str, pinned: dict[str, str], scope: ComponentScope) -> Component:
    """Describe an installed package. Ends the program if another version is installed than the pinned one."""
    found = distribution(name)
    if found.version != pinned.get(name):
        sys.exit(f"{name} {found.version} is installed, constraints.txt has {pinned.get(name)}: install with -c")
    declared = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=found.version,
        purl=(purl := PackageURL("pypi", None, name, found.version)),
        bom_ref=purl.to_string(),
        scope=scope,
        licenses=licences(declared if len(declared) < 60 else ""),
    )


def npm_component(place: str, entry: dict[str, str]) -> Component:
    """Describe a package that is in the pages."""
    full = place.rpartition("node_modules/")[2]
    group, _, name = full.rpartition("/")
    purl = PackageURL("npm", group or None, name, entry["version"])
    algorithm, _, digest = entry["integrity"].partition("-")
    if algorithm != "sha512":
        sys.exit(f"{place}: package-lock.json has a hash of another kind, {algorithm}")
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=entry["version"],
        purl=purl,
        bom_ref=purl.to_string(),
        scope=ComponentScope.REQUIRED,
        licenses=licences(entry.get("license", "")),
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())],
        properties=[Property(name="liveroom:part", value="pages")],
    )


def make_bom(wheel: Path, source: Path) -> Bom:
    """Return the bill of a wheel and of the source that it was built from."""
    with zipfile.ZipFile(wheel) as archive:
        (named,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(named))
        places = json.loads(archive.read(PACKAGES))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    root = Component(
        type=ComponentType.APPLICATION,
        name="liveroom",
        version=metadata["Version"],
        purl=(purl := PackageURL("pypi", None, "liveroom", metadata["Version"])),
        bom_ref=purl.to_string(),
        licenses=licences(metadata["License-Expression"]),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, digest))
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    lines, pinned = metadata.get_all("Requires-Dist") or [], constraints(source)
    required = list(requirements(lines, frozenset()))
    needs = closure(list(requirements(lines, frozenset(OPTIONAL))))
    always = closure(required)
    components = {
        name: python_component(name, pinned, ComponentScope.REQUIRED if name in always else ComponentScope.OPTIONAL)
        for name in sorted(needs)
    }
    lock = json.loads((source / "package-lock.json").read_text())["packages"]
    in_pages = [npm_component(place, lock[place]) for place in places]
    for one in (*components.values(), *in_pages):
        bom.components.add(one)
    for name, others in needs.items():
        bom.register_dependency(components[name], [components[other] for other in sorted(others)])
    bom.register_dependency(root, [*(components[one.name] for one in required), *in_pages])
    return bom


def main() -> None:
    wheel, source, folder = map(Path, sys.argv[1:])
    if "SOURCE_DATE_EPOCH" not in os.environ:
        sys.exit("set SOURCE_DATE_EPOCH to the commit's time: git show -s --format=%ct")
    text = JsonV1Dot6(make_bom(wheel, source)).output_as_string(indent=1)
    if problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"the bill of materials breaks CycloneDX's schema: {problem}")
    name, version, *_ = wheel.name.split("-")
    (folder / f"{name}-{version}.cdx.json").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
