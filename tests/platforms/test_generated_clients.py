"""Clients that OpenAPI Generator makes of a service's document compile, and call it: docs/generated-clients.md.

The commands and programs are those of the page, as printed.
"""

import json
import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio

from tests.docs.pages import ROOT, Block, blocks
from tests.platforms.tools import compile_kotlin, generator, java, program, run
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
PAGE: Final = (ROOT / "docs/generated-clients.md").read_text("utf-8")
TOLD: Final = "Songs 1\nRoomNotExists 2004\n"
"""What each program prints: a room that it has opened, and why another was refused."""
_ADDED: Final = {"EnteredRoom": "star", "Refusal": "requestId"}
"""Members that the client's release did not have."""
_PRINTED_AT: Final = "http://127.0.0.1:9000"
_TYPESCRIPT: Final = ROOT / "node_modules/typescript/bin/tsc"
_PROJECT: Final = {
    "compilerOptions": {"strict": True, "target": "ES2022", "module": "NodeNext", "lib": ["ES2022", "DOM"], "types": []}
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is."""
    async with process(tmp_path_factory.mktemp("service")) as running:
        yield str(running.http.base_url)


def of_page(heading: str, address: str) -> dict[str, Block]:
    """Return what stands under a heading, by its language, for the service at this address."""
    chapter = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = [part for part in chapter if part.startswith(f"{heading}\n")]
    return {block.kind: block for block in blocks(text.replace(_PRINTED_AT, address.rstrip("/")))}


def generate(commands: Block, folder: Path) -> None:
    """Run the page's commands on what the service had before some members were added: clients have to bear them."""
    (address,) = re.findall(r"-i (\S+)", commands.text)
    document = httpx.get(address).json()
    for schema, member in _ADDED.items():
        described = document["components"]["schemas"][schema]
        described["required"].remove(member)
        del described["properties"][member]
    (folder / "older.json").write_text(json.dumps(document), "utf-8")
    command = f'openapi-generator-cli() {{ {shlex.join(generator())} "$@"; }}'
    script = f"set -eu\n{command}\n{commands.text.replace(address, 'older.json')}"
    run(["bash", "-c", script], folder)


async def test_a_client_in_typescript_compiles_and_calls(address: str, tmp_path: Path) -> None:
    node, page = program("node"), of_page("TypeScript", address)
    generate(page["sh"], tmp_path)
    (tmp_path / "main.ts").write_text(page["ts"].text, "utf-8")
    (tmp_path / "tsconfig.json").write_text(json.dumps(_PROJECT), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    run([node, str(_TYPESCRIPT), "-p", "."], tmp_path)
    assert run([node, "main.js"], tmp_path) == TOLD


async def test_a_client_in_kotlin_compiles_and_calls(address: str, tmp_path: Path) -> None:
    page, classes = of_page("Kotlin", address), tmp_path / "classes"
    generate(page["sh"], tmp_path)
    sources = tmp_path / "kotlin/src/main/kotlin"
    (sources / "Main.kt").write_text(page["kotlin"].text, "utf-8")
    compile_kotlin(sources, classes)
    assert run(java(classes, "MainKt"), tmp_path) == TOLD


async def test_a_client_in_go_compiles_and_calls(address: str, tmp_path: Path) -> None:
    go, page = program("go"), of_page("Go", address)
    generate(page["sh"], tmp_path)
    (tmp_path / "main.go").write_text(page["go"].text, "utf-8")
    run([go, "mod", "init", "example"], tmp_path)
    run([go, "build", "-o", "program", "."], tmp_path)
    assert run([str(tmp_path / "program")], tmp_path) == TOLD
