"""Ten mistakes in the source, such as a developer makes, and the line in which `liveroom conform` has to name each.

None hides another: an app that cannot sign in would say nothing of rooms.
"""

from typing import Final

from tests.mutations.defect import Defect

_SRC: Final = "src/liveroom/"
_TESTS: Final = "tests/contract/test_broken_build.py"

BREAKS: Final = (
    Defect(
        "number-as-text",
        f"{_SRC}api/shapes.py",
        '"removed":0,"nnUsers":%d,"totalJoined":%d}',
        '"removed":0,"nnUsers":%d,"totalJoined":"%d"}',
        "XiaoZhiBo for iOS shows a ranking without figures when it opens the ranking (without apaasUserId): it reads "
        'data[0].totalJoined as an integer, the answer has a string ("2"). (POST form base/v1/rooms/query_room)',
        _TESTS,
    ),
    Defect(
        "left-out-if-empty",
        f"{_SRC}api/shapes.py",
        "        sdk_user_sig=login.user_sig,",
        "        sdk_user_sig=login.user_sig or msgspec.UNSET,",
        "XiaoZhiBo for Android cannot sign in to Tencent IM when it signs in: it needs a string at data.sdkUserSig, "
        "the answer has nothing there (is data.userSig meant?). (GET query base/v1/oauth/signature)",
        _TESTS,
    ),
    Defect(
        "words-with-underscores",
        f"{_SRC}api/shapes.py",
        "class FoundUser(Shape):",
        "class FoundUser(Shape, rename=None):",
        "RT-Cube for iOS finds nobody when it looks up a user (without apaasUserId): it needs a string at data.userId, "
        "the answer has nothing there (is data.user_id meant?). (POST JSON base/v1/auth_users/user_query)",
        _TESTS,
    ),
    Defect(
        "code-of-an-invalid-token",
        f"{_SRC}api/codes.py",
        "errors.TokenInvalid: Code.UserTokenInvalid,",
        "errors.TokenInvalid: Code.SystemVerifyError,",
        "RT-Cube for iOS goes on as if it were signed in when it sends a keepalive with a token that is no longer "
        'valid: the answer is code 98 ("wrong account, signature or parameter"), and it needs 203 or 204. (POST JSON '
        "base/v1/auth_users/user_keepalive)",
        _TESTS,
    ),
    Defect(
        "code-of-a-wrong-code",
        f"{_SRC}api/codes.py",
        "errors.CodeInvalid: Code.UserCodeInvalid,",
        "errors.CodeInvalid: Code.SystemVerifyError,",
        "TUIRoom for the web does not say that the code is wrong when it signs in with a wrong code: the answer is "
        'code 98 ("wrong account, signature or parameter"), and it needs 200 or 201 or 202. (GET query '
        "base/v1/auth_users/user_login_code)",
        _TESTS,
    ),
    Defect(
        "http-404",
        f"{_SRC}http/asgi.py",
        """        elif ANSWER in scope.get("extensions", ()):
            fields = _FIELDS % (request_id.encode(), cors.lines)
            await send({"type": ANSWER, "fields": fields, "body": outcome.body, "closes": closes})
        else:
            await _answer(send, outcome.body, request_id, cors.headers, closes=closes)
""",
        """        else:
            status = 404 if outcome.code == Code.RoomNotExists else 200
            await _answer(send, outcome.body, request_id, cors.headers, closes=closes, status=status)
""",
        "XiaoZhiBo for Android crashes, because it reads the body without looking whether there is one, when it enters "
        "a room that is not there: the answer has HTTP status 404, and it accepts 200 to 299 only. (POST form "
        "base/v1/rooms/enter_room)",
        _TESTS,
    ),
    Defect(
        "changes-by-post-alone",
        f"{_SRC}http/asgi.py",
        'if scope["method"] not in _METHODS:',
        'if scope["method"] not in (("POST",) if "/update_" in scope["path"] else _METHODS):',
        "TUIRoom for the web shows the answer's text and does not go on when it gives its room a title (without "
        'apaasAppId): the answer is code 2000 ("invalid room parameters (use GET or POST)"), and it needs 0. (GET '
        "query base/v1/rooms/update_room)",
        _TESTS,
    ),
    Defect(
        "headers-of-a-preflight",
        f"{_SRC}http/cors.py",
        "allowed = asked if asked and is_sane else _USUAL_HEADERS",
        'allowed = b"Authorization, Accept-Language"',
        "The chat demo for Electron shows a general error when it asks for a code: the browser does not send it: the "
        "answer to its preflight (OPTIONS, HTTP 204) does not allow Content-Type. (POST JSON "
        "base/v1/auth_users/user_verify_by_picture)",
        _TESTS,
    ),
    Defect(
        "closed-twice",
        f"{_SRC}usecases/rooms/openings.py",
        "            committed = await self.broadcasts.close_as(actor, room_id)\n",
        "            committed = await self.broadcasts.close_as(actor, room_id)\n"
        "            if committed is None:\n"
        "                raise RoomNotFound\n",
        "XiaoZhiBo for iOS shows the answer's text and does not go on when it ends its broadcast: the answer is code "
        '2004 ("no such room, or it has ended"), and it needs 0. (POST form base/v1/rooms/destroy_room)',
        _TESTS,
    ),
    Defect(
        "required-name",
        f"{_SRC}api/accounts/auth_users.py",
        "    name: _Name | None = None\n",
        "    name: _Name\n",
        "The chat demo in Flutter shows the answer's text and does not go on when it changes its tag, and nothing "
        'else: the answer is code 98 ("wrong account, signature or parameter (name: required)"), and it needs 0. (POST '
        "JSON base/v1/auth_users/user_update)",
        _TESTS,
    ),
)
