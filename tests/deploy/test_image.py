"""The image: what reaches the engine, what the Dockerfile says, and, done in a folder, that what it makes serves."""

from typing import Final

from tests.deploy.image import ROOT, context, of, read, tracked

STEPS: Final = read((ROOT / "Dockerfile").read_text())
IGNORED: Final = [
    line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
]


def test_nothing_secret_and_nothing_that_was_made_reaches_the_engine() -> None:
    there = [
        "src/liveroom/cli/serve.py",
        "package-lock.json",
        "clients/js/src/index.ts",
        "web/src/main.ts",
        "pyproject.toml",
        "README.md",
        "docs/index.md",
    ]
    secret = [".env", "deploy/.env", "web/.env", "liveroom-data/liveroom.key", "src/liveroom.key", "web/tls.pem"]
    made = [".git/config", ".venv/bin/python", "web/node_modules/a/b.js", "src/liveroom/http/pages/index.html"]
    made += ["src/liveroom/__pycache__/a.pyc", "clients/js/src/openapi.ts", "tests/conftest.py"]
    made += ["src/liveroom/http/guide/en/socket.html.gz"]
    assert context(IGNORED, [*there, *secret, *made]) == there


def test_everything_that_is_copied_is_there() -> None:
    files = context(IGNORED, tracked())
    for step in STEPS:
        if step.word == "COPY" and "--from=" not in step.rest:
            for source in step.rest.split()[:-1]:
                assert [name for name in files if name == source or name.startswith(f"{source}/")], source


def test_it_runs_as_a_user_of_its_own_without_a_shell_and_stops_as_the_service_wants() -> None:
    words = [step.word for step in STEPS]
    assert of(STEPS, "USER").rest == "10001:10001"
    assert "--uid 10001" in next(step.rest for step in STEPS if "useradd" in step.rest)
    assert words.index("USER") > len(words) - 1 - words[::-1].index("RUN")
    assert of(STEPS, "CMD").listed == ["liveroom", "serve"]
    assert of(STEPS, "STOPSIGNAL").rest == "SIGTERM"
    assert of(STEPS, "VOLUME").rest == "/data"
    assert "LIVEROOM_DATA_DIR=/data" in of(STEPS, "ENV").rest
    bases = {step.rest.split()[0] for step in STEPS if step.word == "FROM"}
    assert len(bases) == 1
    assert ":" in bases.pop()


def test_no_instruction_holds_a_secret() -> None:
    assert not any("SECRET" in step.rest or "PASSWORD" in step.rest for step in STEPS)
