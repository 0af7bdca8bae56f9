"""The arguments of scripts on battles."""

from typing import NamedTuple

from liveroom.domain.ids import TenantName


class TellBattleArguments(NamedTuple):
    """The scores of a battle. ``data``: JSON."""

    tenant: TenantName
    battle: str
    version: int
    data: bytes
