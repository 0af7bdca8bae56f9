"""With which parameters operators call the methods about gifts: a part of ``stages.ADMIN_SCENES``."""

from typing import Final

from tests.contract.scene import ADMIN, Params, Scenes, Stage
from tests.uploading import picture, send

KITE: Final = {"giftId": "kite", "name": "Kite", "languages": '{"zh": {"name": "风筝"}}', "price": "66", "level": "1"}


async def _with_kite(stage: Stage) -> Params:
    by = stage.by or await stage.service.make_key()
    await by.call("admin/set_gift", KITE)
    return {"giftId": "kite"}


async def _order(stage: Stage) -> Params:
    return {"giftIds": [(await _with_kite(stage))["giftId"]]}


async def _uploaded(stage: Stage) -> Params:
    by, content = stage.by or await stage.service.make_key(), picture("PNG")
    asked = {"purpose": "gift_icon", "contentType": "image/png", "size": len(content)}
    created = (await by.call("admin/create_upload", asked)).data
    await send(stage.service, created, content)
    return {"uploadId": created["uploadId"]}


GIFTS: Final[Scenes] = {
    ADMIN + "list_gifts": lambda _: {},
    ADMIN + "set_gift": lambda _: KITE,
    ADMIN + "retire_gift": _with_kite,
    ADMIN + "order_gifts": _order,
    ADMIN + "list_gift_categories": lambda _: {},
    ADMIN + "set_gift_category": lambda _: {"categoryId": "sky", "name": "Sky", "languages": '{"zh": "天空"}'},
    ADMIN + "delete_gift_category": lambda _: {"categoryId": "sky"},
    ADMIN + "create_upload": lambda _: {"purpose": "gift_icon", "contentType": "image/png", "size": "9"},
    ADMIN + "finish_upload": _uploaded,
}
