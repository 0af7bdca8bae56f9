"""`liveroom gifts seed`: the built-in gifts become a tenant's own, once."""

import json

from liveroom.domain.gifts.builtin import GIFTS
from tests.operator import Operator


def test_a_tenant_is_given_the_gifts_that_it_does_not_have(operator: Operator) -> None:
    operator.run("migrate")
    operator.run("tenants", "add", "shop")
    added = json.loads(operator.run("gifts", "seed", "--tenant", "shop", "--json"))
    assert added["gifts"] == [one.id for one in GIFTS]
    assert "none: all are there" in operator.run("gifts", "seed", "--tenant", "shop")
    assert "added rose, heart" in operator.run("gifts", "seed")
    assert "no tenant" in operator.run("gifts", "seed", "--tenant", "other", status=2)
