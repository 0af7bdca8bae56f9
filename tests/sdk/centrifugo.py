"""A real Centrifugo on a free port: built from its Go module by `make test`, where Go is installed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.servers import LOOPBACK, Server

PROGRAM: Final = Path(__file__).parents[2] / ".venv" / "bin" / "centrifugo"
MISSING: Final = "Centrifugo is built from its Go module, and Go is not installed"
API_KEY: Final = "centrifugo-api-key"


class Centrifugo(Server):
    """One Centrifugo with the given configuration, in memory."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        super().__init__(folder)
        given = {
            **config,
            "http_server": {"address": LOOPBACK, "port": self.port},
            "http_api": {"key": API_KEY, **config.get("http_api", {})},
            "health": {"enabled": True},
            "log": {"level": "debug"},
        }
        (folder / "config.json").write_text(json.dumps(given))
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.endpoint = f"ws://{LOOPBACK}:{self.port}/connection/websocket"

    def command_line(self) -> list[str]:
        return [str(PROGRAM), "--config", "config.json"]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=1):  # noqa: S310 - a server of our own
                return True
        except urllib.error.URLError:
            return False
