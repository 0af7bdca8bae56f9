"""A real Prometheus that scrapes services of a test, and what it is asked.

Three days are too long for a test. ``FACTOR`` times as fast, everything goes by as it does in operation: the service is
scraped each second in place of each quarter of a minute, and every span of the rules (windows, ``for``, ``offset``) is
divided by it, so that an alert sees as many scrapes as it would. What people feel (250 ms, ages) stays as it is.
"""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import yaml

from tests.docs.pages import ROOT
from tests.monitoring.declared import PROMETHEUS
from tests.servers import LOOPBACK, Server, fetch

FACTOR: Final = 15
JOB: Final = "liveroom"
_PATH: Final = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ.get('PATH', '')}"
_SPAN: Final = re.compile(r"(?<=\[)(\d+)([smhd])(?=\])|(?<=offset )(\d+)([smhd])\b")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def program(name: str) -> str:
    """Return where ``prometheus`` or ``promtool`` is; skip the test where it is not."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        pytest.skip(f"{name} is not installed: scripts/get-test-monitoring.sh gets it on Debian")
    return found


def shortened(span: str) -> str:
    """Return a span divided by the factor."""
    return f"{int(span[:-1]) * _SECONDS[span[-1]] * 1000 // FACTOR}ms"


def scaled_rules() -> str:
    """Return the rules with every span divided by the factor."""
    made = yaml.safe_load((PROMETHEUS / "rules.yml").read_text("utf-8"))
    for group in made["groups"]:
        for rule in group["rules"]:
            rule["expr"] = _SPAN.sub(lambda found: shortened(found[0]), rule["expr"])
            if "for" in rule:
                rule["for"] = shortened(rule["for"])
    text: str = yaml.safe_dump(made, sort_keys=False)
    return text


class Prometheus(Server):
    """Prometheus with the rules of deploy/, its targets each a process of the service."""

    def __init__(self, folder: Path, targets: Sequence[str], rules: str = "") -> None:
        super().__init__(folder)
        self._program = program("prometheus")
        (folder / "rules.yml").write_text(rules or "groups: []\n")
        configuration = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": list(targets)}]}],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))

    @property
    def data(self) -> Path:
        """Where it keeps its series."""
        return self.folder / "data"

    def command_line(self) -> list[str]:
        return [
            self._program,
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.data}",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            "--log.level=warn",
        ]

    def answers(self) -> bool:
        return fetch(self.port, "/-/ready")[0] == 200

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression has now, each with its ``value``; without those that are no number."""
        status, body = fetch(self.port, f"/api/v1/query?query={quote(expression)}")
        assert status == 200, (expression, body)
        found: list[dict[str, Any]] = json.loads(body)["data"]["result"]
        return [one for one in found if one["value"][1] != "NaN"]

    def alerts(self, span: str = "") -> set[tuple[str, str]]:
        """Return name and severity of the alerts that fire, or have fired in a span of time."""
        fired = f'ALERTS{{alertstate="firing"}}{span and f"[{span}]"}'
        named = self.ask(f"last_over_time({fired})" if span else fired)
        return {(one["metric"]["alertname"], one["metric"]["severity"]) for one in named}
