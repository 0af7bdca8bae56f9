"""Wires activities of rooms, and the background jobs about them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.activities.admin import AdminActivities
from liveroom.usecases.activities.admin_questions import AdminQuestions
from liveroom.usecases.activities.changes import ActivityChanges
from liveroom.usecases.activities.departed import DepartedPeople
from liveroom.usecases.activities.ending import DueActivities
from liveroom.usecases.activities.goal_counting import GoalCounting
from liveroom.usecases.activities.goal_figures import GoalFigures
from liveroom.usecases.activities.goals import Goals
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.activities.questions import RoomQuestions
from liveroom.usecases.activities.raids import Raids
from liveroom.usecases.activities.reading import ActivityReading
from liveroom.usecases.activities.tallies import TallyNews
from liveroom.usecases.activities.types import ActivityTypes
from liveroom.usecases.activities.voting import Votes
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.ranks import Ranks

_SECOND: Final = timedelta(seconds=1)
DUE: Final[MaintenanceJob[DueActivities]] = MaintenanceJob(
    "activities",
    "does what is due in activities of rooms, and ends those whose time or broadcast is over",
    DueActivities.run,
    Processes.ANY,
    timedelta(milliseconds=500),
    beside_calls=_SECOND,
    counted="activities",
    on=DueActivities,
)
TALLIES: Final[MaintenanceJob[TallyNews]] = MaintenanceJob(
    "tallies",
    "tells rooms what is counted in their activities and no process has told them",
    TallyNews.tell_all,
    Processes.ANY,
    timedelta(seconds=5),
    on=TallyNews,
)
DEPARTED: Final[MaintenanceJob[DepartedPeople]] = MaintenanceJob(
    "departed people",
    "takes out of activities what people have there who have left the room",
    DepartedPeople.run,
    Processes.ANY,
    timedelta(seconds=2),
    on=DepartedPeople,
)
GOALS: Final[MaintenanceJob[GoalCounting]] = MaintenanceJob(
    "goals",
    "counts what rooms want to reach, tells them how far they are, and once that they have reached it",
    GoalCounting.run,
    Processes.ONE,
    timedelta(milliseconds=500),
    beside_calls=_SECOND,
    on=GoalCounting,
)
ACTIVITY_JOBS: Final = (DUE, TALLIES, DEPARTED, GOALS)
"""The background jobs about activities."""


@dataclass(frozen=True, slots=True)
class ActivityServices(ServiceGroup):
    """Use cases of activities."""

    activities: Activities
    votes: Votes
    reading: ActivityReading
    due: DueActivities
    tallies: TallyNews
    departed: DepartedPeople
    admin_activities: AdminActivities
    types: ActivityTypes
    raids: Raids
    goals: Goals
    goal_counting: GoalCounting
    questions: RoomQuestions
    admin_questions: AdminQuestions


def make_activities(wiring: Wiring, user_messages: UserMessages, catalogues: GiftCatalogues | None) -> ActivityServices:
    """Build them."""
    db, live, types = wiring.db, wiring.live, ActivityTypes()
    changes, ranks = ActivityChanges(db, wiring.clock, wiring.recorder, wiring.relay, types), Ranks(db, live)
    tallies = TallyNews(changes, live)
    votes = Votes(changes, live, tallies)
    activities, privacy = Activities(changes, ranks, wiring.screening), Privacy(db, live, wiring.clock)
    figures = GoalFigures(db, live, wiring.clock)
    return ActivityServices(
        activities=activities,
        raids=Raids(activities, privacy, UserNotifier(user_messages, wiring.clock)),
        votes=votes,
        reading=ActivityReading(db, ranks),
        due=DueActivities(changes),
        tallies=tallies,
        departed=DepartedPeople(changes, live),
        admin_activities=AdminActivities(changes),
        types=types,
        goals=Goals(activities, figures, tallies, catalogues),
        goal_counting=GoalCounting(changes, figures, tallies),
        questions=RoomQuestions(activities, votes),
        admin_questions=AdminQuestions(changes),
    )
