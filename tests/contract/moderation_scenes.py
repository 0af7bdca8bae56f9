"""With which parameters an operator's server moderates: a part of ``stages.ADMIN_SCENES``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tests.contract.scene import Stage
from tests.contract.shows import warned

_ADMIN = "base/v1/admin/"


async def _appealed(stage: Stage) -> Mapping[str, Any]:
    statement = await warned(stage)
    await stage.guest.call("moderation/appeal", {"statementId": statement, "text": "不是我"})
    return {"statementId": statement, "grant": "true", "text": "抱歉"}


MODERATION: Final[Mapping[str, Callable[[Stage], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]]] = {
    _ADMIN + "get_report": lambda stage: {"reportId": stage.report},
    _ADMIN + "claim_report": lambda stage: {"reportId": stage.report},
    _ADMIN + "release_report": lambda stage: {"reportId": stage.report},
    _ADMIN + "resolve_reports": lambda stage: {"reportIds": [stage.report], "action": "warn", "reasonId": "spam"},
    _ADMIN + "list_appeals": lambda _: {"state": "appealed", "limit": "5"},
    _ADMIN + "list_statements": lambda stage: {"userId": stage.guest.user, "limit": "5"},
    _ADMIN + "decide_appeal": _appealed,
    _ADMIN + "list_reasons": lambda _: {},
    _ADMIN + "put_reason": lambda _: {"reasonId": "lip_sync", "titleZh": "假唱", "titleEn": "lip-syncing"},
    _ADMIN + "delete_reason": lambda _: {"reasonId": "lip_sync"},
    _ADMIN + "list_words": lambda _: {"limit": "5"},
    _ADMIN + "add_words": lambda _: {"words": ["~scenery"]},
    _ADMIN + "remove_words": lambda _: {"words": ["~scenery"]},
    _ADMIN + "test_words": lambda _: {"text": "大家好"},
    _ADMIN + "list_bans": lambda _: {"kind": "everywhere", "limit": "5"},
    _ADMIN + "list_notices": lambda _: {"limit": "5"},
    _ADMIN + "list_labels": lambda stage: {"roomId": stage.room, "limit": "5"},
    _ADMIN + "wall": lambda _: {"category": ""},
    _ADMIN + "watch_media": lambda stage: {"roomId": stage.room, "turnOnly": "1"},
}
