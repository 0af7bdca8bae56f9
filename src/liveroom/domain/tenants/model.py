"""A tenant: one app's users and rooms, kept apart from every other's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, is_plain_id
from liveroom.domain.protection.caps import NO_CAPS, Caps
from liveroom.domain.protection.profiles import RuleProfile

DEFAULT_WORD: Final = "default"
"""How people call the default tenant: on the wire it has no name."""


class Language(StrEnum):
    """The language of messages for people."""

    ZH = "zh"
    EN = "en"


class RtcKind(StrEnum):
    """Who carries audio and video."""

    MESH = "mesh"
    """The browsers themselves, for small rooms."""
    TRTC = "trtc"
    LIVEKIT = "livekit"


class RecordingRule(StrEnum):
    """Which broadcasts are recorded, where something records at all."""

    OFF = "off"
    """None."""
    ASKED = "asked"
    """Where a host starts it, and in rooms with the option ``recorded``."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much a tenant may hold; 0 is unlimited."""

    users: int = 0
    rooms: int = 0
    members: int = 0
    """Members of one room."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One app's corner of the installation. ``rev`` grows with every change."""

    name: TenantName
    sdk_app_id: int = 0
    sdk_secret: str = ""
    language: Language = Language.ZH
    plain: bool = False
    hosts: tuple[str, ...] = ()
    quotas: Quotas = Quotas()
    rev: int = 0
    rtc: RtcKind | None = None
    """None: as the installation's setting says."""
    profile: RuleProfile | None = None
    """Whose rules it follows; None: as the installation's setting says."""
    zone: str = ""
    """In which its days and months begin, such as ``Europe/Berlin``; "": as the installation's setting says."""
    caps: Caps = NO_CAPS
    """How much its users may give; 0: as the installation's settings say."""
    recordings: RecordingRule | None = None
    """Which of its broadcasts are recorded; None: as the installation's setting says."""

    @property
    def is_plain(self) -> bool:
        """Say whether ids are bare decimal numbers: the default tenant's and those of tenants made plain."""
        return self.plain or self.name == DEFAULT_TENANT

    def write_id(self, number: int) -> str:
        """Return the id text for a number out of the sequence."""
        return str(number) if self.is_plain else f"{self.name}-{number}"

    def may_choose(self, room: RoomId) -> bool:
        """Say whether a caller may choose this text as the id of a new room."""
        if self.is_plain:
            return is_plain_id(room)
        prefix, _, number = room.partition("-")
        return prefix == self.name and is_plain_id(number)
