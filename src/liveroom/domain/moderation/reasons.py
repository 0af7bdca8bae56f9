"""Reasons for what is done to people, in both languages: those that there are at first, and a tenant's own."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from liveroom.domain.tenants.model import Language

REASON_ID_MAX: Final = 32
TITLE_MAX: Final = 60
TEXT_MAX: Final = 500
REASONS_MAX: Final = 100
"""Of one tenant."""


class Reason(NamedTuple):
    """Why something is done to somebody, as they are told."""

    id: str
    title_zh: str
    title_en: str
    text_zh: str = ""
    text_en: str = ""
    hidden: bool = False
    """One of the first that the tenant has deleted."""

    def title(self, language: Language) -> str:
        """Return it in a few words."""
        return self.title_zh if language is Language.ZH else self.title_en

    def text(self, language: Language) -> str:
        """Return the sentences."""
        return self.text_zh if language is Language.ZH else self.text_en


FIRST: Final[Mapping[str, Reason]] = {
    reason.id: reason
    for reason in (
        Reason(
            "spam",
            "广告或刷屏",
            "spam or advertising",
            "你发布了广告、引流信息或重复的内容。",
            "You posted advertising, or the same content over and over.",
        ),
        Reason(
            "harassment",
            "辱骂或骚扰",
            "insults or harassment",
            "你的言行侮辱、威胁或骚扰了他人。",
            "You insulted, threatened or harassed others.",
        ),
        Reason(
            "nudity",
            "色情低俗",
            "nudity or sexual content",
            "你的内容包含裸露或色情信息。",
            "Your content showed nudity or was sexual.",
        ),
        Reason(
            "violence",
            "暴力血腥",
            "violence",
            "你的内容展示或鼓动了暴力。",
            "Your content showed violence or called for it.",
        ),
        Reason(
            "minors",
            "危害未成年人",
            "harm to minors",
            "你的内容可能危害未成年人。",
            "Your content put minors at risk.",
        ),
        Reason(
            "fraud", "诈骗", "fraud", "你的内容涉嫌欺诈或诱导交易。", "Your content was deceptive or asked for money."
        ),
        Reason("other", "违反社区规则", "against the rules", "你的行为违反了社区规则。", "This is against our rules."),
    )
}
"""Reasons of every tenant that has not replaced them."""


def merged(own: Sequence[Reason]) -> Sequence[Reason]:
    """Return the reasons of a tenant: the first ones, where it has not replaced or deleted them, then its own."""
    found = {**FIRST, **{reason.id: reason for reason in own}}
    return [reason for reason in found.values() if not reason.hidden]
