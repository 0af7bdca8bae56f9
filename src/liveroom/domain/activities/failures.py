"""Why an activity is not begun, or does not do what it is asked (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class ActivityNotFound(Refused):
    """There is no such activity in the tenant, or it is of another type."""


class TooManyActivities(Refused):
    """The room has as many activities of this type as it may have at once."""


class ActivityOver(Refused):
    """It is over, or takes no more of this."""


class ActivityRefuses(Refused):
    """Its rules refuse what was asked: ``detail`` says why."""


class QuestionNotFound(Refused):
    """There is no such question, or it does not wait for an answer any more."""


class QuestionAsked(Refused):
    """The same question waits for an answer already."""


class TooManyQuestions(Refused):
    """As many questions wait for an answer as may: of one person, or of all."""
