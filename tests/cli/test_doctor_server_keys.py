"""The doctor on server keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liveroom.app.checkup.server_keys import judge_server_keys
from liveroom.domain.findings import Level
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.server_keys import ServerKey
from tests.operator import Operator

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = ServerKey("a" * 16, DEFAULT_TENANT, "backend", "d" * 64, frozenset({"*"}), NOW - 300 * DAY, used=NOW - DAY)


def findings(*keys: ServerKey) -> list[str]:
    """Return what is to know."""
    return [f"{found.subject}: {found.fact}" for found in judge_server_keys(keys, NOW) if found.level is Level.WARN]


def test_keys_in_use_and_those_that_count_no_more_are_nothing_to_worry_about() -> None:
    over = (replace(KEY, revoked=NOW - DAY, used=None), replace(KEY, expires=NOW, used=None))
    assert findings(KEY, replace(KEY, expires=NOW + 15 * DAY), *over) == []
    assert [found.fact for found in judge_server_keys([KEY, *over], NOW)] == ["1 valid"]
    assert list(judge_server_keys(over, NOW)) == []


def test_a_key_that_ends_soon_is_told_with_its_tenant() -> None:
    shop = replace(KEY, expires=NOW + 13 * DAY, tenant=TenantName("shop"))
    assert findings(shop) == [f"server key {KEY.id} (backend, tenant shop): it expires on 2025-03-14"]


def test_a_key_that_nobody_uses_is_told() -> None:
    assert findings(replace(KEY, used=NOW - 91 * DAY), replace(KEY, used=None, created=NOW - 89 * DAY)) == [
        f"server key {KEY.id} (backend, tenant default): unused for 91 days"
    ]


def test_the_doctor_looks_at_the_keys_that_there_are(operator: Operator) -> None:
    operator.run("migrate")
    operator.run("tenants", "key", "add", "--name", "backend", "--scope", "*", "--expires", "3d")
    said = " ".join(operator.run("doctor").split())
    assert "(backend, tenant default): it expires on" in said
    assert "server keys: 1 valid" in said
