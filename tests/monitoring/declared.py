"""The dashboards and rules of deploy/, as they are shipped."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import yaml

from tests.docs.pages import ROOT

GRAFANA: Final = ROOT / "deploy/grafana"
PROMETHEUS: Final = ROOT / "deploy/prometheus"
DOCS: Final = "https://docs.example.com/"
_CHOSEN: Final = {"$job": ".+", "$instance": ".+", "$__rate_interval": "60s", "$__range": "10m"}


class Asked(NamedTuple):
    """One query of a panel."""

    dashboard: str
    panel: str
    expr: str


@cache
def dashboards() -> dict[str, dict[str, Any]]:
    """Return the dashboards by the names of their files."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(GRAFANA.glob("*.json"))}


def chosen(expression: str) -> str:
    """Return an expression as Grafana sends it, with all jobs and processes chosen."""
    for name, value in _CHOSEN.items():
        expression = expression.replace(name, value)
    return expression


def queries() -> list[Asked]:
    """Return what all panels ask."""
    return [
        Asked(name, panel["title"], target["expr"])
        for name, dashboard in dashboards().items()
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]


@cache
def rules() -> list[dict[str, Any]]:
    """Return the rules, those that record and those that alert."""
    groups = yaml.safe_load((PROMETHEUS / "rules.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Return the rules that alert."""
    return [rule for rule in rules() if "alert" in rule]


def links() -> Iterator[str]:
    """Yield what dashboards and alerts link to."""
    yield from (rule["annotations"]["runbook_url"] for rule in alerts())
    for dashboard in dashboards().values():
        shown = [dashboard, *dashboard["panels"]]
        yield from (link["url"] for one in shown for link in one["links"] if "url" in link)


def anchor_of(name: str) -> str:
    """Return the part of operations.md that is about an alert."""
    return re.sub(r"\W", "", name.lower())
