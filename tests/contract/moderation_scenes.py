"""With which parameters an operator's server moderates: a part of ``stages.ADMIN_SCENES``."""

from typing import Final

from tests.contract.scene import ADMIN, Params, Scenes, Stage
from tests.contract.shows import warned


async def _appealed(stage: Stage) -> Params:
    statement = await warned(stage)
    await stage.guest.call("moderation/appeal", {"statementId": statement, "text": "不是我"})
    return {"statementId": statement, "grant": "true", "text": "抱歉"}


async def _looked_in(stage: Stage) -> Params:
    by = stage.by or await stage.service.make_key()
    watched = (await by.call("admin/watch_media", {"roomId": stage.room, "turnOnly": "1"})).body["data"]
    return {
        "roomId": stage.room,
        "identity": watched.get("identity", "watcher:none"),
        "to": stage.host.user,
        "payload": {"kind": "hello"},
    }


MODERATION: Final[Scenes] = {
    ADMIN + "get_report": lambda stage: {"reportId": stage.report},
    ADMIN + "claim_report": lambda stage: {"reportId": stage.report},
    ADMIN + "release_report": lambda stage: {"reportId": stage.report},
    ADMIN + "resolve_reports": lambda stage: {"reportIds": [stage.report], "action": "warn", "reasonId": "spam"},
    ADMIN + "list_appeals": lambda _: {"state": "appealed", "limit": "5"},
    ADMIN + "list_statements": lambda stage: {"userId": stage.guest.user, "limit": "5"},
    ADMIN + "decide_appeal": _appealed,
    ADMIN + "list_reasons": lambda _: {},
    ADMIN + "put_reason": lambda _: {"reasonId": "lip_sync", "titleZh": "假唱", "titleEn": "lip-syncing"},
    ADMIN + "delete_reason": lambda _: {"reasonId": "lip_sync"},
    ADMIN + "list_words": lambda _: {"limit": "5"},
    ADMIN + "add_words": lambda _: {"words": ["~scenery"]},
    ADMIN + "remove_words": lambda _: {"words": ["~scenery"]},
    ADMIN + "test_words": lambda _: {"text": "大家好"},
    ADMIN + "list_bans": lambda _: {"kind": "everywhere", "limit": "5"},
    ADMIN + "list_notices": lambda _: {"limit": "5"},
    ADMIN + "list_labels": lambda stage: {"roomId": stage.room, "limit": "5"},
    ADMIN + "wall": lambda _: {"category": ""},
    ADMIN + "watch_media": lambda stage: {"roomId": stage.room, "turnOnly": "1"},
    ADMIN + "watch_signal": _looked_in,
}
