"""What may be done in a room in which money moves: from what the machine draws, and what it does at once."""

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.usecases.economy.economy import PEOPLE
from tests.usecases.economy.plain_rows import PRICES, STAGE, Act

KEYS: Final = st.sampled_from("abcdefgh")
SENDERS: Final = st.integers(1, PEOPLE - 1)
OPERATORS: Final = st.sampled_from(["one", "two"])
_NEAR: Final = st.integers(0, 10)
"""Which of those that there are: often the same."""
_PEOPLE: Final = st.integers(0, PEOPLE - 1)
_EARNERS: Final = st.integers(0, STAGE)
_CREDITS: Final = ("buy", "buy", "buy", "grant", "lend", "spend", "earn", "lose")
_MEMBERSHIP: Final = {"join", "leave", "dismiss"}


def _meant(what: Sequence[str], **fields: Any) -> st.SearchStrategy[Act]:
    """Return acts of some kinds, with what they are drawn from."""
    return st.fixed_dictionaries({"what": st.sampled_from(what), **fields}).map(lambda drawn: Act(**drawn))


_several = st.lists(_EARNERS, min_size=2, max_size=STAGE + 1, unique=True).map(tuple)
GIFT: Final = _meant(
    ["gift"],
    user=SENDERS,
    amount=st.integers(1, 4),
    key=KEYS,
    thing=st.sampled_from(sorted(PRICES)),
    to=st.one_of(st.sampled_from([(0,), (0,), (1,)]), _several),
    combo=st.sampled_from(["", "", "x", "y"]),
)
_HOLD: Final = _meant(["hold"], user=_EARNERS, amount=st.integers(1, 20), key=KEYS, by=OPERATORS)
_parts = {"amount": st.integers(3, 30), "key": KEYS, "parts": st.integers(1, 3)}
ANY: Final = st.one_of(
    _meant(_CREDITS, user=_PEOPLE, amount=st.integers(1, 60), key=KEYS, by=OPERATORS),
    GIFT,
    GIFT,
    _meant(["refund", "reverse", "reverse"], number=_NEAR, key=KEYS, by=OPERATORS),
    _HOLD,
    _HOLD,
    _meant(["draw"], amount=st.integers(1, 4), key=KEYS, by=OPERATORS),
    _meant(["settle", "cancel"], number=_NEAR, by=OPERATORS),
    _meant(["fill"], user=SENDERS, **_parts),
    _meant(["offer"], by=OPERATORS, **_parts),
    _meant(["grab"], user=_PEOPLE, number=_NEAR),
    _meant(["freeze", "thaw", "thaw", "thaw"], user=_PEOPLE),
    _meant(["join", "join", "leave", "dismiss"], user=_EARNERS, by=OPERATORS),
)
_large = {"amount": st.integers(60, 130), "key": KEYS, "by": OPERATORS}
LARGE: Final = st.one_of(
    _meant(["buy", "grant", "lend", "spend", "earn"], user=_PEOPLE, **_large),
    _meant(["offer"], parts=st.integers(1, 3), **_large),
)
"""What a second person mostly has to approve."""


def apart(acts: Sequence[Act]) -> Sequence[Act]:
    """Leave out what one may not do at once with something else.

    An envelope is filled where another has just ended; and which agency has a share is read a moment before the wallet
    is locked, so that of two gifts the first need not be the one that was read first.
    """
    if any(act.what == "grab" for act in acts):
        acts = [act for act in acts if act.what not in {"fill", "offer"}]
    members = [act for act in acts if act.what in _MEMBERSHIP]
    if not members:
        return acts
    gifts = [act for act in acts if act.what == "gift"]
    return [act for act in acts if act not in members and act not in gifts] + members[:1] + gifts[:1]
