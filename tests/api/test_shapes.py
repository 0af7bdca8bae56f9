"""Answers as shipped apps decode them: both names of each field, numbers that are numbers, and texts that are texts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from liveroom.api.rooms.feeds import lasting_face, split_card
from liveroom.api.shapes import (
    INT32_MAX,
    finish_card,
    found_user,
    listed_user,
    login_reply,
    room_card,
    still_card,
    with_role,
)
from liveroom.domain.accounts.users import User
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.accounts.sessions import Login

NOW = datetime(2026, 3, 1, 9, 5, 7, 999_999, tzinfo=UTC)
ANN = User(UserId("40000001"), DEFAULT_TENANT, NOW, NOW, name="安 😀", avatar="a.png", tag="t", phone="13800138000")
TENANT = Tenant(TenantName("game"), sdk_app_id=1_400_000_009)
ROOM = Room(
    id=RoomId("40000001"),
    tenant=DEFAULT_TENANT,
    holder=ANN.id,
    owner=UserId("40000002"),
    state=RoomStatus.LIVE,
    created_by=ANN.id,
    updated_by=UserId("40000003"),
    opened=NOW,
    updated=NOW + timedelta(days=1),
    broadcast=BroadcastId("b"),
    category="ktv",
    title='"},{"roomId":"7',
    cover="c.png",
    subject="s",
    description="d\n",
    star=INT32_MAX + 1,
)


def live(**changes: int | bool) -> LiveRoom:
    room = LiveRoom(
        id=ROOM.id,
        tenant=ROOM.tenant,
        owner=ROOM.owner,
        holder=ROOM.holder,
        broadcast=ROOM.broadcast,
        category=ROOM.category,
        opened=NOW,
        card=room_card(ROOM, TENANT),
        hidden=False,
        members=2,
        joined=3,
        version=1,
        likes=7,
    )
    return room._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("moment", [NOW, NOW.astimezone(timezone(timedelta(0)))])
def test_a_time_is_written_in_utc_without_fractions(moment: datetime) -> None:
    assert wire_time(moment) == "2026-03-01 09:05:07"


def test_a_login_has_both_names_of_each_field_and_no_field_is_null() -> None:
    reply = json.loads(msgspec.json.encode(login_reply(Login(ANN, TENANT, "token", NOW, "sig"))))
    assert reply == {
        "userId": "40000001",
        "apaasUserId": "40000001",
        "apaasAppId": "game",
        "sdkAppId": 1_400_000_009,
        "userSig": "sig",
        "sdkUserSig": "sig",
        "token": "token",
        "expire": "2026-03-01 09:05:07",
        "phone": "13800138000",
        "email": "",
        "name": "安 😀",
        "avatar": "a.png",
        "loginType": "",
        "isHighRiskUser": 0,
        "isHighRiskIp": 0,
    }


def test_others_never_see_a_phone_or_an_email() -> None:
    for shape in (found_user(ANN), listed_user(ANN.id, ANN.name, ANN.avatar, "anchor")):
        text = msgspec.json.encode(shape).decode()
        assert ANN.phone not in text
        assert json.loads(text)["phone"] == ""
        assert json.loads(text)["userId"] == json.loads(text)["apaasUserId"] == ANN.id


def test_a_live_room_is_one_object_whatever_its_title_says() -> None:
    assert json.loads(finish_card(live())) == {
        "roomId": "40000001",
        "appId": "1400000009",
        "category": "ktv",
        "title": '"},{"roomId":"7',
        "cover": "c.png",
        "subject": "s",
        "description": "d\n",
        "ownBy": "40000002",
        "createBy": "40000001",
        "updateBy": "40000003",
        "createUtc": "2026-03-01 09:05:07",
        "updateUtc": "2026-03-02 09:05:07",
        "star": 7,
        "status": 0,
        "removed": 0,
        "nnUsers": 2,
        "totalJoined": 3,
    }


def test_counts_fit_a_java_int() -> None:
    card = json.loads(finish_card(live(members=INT32_MAX + 5, joined=2**40, likes=2**40)))
    assert card["nnUsers"] == card["totalJoined"] == card["star"] == INT32_MAX


def test_a_card_that_was_made_with_another_star_shows_the_likes_of_the_broadcast() -> None:
    kept = room_card(replace(ROOM, star=5), TENANT)
    assert json.loads(finish_card(live(likes=9)._replace(card=kept)))["star"] == 9
    assert json.loads(kept + b"}")["star"] == 5, "the release before this one shows what the card says"


def test_likes_alone_are_no_news_of_a_list() -> None:
    sly = room_card(replace(ROOM, title='t","star":1,"x":"'), TENANT)

    def face(**changes: int | bool) -> bytes:
        return lasting_face(split_card(finish_card(live(**changes)._replace(card=sly)))[0])

    assert face(likes=1) == face(likes=2**40) == face(likes=3, members=9)
    assert face(likes=1) != face(likes=1, hidden=True)
    assert face() != lasting_face(split_card(finish_card(live()))[0])


def test_a_hidden_room_says_so_and_a_role_is_appended() -> None:
    assert json.loads(finish_card(live(hidden=True)))["status"] == 1
    assert json.loads(bytes(with_role(finish_card(live()), "anchor")))["role"] == "anchor"


@pytest.mark.parametrize(
    ("state", "status", "removed"), [(RoomStatus.RESERVED, 2, 0), (RoomStatus.LIVE, 0, 0), (RoomStatus.CLOSED, 3, 1)]
)
def test_a_room_that_is_not_live_has_its_status_and_nobody_in_it(state: RoomStatus, status: int, removed: int) -> None:
    card = json.loads(still_card(replace(ROOM, state=state), TENANT))
    assert (card["status"], card["removed"], card["nnUsers"], card["totalJoined"]) == (status, removed, 0, 0)
