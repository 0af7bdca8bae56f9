"""What the original service and the apps shipped for it have: the methods, and the names that those apps send.

The apps cannot be changed any more. So a wrong user in one of these methods is 204, as it was; and a parameter that
such an app sends is never reported as unknown, whichever method it sends it to.
"""

from typing import Final

ORIGINAL: Final = frozenset(
    (
        "base/v1/auth_users/apply_invite_code",
        "base/v1/auth_users/create_leave_user_send_email",
        "base/v1/auth_users/module_blacklist",
        "base/v1/auth_users/none_auth",
        "base/v1/auth_users/user_delete",
        "base/v1/auth_users/user_doctor_auth",
        "base/v1/auth_users/user_keepalive",
        "base/v1/auth_users/user_login_code",
        "base/v1/auth_users/user_login_moa",
        "base/v1/auth_users/user_login_token",
        "base/v1/auth_users/user_logout",
        "base/v1/auth_users/user_query",
        "base/v1/auth_users/user_update",
        "base/v1/auth_users/user_verify_by_picture",
        "base/v1/cos/config",
        "base/v1/events/stat",
        "base/v1/gslb",
        "base/v1/music/query_token",
        "base/v1/music/search_music_by_tag",
        "base/v1/oauth/register",
        "base/v1/oauth/signature",
        "base/v1/rooms/destroy_room",
        "base/v1/rooms/enter_room",
        "base/v1/rooms/generate_roomid",
        "base/v1/rooms/leave_room",
        "base/v1/rooms/list_users",
        "base/v1/rooms/query_room",
        "base/v1/rooms/room_detail",
        "base/v1/rooms/update_room",
        "getUserInfo",
        "getUserInfoBatch",
    )
)
"""Paths of the methods that the original has."""
SENT_BY_APPS: Final = frozenset(
    (
        "apaasAppId", "apaasUserId", "appId", "avatar", "category", "code", "cover", "doctorUserId", "email",
        "event", "hash", "inviteCode", "key", "limit", "marketingStatus", "msg", "musicId", "name", "nonce",
        "orderBy", "phone", "randstr", "role", "roomId", "salt", "scene", "scrollToken", "searchUserId",
        "sessionId", "signature", "source", "tag", "tagId", "ticket", "title", "token", "ts", "type",
        "userId", "username",
    )
)  # fmt: skip
"""Every parameter that a shipped app sends to any method."""
APPS_TENANTS: Final = frozenset(("1017658747", "1026227964"))
"""Tenants of the vendor's own demos, which apps name wherever they are installed."""
