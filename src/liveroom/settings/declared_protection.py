"""The settings that protect users: like those of ``declared``, behind them."""

from dataclasses import dataclass

from liveroom.settings import values
from liveroom.settings.declared_vendor_calls import DeclaredVendorCalls
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredProtection(DeclaredVendorCalls):
    """What the operator may decide about who gives and earns, and how much."""

    adults: str = setting(
        "auto",
        "Who may send gifts and earn by them: said (whoever your server has called an adult with admin/set_adult), "
        "all, or auto: all where LIVEROOM_GIFTS is test, else said.",
        parse=values.choice("auto", "said", "all"),
        starts="Protection",
    )
    profile: str = setting(
        "standard",
        "Whose rules the app follows: standard, or cn (no ranks by spending, no result phase of battles, at most two "
        "battles of an account between 20:00 and 22:00, caps). Tenants may follow others.",
        parse=values.choice("standard", "cn"),
    )
    cap_gift: int = setting(
        0,
        "How many coins a user may give at once. 0 for any number; with the profile cn 10,000. Tenants may have other "
        "caps.",
    )
    cap_day: int = setting(0, "How many coins a user may give in a day. 0 for any number; with the profile cn 50,000.")
    cap_month: int = setting(
        0, "How many coins a user may give in a month. 0 for any number; with the profile cn 500,000."
    )
    time_zone: str = setting(
        "",
        "In which time zone days and months begin, of caps, rankings and settlement, such as Europe/Berlin. Not set: "
        "UTC; with the profile cn Asia/Shanghai. Tenants may have others.",
        parse=values.parse_zone,
    )
