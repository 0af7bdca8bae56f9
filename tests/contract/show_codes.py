"""Calls of interactive rooms that are answered with a code of their own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from liveroom.api.codes import Code
from tests.contract import (
    activity_scenes,
    battle_scenes,
    connection_scenes,
    question_scenes,
    song_scenes,
    stream_scenes,
)
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import apply, sit
from tests.service import Answer, Device, Service
from tests.uploading import announce, picture, upload

Provoke = Callable[[Service], Awaitable[Answer]]
BLOCKED_WORDS: Final = Path(__file__).parent.parent / "data" / "blocked-words.txt"
"""A list on which one word stands."""


async def _in(stage: Stage, device: Device, method: str, **params: Any) -> Answer:
    return await device.call(method, {"roomId": stage.room, **params})


async def likes_without_a_like(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.guest, "rooms/like", count=0)


async def a_message_of_somebody_who_is_muted(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "moderation/mute", targetId=stage.guest.user)
    return await _in(stage, stage.guest, "messages/send", text="hello")


async def a_message_where_everybody_is_muted(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", muted=True)
    return await _in(stage, stage.guest, "messages/send", text="hello")


async def a_message_where_only_followers_write(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", followersChat=True)
    return await _in(stage, stage.guest, "messages/send", text="hello")


async def a_seat_that_only_followers_take(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", followersSeats=True)
    return await _in(stage, stage.guest, "seats/apply")


async def an_enter_of_somebody_whom_the_room_has_banned(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "moderation/ban", targetId=stage.guest.user)
    return await stage.guest.enter(stage.room)


async def an_enter_without_an_invitation(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", access="invited")
    return await (await service.sign_up()).enter(stage.room)


async def an_enter_with_a_wrong_password(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", password="secret")
    return await (await service.sign_up()).enter(stage.room, password="guess")


async def an_enter_without_the_password(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_options", password="secret")
    return await (await service.sign_up()).enter(stage.room)


async def metadata_that_somebody_has_changed_since(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "rooms/set_metadata", metadata={"topic": "first"}, version=0)
    return await _in(stage, stage.host, "rooms/set_metadata", metadata={"topic": "second"}, version=0)


async def a_recall_of_a_message_that_there_is_not(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.guest, "messages/recall", messageId="1")


async def an_answer_to_an_application_that_was_taken_back(service: Service) -> Answer:
    stage = await set_stage(service)
    request = await apply(stage, stage.guest)
    await _in(stage, stage.guest, "seats/cancel")
    return await _in(stage, stage.host, "seats/approve", requestId=request)


async def a_leave_of_a_seat_that_one_has_not(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.guest, "seats/leave")


async def a_report_that_there_is_not(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.host.call("moderation/resolve", {"reportId": "none"})


async def an_application_where_there_are_no_seats(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "seats/configure", seats=0)
    return await _in(stage, stage.guest, "seats/apply")


async def a_seat_above_the_number(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.host, "seats/take", seat=9)


async def taking_a_seat_for_which_one_applies(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.guest, "seats/take")


async def a_mode_that_there_is_not(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.host, "seats/configure", mode="auction")


async def more_seats_than_a_room_can_have(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.host, "seats/configure", seats=51)


async def unmuting_what_a_host_has_muted(service: Service) -> Answer:
    stage = await set_stage(service)
    await sit(stage, stage.guest)
    await _in(stage, stage.host, "seats/mute", targetId=stage.guest.user, audio=True)
    return await _in(stage, stage.guest, "seats/mute", audio=False)


async def a_lock_that_is_neither_true_nor_false(service: Service) -> Answer:
    stage = await set_stage(service)
    return await _in(stage, stage.host, "seats/lock", seat=1, locked="maybe")


async def a_seat_that_somebody_else_has(service: Service) -> Answer:
    stage = await set_stage(service)
    await sit(stage, stage.guest)
    return await _in(stage, stage.host, "seats/take", seat=1)


async def a_seat_that_is_locked(service: Service) -> Answer:
    stage = await set_stage(service)
    await _in(stage, stage.host, "seats/lock", seat=2, locked=True)
    return await _in(stage, stage.guest, "seats/apply", seat=2)


async def an_export_long_after_signing_in(service: Service) -> Answer:
    user = await service.sign_up()
    service.clock.advance(timedelta(minutes=11))
    return await user.call("auth_users/export")


async def an_upload_that_there_is_not(service: Service) -> Answer:
    return await (await service.sign_up()).call("uploads/finish", {"uploadId": "none"})


async def an_upload_whose_file_has_not_arrived(service: Service) -> Answer:
    user = await service.sign_up()
    created = await announce(user, picture())
    return await user.call("uploads/finish", {"uploadId": created["uploadId"]})


async def an_upload_of_what_is_no_picture(service: Service) -> Answer:
    return await upload(service, await service.sign_up(), b"<svg/>")


async def a_gift_that_there_is_not(service: Service) -> Answer:
    return await (await service.make_key()).call("admin/retire_gift", {"giftId": "none"})


PROVOKED: Final[Mapping[Code, Sequence[Provoke]]] = {
    Code.RoomStarInvalid: [likes_without_a_like],
    Code.UserBanned: [an_enter_of_somebody_whom_the_room_has_banned],
    Code.RoomNotExists: [an_enter_without_an_invitation],
    Code.UserMuted: [
        a_message_of_somebody_who_is_muted,
        a_message_where_everybody_is_muted,
        question_scenes.a_question_of_somebody_who_is_muted,
    ],
    Code.RoomPasswordInvalid: [an_enter_with_a_wrong_password],
    Code.RoomPasswordRequired: [an_enter_without_the_password],
    Code.FollowersOnly: [
        a_message_where_only_followers_write,
        a_seat_that_only_followers_take,
        question_scenes.a_question_where_only_followers_ask,
    ],
    Code.SignInTooOld: [an_export_long_after_signing_in],
    Code.GiftNotOffered: [a_gift_that_there_is_not],
    Code.StaleVersion: [metadata_that_somebody_has_changed_since],
    Code.MessageNotExists: [a_recall_of_a_message_that_there_is_not],
    Code.RequestNotExists: [an_answer_to_an_application_that_was_taken_back],
    Code.NotSeated: [a_leave_of_a_seat_that_one_has_not, question_scenes.a_question_where_only_seated_people_ask],
    Code.ReportNotExists: [a_report_that_there_is_not],
    Code.UploadNotExists: [an_upload_that_there_is_not],
    Code.UploadMissing: [an_upload_whose_file_has_not_arrived],
    Code.UploadRefused: [an_upload_of_what_is_no_picture],
    Code.RoomConnected: [connection_scenes.an_accept_of_a_room_that_is_connected_by_now],
    Code.ConnectionFull: [connection_scenes.an_accept_where_nine_rooms_are_connected],
    Code.NotConnected: [connection_scenes.a_leave_of_a_room_that_is_not_connected],
    Code.ActivityNotExists: [activity_scenes.a_vote_in_an_activity_that_never_was],
    Code.TooManyActivities: [activity_scenes.a_second_poll_at_once],
    Code.ActivityOver: [activity_scenes.a_vote_after_the_end],
    Code.SongNotExists: [song_scenes.a_song_that_nobody_has],
    Code.SongQueued: [song_scenes.the_same_song_again],
    Code.TooManySongs: [song_scenes.more_songs_than_may_wait],
    Code.SongNotPlaying: [song_scenes.a_song_that_is_over],
    Code.QuestionNotExists: [question_scenes.a_vote_for_a_question_that_was_answered],
    Code.QuestionAsked: [question_scenes.the_same_question_again],
    Code.TooManyQuestions: [question_scenes.more_questions_than_may_wait],
    Code.ActivityRefuses: [activity_scenes.a_vote_for_an_option_that_is_not_there],
    Code.RoomBattling: [battle_scenes.an_invitation_by_a_room_in_a_battle],
    Code.BattleNotExists: [battle_scenes.an_end_of_a_battle_that_there_is_not],
    Code.ConsentRequired: [battle_scenes.a_start_with_a_room_that_wants_to_be_asked],
    Code.StreamNotExists: [stream_scenes.a_stop_of_a_stream_that_there_is_not],
    Code.SeatNotExists: [an_application_where_there_are_no_seats],
    Code.SeatIdNotExists: [a_seat_above_the_number],
    Code.SeatModeInvalid: [taking_a_seat_for_which_one_applies, a_mode_that_there_is_not],
    Code.SeatNumInvalid: [more_seats_than_a_room_can_have],
    Code.SeatMuteInvalid: [unmuting_what_a_host_has_muted],
    Code.SeatLockInvalid: [a_lock_that_is_neither_true_nor_false],
    Code.SeatOccupied: [a_seat_that_somebody_else_has],
    Code.SeatLocked: [a_seat_that_is_locked],
}


async def a_message_with_a_word_of_the_list(service: Service) -> Answer:
    """On a service that has ``BLOCKED_WORDS``."""
    stage = await set_stage(service)
    return await _in(stage, stage.guest, "messages/send", text="such a badword")
