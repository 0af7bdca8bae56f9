"""What a call names that there is not: a parameter, or a tenant. It is reported beside the answer, and never refused.

What is reported is bounded in number and in bytes, whatever was sent.
"""

from collections.abc import Mapping
from typing import Any, Final

from liveroom.api.declare import Method
from liveroom.api.original import APPS_TENANTS
from liveroom.domain.tenants.model import Language

REPORTED_MAX: Final = 8
"""Parameters of one call that are reported by name; of more it is said how many."""
NAME_MAX: Final = 64
"""Characters of a name that are repeated."""


def unknown_names(method: Method, raw: Mapping[str, Any]) -> list[str]:
    """Return the parameters that neither the method nor a shipped app has."""
    return [name for name in raw if name not in method.known]


def unknown_parameters(method: Method, names: list[str], language: Language) -> list[str]:
    """Return what is reported of parameters that the method does not have."""
    spelled = {_bare(name): name for name in method.known if name}
    found = [_unknown(name, spelled.get(_bare(name[:NAME_MAX])), language) for name in names[:REPORTED_MAX]]
    if more := len(names) - len(found):
        found.append(f"另有 {more} 个未知参数" if language is Language.ZH else f"{more} more unknown parameters")
    return found


def unknown_tenant(name: str, language: Language) -> list[str]:
    """Return what is reported of an ``apaasAppId`` that names no tenant."""
    if name in APPS_TENANTS:
        return []
    shown = _shown(name)
    if language is Language.ZH:
        return [f"没有租户 {shown}，apaasAppId 未生效"]
    return [f"there is no tenant {shown}: apaasAppId was ignored"]


def _unknown(name: str, meant: str | None, language: Language) -> str:
    shown = _shown(name)
    if language is Language.ZH:
        return f"未知参数：{shown}" + (f"，是否应为 {meant}？" if meant else "")
    return f"unknown parameter: {shown}" + (f" (did you mean {meant}?)" if meant else "")


def _shown(text: str) -> str:
    """Return a name as it can be repeated: not too long, and without what cannot be printed."""
    cut = text[:NAME_MAX]
    printable = cut if cut.isprintable() else "".join(one if one.isprintable() else "?" for one in cut)
    return printable + ("…" if len(text) > NAME_MAX else "")


def _bare(name: str) -> str:
    """Return what spellings of one name have in common: ``room_id``, ``roomid`` and ``RoomId``."""
    return name.replace("_", "").replace("-", "").casefold()
