"""Wires what protects users."""

from collections.abc import Callable
from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.ids import TenantName
from liveroom.domain.protection.caps import Caps
from liveroom.domain.protection.profiles import RuleProfile
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.settings import Settings
from liveroom.usecases.follows.reaching import RememberedBlocks
from liveroom.usecases.protection.adults import Adults
from liveroom.usecases.protection.giving import GiftProtection
from liveroom.usecases.protection.own_caps import GivingCaps
from liveroom.usecases.tenants.registry import Tenancy


@dataclass(frozen=True, slots=True)
class ProtectionServices(ServiceGroup):
    """The use cases."""

    rules: ProtectionRules
    adults: Adults
    giving: GiftProtection
    caps: GivingCaps


def make_protection(wiring: Wiring) -> ProtectionServices:
    """Build them."""
    db, clock, rules = wiring.db, wiring.clock, protection_rules(wiring.settings)
    adults = Adults(db, clock, rules.everyone_is_adult)
    return ProtectionServices(
        rules=rules,
        adults=adults,
        giving=GiftProtection(rules, adults, RememberedBlocks(db, clock)),
        caps=GivingCaps(db, clock, rules),
    )


def protection_rules(settings: Settings) -> ProtectionRules:
    """Return the rules of the installation."""
    return ProtectionRules(
        profile=RuleProfile(settings.profile),
        caps=Caps(settings.cap_gift, settings.cap_day, settings.cap_month),
        zone=settings.time_zone,
        everyone_is_adult=settings.adults == "all",
    )


def profiles(rules: ProtectionRules, tenants: Tenancy) -> Callable[[TenantName], RuleProfile]:
    """Return what says whose rules a tenant follows."""
    return lambda name: rules.profile_of(tenants.get(name) or tenants.default)
