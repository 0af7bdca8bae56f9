"""All that moves money, in any order, again, and at once on two processes, against a plain model."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase

from tests import migrated
from tests.machines import play_out
from tests.servers import Mariadb, RedisCluster
from tests.usecases.economy.economy import economy_on
from tests.usecases.economy.machine import EconomyMachine


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> Counter[str]:
    """Let examples of the machine play on one installation; return what has been done, and what came of it."""
    async with economy_on(folder, **given) as economy:
        machine = EconomyMachine
        machine.economy, machine.played = economy, Counter()
        machine.audit = replace(economy.core.jobs.ledger_audit, watches=(), settled=timedelta(0))
        await play_out(
            machine,
            examples=examples,
            steps=steps,
            derandomize=examples < 20,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        )
        return machine.played


async def test_money_of_all_kinds_in_any_order_comes_to_what_a_plain_model_says(tmp_path: Path) -> None:
    await play(tmp_path, examples=6, steps=20)


_EVERYTHING = {
    *("gift done", "gift repeated", "gift BalanceTooLow", "gift KeyReused", "gift AccountFrozen"),
    *("refund done", "reverse done", "reverse ApprovalRequired", "hold done", "decide done", "decide OwnApproval"),
    *("join done", "leave done", "dismiss done", "draw BalanceTooLow", "close"),
    *("offer done", "offer repeated", "offer KeyReused", "offer ApprovalRequired", "offer TooManyEnvelopes"),
    *("fill done", "grab done", "grab repeated", "grab EnvelopeOver", "minor done", "go", "settle", "at once"),
}
"""What has to have come up in many examples."""
_SELDOM = {"close", "minor done", "grab repeated"}
"""Of these, what may not come up in fewer."""


@pytest.mark.long
async def test_so_it_does_in_many_orders(tmp_path: Path) -> None:
    played = await play(tmp_path, examples=150, steps=40)
    assert played.keys() >= _EVERYTHING


@pytest.mark.long
@pytest.mark.services
async def test_so_it_does_on_a_cluster_with_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster
) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    played = await play(tmp_path, examples=60, steps=40, database_url=url, redis_url=redis_cluster.url)
    assert played.keys() >= _EVERYTHING - _SELDOM
