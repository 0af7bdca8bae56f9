"""Wires battles between rooms, and the background jobs about them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.protection import profiles, protection_rules
from liveroom.app.wiring import Wiring
from liveroom.domain.battles.limit import BattleLimit, read_limit
from liveroom.domain.battles.rule import BattleRule, read_rule
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable
from liveroom.usecases.battles.current import RoomBattles
from liveroom.usecases.battles.ending import BattleEnds
from liveroom.usecases.battles.immediate import ImmediateBattles
from liveroom.usecases.battles.invitations import BattleInvitations
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.battles.starting import BattleStart
from liveroom.usecases.battles.terms import BattleTerms
from liveroom.usecases.connections.requests import ConnectionRequests
from liveroom.usecases.rooms.ranks import Ranks

_HALF: Final = timedelta(milliseconds=500)
_SECOND: Final = timedelta(seconds=1)
DUE: Final[MaintenanceJob[BattleEnds]] = MaintenanceJob(
    "battles",
    "decides battles whose time is over, closes results and invitations to battles",
    BattleEnds.step,
    Processes.ANY,
    _HALF,
    beside_calls=_SECOND,
    counted="battles",
    on=BattleEnds,
)
MATCHING: Final[MaintenanceJob[ImmediateBattles]] = MaintenanceJob(
    "opponents",
    "begins battles between rooms that wait for an opponent",
    ImmediateBattles.pair_all,
    Processes.ANY,
    _SECOND,
    beside_calls=_SECOND,
    counted="matched",
    on=ImmediateBattles,
)
SCORES: Final[MaintenanceJob[BattleScoring]] = MaintenanceJob(
    "battle scores",
    "tells rooms the scores of their battles that no process has told them",
    BattleScoring.publish_all,
    Processes.ANY,
    timedelta(seconds=5),
    on=BattleScoring,
)
BATTLE_JOBS: Final = (DUE, MATCHING, SCORES)
"""The background jobs about battles."""


@dataclass(frozen=True, slots=True)
class BattleServices(ServiceGroup):
    """Use cases of battles."""

    invitations: BattleInvitations
    immediate: ImmediateBattles
    ends: BattleEnds
    battles: RoomBattles


def make_battles(wiring: Wiring, requests: ConnectionRequests) -> BattleServices:
    """Build them. Raises ``SettingsError``."""
    profile_of = profiles(protection_rules(wiring.settings), wiring.tenants)
    start = BattleStart(wiring.recorder, replace(battle_terms(wiring.settings), profile_of=profile_of))
    invitations = BattleInvitations(requests.changes, requests, start, requests.notifier)
    immediate = ImmediateBattles(invitations)
    ranks = Ranks(wiring.db, wiring.live)
    return BattleServices(invitations, immediate, BattleEnds(invitations), RoomBattles(immediate, ranks))


def battle_terms(settings: Settings) -> BattleTerms:
    """Return what battles of the installation are like. Raises ``SettingsError``."""
    return BattleTerms(settings.battle_duration, settings.battle_result, _rule(settings), _limit(settings))


def _rule(settings: Settings) -> BattleRule:
    try:
        return read_rule(settings.battle_rule)
    except ValueError as problem:
        raise SettingsError(
            [f"{variable('battle_rule')} is no rule of battles: {problem}; see docs/battles.md."]
        ) from None


def _limit(settings: Settings) -> BattleLimit | None:
    try:
        return read_limit(settings.battle_limit)
    except ValueError as problem:
        raise SettingsError([f"{variable('battle_limit')} {problem}."]) from None
