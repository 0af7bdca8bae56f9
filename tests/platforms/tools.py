"""Compilers of other platforms, and the libraries that scripts/get-test-platforms.sh gets: what is missing skips."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from os import environ, pathsep
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT

HERE: Final = Path(__file__).parent
_KEPT: Final = ROOT / ".venv/platforms"
_KOTLIN: Final = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"


def run(argv: Sequence[str], folder: Path, **more: str) -> str:
    """Run a program in a folder; return what it printed. What it said is shown if it fails."""
    done = subprocess.run(
        argv, cwd=folder, env={**environ, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(argv)[:200]}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def program(name: str) -> str:
    """Return where a program is, or skip the test."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def jars(folder: str = "jars") -> str:
    """Return the class path of what Maven Central has, or skip the test."""
    if not (_KEPT / folder).is_dir():
        pytest.skip("scripts/get-test-platforms.sh has not got the jars: Java or Maven is missing")
    return str(_KEPT / folder / "*")


def java(classes: Path, main: str) -> list[str]:
    """Return the command that runs a compiled class, which the caller may add arguments to."""
    return [program("java"), "-cp", f"{classes}{pathsep}{jars()}", main]


def generator() -> list[str]:
    """Return the command of OpenAPI Generator."""
    return [program("java"), "-cp", jars("tools"), "org.openapitools.codegen.OpenAPIGenerator"]


def compile_kotlin(sources: Path, classes: Path) -> None:
    """Compile a folder of Kotlin, with what kotlinx.serialization adds to it."""
    compiler = [program("java"), "-Xmx2g", "-cp", jars(), _KOTLIN]
    found = sorted(map(str, (_KEPT / "jars").glob("*.jar")))
    plugin = [f"-Xplugin={jar}" for jar in found if "serialization-compiler-plugin" in jar]
    options = ["-no-stdlib", "-nowarn", *plugin, "-classpath", pathsep.join(found), "-d", str(classes)]
    run([*compiler, *options, str(sources)], sources)


def build_go(files: Mapping[str, str], folder: Path) -> Path:
    """Build a program of Go from its files, in a folder of its own; return the program."""
    go, built = program("go"), folder / "program"
    shutil.copytree(HERE / "go", folder, dirs_exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    run([go, "vet", "."], folder)
    run([go, "build", "-o", str(built), "."], folder)
    return built
