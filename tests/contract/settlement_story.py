"""The evening's agency, and the month before it: hosts join, points are settled, statements are read."""

from typing import Final

from tests.contract.evening import Evening

_MONTH: Final = "2025-12"
_RULE: Final = {"whose": "host", "points": 100_000, "hours": 30, "bonusPoints": 5_000, "bonusPerMille": 10}


async def tell_of_agencies(evening: Evening, server: str, owner: tuple[str, str], host: tuple[str, str]) -> str:
    """Let an agency be made, and hosts join it; return its id. ``owner`` and ``host``: id and token."""
    made = await evening.call(
        server,
        "admin/create_agency",
        name="星光公会 Starlight",
        ownerId=owner[0],
        terms="公会分成 10% of what gifts earn",
    )
    agency = {"agencyId": made["agencyId"]}
    one = {**agency, "userId": host[0]}
    refused = await evening.call(owner[1], "agencies/invite", **agency, targetId=host[0])
    await evening.call(host[1], "agencies/refuse", invitationId=refused["invitationId"])
    await evening.call(server, "admin/invite_host", **one)
    found = await evening.call(host[1], "agencies/mine")
    invitation = {"invitationId": found["memberships"][0]["invitationId"]}
    await evening.call(host[1], "agencies/accept", **invitation)
    await evening.call(owner[1], "agencies/hosts", **agency, limit=20)
    await evening.call(server, "admin/list_agency_hosts", **agency, limit=20)
    await evening.call(server, "admin/update_agency", **agency, terms="公会分成 12% of what gifts earn")
    return str(made["agencyId"])


async def tell_of_settlement(
    evening: Evening, server: str, agency: str, owner: tuple[str, str], hosts: tuple[tuple[str, str], ...]
) -> None:
    """Let the month before be settled, and hosts leave; the second host has earned something in it."""
    (ming, token), (hong, of_hong) = hosts
    await evening.call(owner[1], "agencies/totals", agencyId=agency, limit=20)
    await evening.call(token, "agencies/leave")
    await evening.call(owner[1], "agencies/dismiss", agencyId=agency, targetId=ming)
    await evening.call(server, "admin/invite_host", agencyId=agency, userId=hong)
    await evening.call(server, "admin/dismiss_host", agencyId=agency, userId=hong)
    await evening.call(server, "admin/set_bonus_rules", rules={"gold": _RULE})
    await evening.call(server, "admin/bonus_rules")
    await evening.call(server, "admin/settle", period=_MONTH)
    await evening.call(server, "admin/list_settlements")
    await evening.call(server, "admin/list_account_statements", period=_MONTH, limit=20)
    await evening.call(server, "admin/get_account_statement", period=_MONTH, userId=hong)
    await evening.call(server, "admin/export_statements", period=_MONTH)
    await evening.call(of_hong, "statements/list", limit=12)
    await evening.call(of_hong, "statements/get", period=_MONTH)
    await evening.call(server, "admin/list_agencies", limit=20)
    await evening.call(server, "admin/close_agency", agencyId=agency)
