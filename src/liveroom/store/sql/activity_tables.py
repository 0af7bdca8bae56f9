"""The tables of activities, of ballots that are cast in them, and of questions that were answered.

What runs is also in its room's row.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, String

from liveroom.store.sql.columns import LINE, big, instant, key, long_text, maybe_instant, small, table, text

KIND: Final = String(16)
TYPE: Final = String(32)

activities: Final = table(
    "activities",
    key("id"),
    text("tenant"),
    text("room"),
    text("broadcast"),
    text("type", TYPE),
    text("made_by"),
    big("version"),
    # JSON, as its type has it.
    long_text("state"),
    instant("created"),
    # When something is to be done about it next; NULL: never.
    maybe_instant("due"),
    big("votes"),
    # A JSON object: how many ballots have each choice.
    long_text("tally"),
    text("award_choice"),
    big("award_points"),
    small("secret"),
    maybe_instant("ended"),
    Column("ended_by", KIND, nullable=True),
    # JSON, as its type has it; "": it is not over.
    long_text("result"),
    Index("lr_activities_due", "due", "id"),
    Index("lr_activities_room", "room", "id"),
    Index("lr_activities_broadcast", "broadcast", "award_choice", "id"),
    Index("lr_activities_running", "ended", "id"),
    Index("lr_activities_made_by", "made_by"),
)

ballots: Final = table(
    "ballots",
    key("activity"),
    key("user_id"),
    key("subject"),
    # A JSON array of choices.
    text("choices", LINE),
    instant("at"),
    Index("lr_ballots_user", "user_id", "activity"),
)

questions: Final = table(
    "questions",
    key("activity"),
    # Its number among those that were answered.
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    text("question"),
    text("user_id"),
    text("words", LINE),
    # "": it was answered aloud.
    text("answer", LINE),
    text("answered_by"),
    big("votes"),
    instant("at"),
    Index("lr_questions_question", "activity", "question"),
    Index("lr_questions_user", "user_id", "activity"),
    Index("lr_questions_answered_by", "answered_by"),
)
