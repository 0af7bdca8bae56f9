"""What protects the users of a tenant, and its time zone: as the tenant says, else as the settings do."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from liveroom.domain.protection.caps import NO_CAPS, Caps, GivingLimits
from liveroom.domain.protection.profiles import SHANGHAI, RuleProfile
from liveroom.domain.tenants.model import Tenant

_CN_CAPS: Final = Caps(gift=10_000, day=50_000, month=500_000)
"""The rules there ask for caps, and leave it to the platform how high they are."""


@dataclass(frozen=True, slots=True)
class ProtectionRules:
    """The installation's; the tenants' own words go before them."""

    profile: RuleProfile = RuleProfile.STANDARD
    caps: Caps = NO_CAPS
    """0: none, or what the profile asks for."""
    zone: str = ""
    """In which days and months begin; "": UTC, or that of the profile."""
    everyone_is_adult: bool = False
    """Nobody has to be known as an adult: for installations to try things out."""

    def profile_of(self, tenant: Tenant) -> RuleProfile:
        """Return the profile that a tenant follows."""
        return tenant.profile or self.profile

    def caps_of(self, tenant: Tenant) -> Caps:
        """Return how much the users of a tenant may give."""
        required = _CN_CAPS if self.profile_of(tenant) is RuleProfile.CN else NO_CAPS
        return Caps(*(own or ours or least for own, ours, least in zip(tenant.caps, self.caps, required, strict=True)))

    def limits_of(self, tenant: Tenant, now: datetime) -> GivingLimits:
        """Return what the users of a tenant may give now."""
        return GivingLimits(self.caps_of(tenant), self.today(tenant, now))

    def today(self, tenant: Tenant, now: datetime) -> date:
        """Return which day it is for a tenant."""
        return now.astimezone(self.zone_of(tenant)).date()

    def zone_of(self, tenant: Tenant) -> tzinfo:
        """Return in which time zone a tenant's days, months and periods of settlement begin."""
        if name := tenant.zone or self.zone:
            return ZoneInfo(name)
        return SHANGHAI if self.profile_of(tenant) is RuleProfile.CN else UTC


def is_zone(name: str) -> bool:
    """Say whether there is a time zone of that name, such as ``Europe/Berlin``."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
