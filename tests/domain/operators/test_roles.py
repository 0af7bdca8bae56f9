"""What the built-in roles see of money."""

import pytest

from liveroom.domain.operators.roles import BuiltIn, is_in


@pytest.mark.parametrize("permission", ["money.view", "wallets.view", "payouts.view", "orders.view", "wallets.credit"])
def test_only_finance_and_administrators_see_money_or_move_it(permission: str) -> None:
    allowed = {role for role in BuiltIn if is_in(role, permission)}
    assert allowed == {BuiltIn.FINANCE, BuiltIn.ADMINISTRATOR}


def test_everybody_in_the_console_sees_gifts_and_finance_changes_them() -> None:
    assert all(is_in(role, "gifts.view") for role in BuiltIn)
    assert {role for role in BuiltIn if is_in(role, "gifts.manage")} == {BuiltIn.FINANCE, BuiltIn.ADMINISTRATOR}
