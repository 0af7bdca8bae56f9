"""Makes the dashboards: `make docs` writes a JSON file for Grafana of each file in ``declared``.

There a panel says what it shows, and why; here is how all of them look. Expressions have three shorthands: ``{*}``
selects the job and the processes that are chosen above a dashboard, ``[*]`` is the span that Grafana finds right, and
``quantiles`` asks a histogram for the time of 50, 95 and 99 of 100.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import yaml

DOCS: Final = "https://docs.example.com"
"""Where the pages of docs/ are; whoever imports the dashboards puts their own place there."""
FOLDER: Final = Path(__file__).parent
_WIDTH: Final = 24
_HEIGHTS: Final = {"stat": 4, "timeseries": 8}
_SCHEMA: Final = 39
"""Of Grafana 10 and 11."""
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_CHOSEN: Final = '{job=~"$job", instance=~"$instance"'
_SHARES: Final = (0.5, 0.95, 0.99)


class Panel(msgspec.Struct, forbid_unknown_fields=True):
    """One picture."""

    title: str
    about: str
    """What is seen, and what is good."""
    queries: dict[str, str] = {}
    """What is asked of Prometheus, by the name of what it answers."""
    quantiles: str = ""
    """Buckets of a histogram."""
    unit: str = "short"
    kind: Literal["timeseries", "stat"] = "timeseries"
    width: int = 8
    warn: float | None = None
    """From here on it is yellow, or up to here where ``falls``."""
    bad: float | None = None
    """The same in red."""
    falls: bool = False
    """Less is worse."""
    most: float | None = None
    """The end of the scale, where it has one."""
    runbook: str = ""
    """The part of operations.md that says what to do."""

    def expressions(self) -> Mapping[str, str]:
        """Return what is asked, as Grafana has it."""
        buckets = f"sum by (le) (rate({self.quantiles}[*]))"
        asked = {f"p{share * 100:g}": f"histogram_quantile({share}, {buckets})" for share in _SHARES}
        asked = self.queries | (asked if self.quantiles else {})
        return {name: _written_out(expression) for name, expression in asked.items()}

    def json(self, id: int, x: int, y: int) -> dict[str, Any]:
        """Return it as Grafana has it, at its place."""
        asked = enumerate(self.expressions().items())
        return {
            "id": id,
            "type": self.kind,
            "title": self.title,
            "description": self.about,
            "datasource": _SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": _HEIGHTS[self.kind]},
            "fieldConfig": {"defaults": self._look(), "overrides": []},
            "options": _OPTIONS[self.kind],
            "links": [_link("What to do", self.runbook)] if self.runbook else [],
            "targets": [
                {"refId": chr(ord("A") + number), "datasource": _SOURCE, "expr": expression, "legendFormat": name}
                for number, (name, expression) in asked
            ],
        }

    def _look(self) -> dict[str, Any]:
        look: dict[str, Any] = {"unit": self.unit, "min": 0, "thresholds": self._thresholds()}
        if self.most is not None:
            look["max"] = self.most
        if self.kind == "stat":
            return look | {"color": {"mode": "thresholds"}}
        drawn: dict[str, Any] = {"fillOpacity": 8, "showPoints": "never"}
        if self.bad is not None:
            drawn["thresholdsStyle"] = {"mode": "line"}
        return look | {"color": {"mode": "palette-classic"}, "custom": drawn}

    def _thresholds(self) -> dict[str, Any]:
        colours = ("red", "yellow", "green") if self.falls else ("green", "yellow", "red")
        bounds = (self.bad, self.warn) if self.falls else (self.warn, self.bad)
        steps: list[dict[str, Any]] = [{"color": colours[0], "value": None}]
        steps += [
            {"color": c, "value": bound} for c, bound in zip(colours[1:], bounds, strict=True) if bound is not None
        ]
        return {"mode": "absolute", "steps": steps}


class Dashboard(msgspec.Struct, forbid_unknown_fields=True):
    """One page of panels, laid out from left to right in their order."""

    title: str
    about: str
    runbook: str
    panels: list[Panel]

    def text(self, name: str) -> str:
        """Return the file to import."""
        made = {
            "uid": f"liveroom-{name}",
            "title": f"liveroom / {self.title}",
            "description": self.about,
            "tags": ["liveroom"],
            "schemaVersion": _SCHEMA,
            "editable": True,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-3h", "to": "now"},
            "timezone": "browser",
            "annotations": {"list": []},
            "templating": {"list": list(_variables())},
            "links": [_OTHERS, {"type": "link", "icon": "doc"} | _link("Runbook", self.runbook)],
            "panels": list(self._laid_out()),
        }
        return json.dumps(made, indent=1, ensure_ascii=False) + "\n"

    def _laid_out(self) -> Iterator[dict[str, Any]]:
        x = y = height = 0
        for id, panel in enumerate(self.panels, 1):
            if x + panel.width > _WIDTH:
                x, y, height = 0, y + height, 0
            yield panel.json(id, x, y)
            x, height = x + panel.width, max(height, _HEIGHTS[panel.kind])


_OTHERS: Final = {
    "type": "dashboards",
    "title": "liveroom",
    "tags": ["liveroom"],
    "includeVars": True,
    "keepTime": True,
}
_OPTIONS: Final = {
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "graphMode": "area"},
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}


def _written_out(expression: str) -> str:
    return expression.replace("{*", _CHOSEN).replace("[*]", "[$__rate_interval]")


def _link(title: str, part: str) -> dict[str, Any]:
    return {"title": title, "url": f"{DOCS}/operations.md#{part}", "targetBlank": True}


def _variables() -> Iterator[dict[str, Any]]:
    yield {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    asked = {"type": "query", "datasource": _SOURCE, "refresh": 2, "sort": 1}
    every = {"includeAll": True, "multi": True, "allValue": ".+", "current": {"text": "All", "value": "$__all"}}
    yield {"name": "job", "label": "Job", "query": "label_values(liveroom_build_info, job)"} | asked
    of_job = 'label_values(liveroom_build_info{job=~"$job"}, instance)'
    yield {"name": "instance", "label": "Process", "query": of_job} | asked | every


def declared() -> Mapping[str, Dashboard]:
    """Return all dashboards by their names."""
    files = sorted((FOLDER / "declared").glob("*.yml"))
    return {file.stem: msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Dashboard) for file in files}


if __name__ == "__main__":
    for name, dashboard in declared().items():
        (FOLDER / f"{name}.json").write_text(dashboard.text(name), encoding="utf-8")
