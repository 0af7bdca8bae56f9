"""All packed records by the names that scripts call them."""

from typing import Any, Final

from liveroom.store.live.redis import message_rows, publications, records, room_rows, stage_rows
from liveroom.store.live.redis.schema import answers, given, kept

_ROWS: Final[dict[str, Any]] = {
    # users
    "USER": records.UserRow,
    "SESSION": records.SessionRow,
    "SOCKET": records.SocketRow,
    "ENTRY": records.EntryRow,
    "OUTSIDE": records.OutsideRow,
    "HEARTBEAT": given.HeartbeatRow,
    "OPENING": given.OpeningRow,
    "NAMED_SOCKET": given.NamedSocketRow,
    "NAMED_ENTRY": given.NamedEntryRow,
    "USER_ENTRY": answers.UserEntryRow,
    "TAKEN": answers.TakenRow,
    "DECIDED": records.DecidedRow,
    "ENDED": given.EndedRow,
    "RESTORED_USER": given.RestoredUserRow,
    "RESTORED_ENTRY": given.RestoredEntryRow,
    # rooms
    "FIXED": room_rows.FixedRow,
    "OPTIONS": room_rows.OptionsRow,
    "ROOM_BATTLE": room_rows.RoomBattleRow,
    "ACCESS": kept.AccessRow,
    "USER_ACCESS": given.UserAccessRow,
    "ONLOOKER": answers.OnlookerRow,
    "TOMB": kept.TombRow,
    "CANDIDATE": answers.HeirCandidateRow,
    "METADATA": answers.KeptMetadataRow,
    "MEMBER": records.MemberRow,
    "MEMBER_ENTRY": answers.MemberEntryRow,
    "STAY": records.StayRow,
    "RESTORED_STAY": given.RestoredStayRow,
    # events
    "LOG": publications.LogRow,
    "EVENT": publications.EventRow,
    "SUMMARY": publications.RoomRow,
    "MEMBER_SUMMARY": publications.MemberSummaryRow,
    "COUNTS": publications.CountsRow,
    "MESSAGE_EVENT": message_rows.MessageEventRow,
    "QUOTE": message_rows.QuoteRow,
    "LINKS": message_rows.LinksRow,
    "LIKES_EVENT": publications.LikesEventRow,
    "MORE_GIFTS": publications.MoreGiftsRow,
    "GIFT_TOTALS": publications.GiftTotalsRow,
    "ANNOUNCED": given.AnnouncedRow,
    # seats
    "SEAT_MAP": stage_rows.SeatMapRow,
    "SEAT": stage_rows.SeatRow,
    "REQUEST": stage_rows.RequestRow,
    "SILENCED": stage_rows.SilencedRow,
    "SEATS": stage_rows.SeatsRow,
    "SEAT_PLAN": stage_rows.SeatPlanRow,
    "SEATED": stage_rows.SeatedRow,
    "MOVE": kept.MoveRow,
    # messages and likes
    "MESSAGE": message_rows.MessageRow,
    "TALK": kept.TalkRow,
    "SPEAKER": kept.SpeakerRow,
    "LIKER": kept.LikerRow,
    "LIKING": kept.LikingRow,
    "LIKE": given.LikeRow,
    # gifts
    "GIFT": given.GiftRow,
    "PRESENTS": kept.PresentsRow,
    "WAITING_GIFT": kept.WaitingGiftRow,
    "RANK": given.RankRow,
    "BATTLE": kept.BattleRow,
    "TALLY": kept.TallyRow,
    # lists
    "LISTED": given.ListedRow,
    "LISTED_ROOM": kept.ListedRoomRow,
    # answers of Redis
    "STREAM_ENTRY": kept.StreamEntryRow,
    "STREAM_FIELD": kept.StreamFieldRow,
}


def _fields(row: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = row.__struct_fields__ if hasattr(row, "__struct_fields__") else row._fields
    return names


RECORDS: Final = {name: _fields(row) for name, row in _ROWS.items()}
