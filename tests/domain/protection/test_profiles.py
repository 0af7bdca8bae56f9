"""What the rules of a country ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.battles.limit import may_battle
from liveroom.domain.ids import TenantName
from liveroom.domain.protection.caps import Caps
from liveroom.domain.protection.profiles import RuleProfile, battle_limit, has_result_phase, may_rank_spending
from liveroom.domain.protection.rules import ProtectionRules, is_zone
from liveroom.domain.tenants.model import Tenant

EIGHT = datetime(2026, 11, 30, 12, tzinfo=UTC)
"""20:00 in Shanghai."""
LAST = timedelta(hours=2) - timedelta(microseconds=1)


def test_only_the_standard_ranks_spending_and_adds_a_result_phase() -> None:
    assert [may_rank_spending(one) for one in RuleProfile] == [True, False]
    assert [has_result_phase(one) for one in RuleProfile] == [True, False]


@pytest.mark.parametrize(
    ("begun", "at", "may"),
    [
        ([0, 60], 119, False),
        ([0, 60], 120, True),
        ([0], 60, True),
        ([-1, 0], 60, True),
        ([-60, -30], 0, True),
        ([0, 1, 2], 23 * 60, True),
    ],
)
def test_two_battles_between_20_and_22_in_shanghai(begun: list[int], at: int, may: bool) -> None:
    times = [EIGHT + timedelta(minutes=minute) for minute in begun]
    now = EIGHT + timedelta(minutes=at)
    assert may_battle(battle_limit(RuleProfile.CN), times, now) is may
    assert may_battle(battle_limit(RuleProfile.STANDARD), times, now)


def test_the_window_is_two_hours_in_shanghai() -> None:
    limit = battle_limit(RuleProfile.CN)
    assert limit is not None
    assert limit.window(EIGHT + LAST) == (EIGHT, EIGHT + timedelta(hours=2))
    assert limit.window(EIGHT + timedelta(hours=2)) is None
    assert limit.window(EIGHT - timedelta(microseconds=1)) is None


def test_a_tenant_goes_before_the_installation_and_both_before_the_profile() -> None:
    rules = ProtectionRules(RuleProfile.CN, Caps(day=7))
    assert rules.caps_of(Tenant(TenantName("a"))) == Caps(10_000, 7, 500_000)
    assert rules.caps_of(Tenant(TenantName("a"), caps=Caps(1, 2, 3))) == Caps(1, 2, 3)
    assert rules.caps_of(Tenant(TenantName("a"), profile=RuleProfile.STANDARD)) == Caps(day=7)
    assert ProtectionRules().caps_of(Tenant(TenantName("a"))) == Caps()


def test_days_begin_in_the_tenants_zone() -> None:
    night = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    a, berlin = Tenant(TenantName("a")), Tenant(TenantName("b"), zone="Europe/Berlin")
    assert ProtectionRules().today(a, night).day == 30
    assert ProtectionRules().today(berlin, night).day == 1
    assert ProtectionRules(RuleProfile.CN).today(a, night).day == 1
    assert ProtectionRules(RuleProfile.CN, zone="America/New_York").today(a, night).day == 30


def test_zones_are_named_as_everywhere() -> None:
    assert is_zone("Europe/Berlin")
    assert not any(map(is_zone, ("", "Europe", "../passwd", "Nowhere/At_All", "x" * 300, "a\0b")))
