"""Dashboards and rules fit the service: each series and label is one of /metrics, each link leads to a runbook."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.grafana.build import declared
from tests.docs.pages import ROOT, anchors
from tests.monitoring.declared import DOCS, GRAFANA, PROMETHEUS, alerts, anchor_of, dashboards, links, queries, rules
from tests.monitoring.figures import series, with_everything
from tests.monitoring.promql import named_in

OF_TARGETS: Final = frozenset({"job", "instance"})
"""Labels that Prometheus gives to everything that it scrapes."""
WANTED: Final = ("overview", "rooms", "realtime", "stores", "vendors", "streams", "webhooks", "money")


def test_the_files_for_grafana_are_those_that_are_declared() -> None:
    made = {name: dashboard.text(name) for name, dashboard in declared().items()}
    kept = {file.stem: file.read_text(encoding="utf-8") for file in GRAFANA.glob("*.json")}
    assert kept == made, "run `make docs`"
    assert kept.keys() == set(WANTED)


def test_ids_and_titles_of_dashboards_and_panels_are_unique_and_all_say_what_they_show() -> None:
    shown = dashboards().values()
    assert max(Counter(one["uid"] for one in shown).values()) == 1
    for dashboard in shown:
        panels = dashboard["panels"]
        assert max(Counter(panel["id"] for panel in panels).values()) == 1
        assert max(Counter((panel["title"], panel["type"]) for panel in panels).values()) == 1
        assert all(panel["description"] and panel["targets"] for panel in panels)
        assert [one["name"] for one in dashboard["templating"]["list"]] == ["datasource", "job", "instance"]


def test_panels_do_not_cover_each_other() -> None:
    for dashboard in dashboards().values():
        places = [panel["gridPos"] for panel in dashboard["panels"]]
        cells = Counter(
            (place["x"] + x, place["y"] + y) for place in places for x in range(place["w"]) for y in range(place["h"])
        )
        assert max(cells.values()) == 1
        assert max(x for x, _ in cells) < 24


def test_a_panel_shows_only_the_job_and_the_processes_that_are_chosen() -> None:
    for asked in queries():
        chosen = asked.expr.count('{job=~"$job", instance=~"$instance"')
        assert chosen == asked.expr.count("{") > 0, asked


async def test_each_series_and_label_of_panels_and_rules_is_one_that_the_service_shows(tmp_path: Path) -> None:
    async with with_everything(tmp_path) as service:
        known = {"up": frozenset[str](), **await series(service)}
    known |= {rule["record"]: frozenset() for rule in rules() if "record" in rule}
    expressions = {(asked.dashboard, asked.panel, asked.expr): asked.expr for asked in queries()}
    expressions |= {(rule.get("alert", "record"), "", rule["expr"]): rule["expr"] for rule in rules()}
    for where, expression in expressions.items():
        named = named_in(expression)
        assert named.series, where
        assert named.series <= known.keys(), where
        assert named.labels <= OF_TARGETS.union(*(known[name] for name in named.series)), where


def test_each_window_that_is_recorded_is_used_by_an_alert() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert recorded == {name for rule in alerts() for name in named_in(rule["expr"]).series if name.startswith("job:")}


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/operations.zh-CN.md"])
def test_each_alert_has_its_part_of_operations(page: str) -> None:
    parts = anchors((ROOT / page).read_text(encoding="utf-8"))
    assert {anchor_of(rule["alert"]) for rule in alerts()} <= parts
    assert {part for part in parts if part.startswith("liveroom")} == {anchor_of(rule["alert"]) for rule in alerts()}


def test_alerts_say_how_urgent_they_are_and_link_to_their_own_part() -> None:
    for rule in alerts():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["runbook_url"] == f"{DOCS}operations.md#{anchor_of(rule['alert'])}"
        assert rule["annotations"]["summary"]


def test_each_link_leads_to_a_part_of_a_page() -> None:
    for link in links():
        page, _, part = link.removeprefix(DOCS).partition("#")
        assert part in anchors((ROOT / "docs" / page).read_text(encoding="utf-8")), link


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = yaml.safe_load((PROMETHEUS / "rules_test.yml").read_text(encoding="utf-8"))["tests"]
    checks = [check for case in cases for check in case["alert_rule_test"]]
    fires = {(check["alertname"], one["exp_labels"]["severity"]) for check in checks for one in check["exp_alerts"]}
    assert fires == {(rule["alert"], rule["labels"]["severity"]) for rule in alerts()}
    silent = {check["alertname"] for check in checks if not check["exp_alerts"]}
    # Of these each case has a third job, for which neither fires.
    budgets = {name for name, number in Counter(rule["alert"] for rule in alerts()).items() if number > 1}
    assert silent | budgets == {rule["alert"] for rule in alerts()}
