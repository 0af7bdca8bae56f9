"""Commands on sorted sets."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.lists import ranks
from liveroom.store.live.engine.sorted_set import Admission, SortedSet
from liveroom.store.live.engine.words import (
    SYNTAX,
    WRONG_TYPE,
    Item,
    ReplyError,
    integer,
    least_score,
    score,
    score_after,
    text,
    written_score,
)

_NOT_A_NAME: Final = "ERR min or max not valid string range item"


class SortedSets:
    """Sorted sets: members and their scores."""

    __slots__ = ("_data", "_keys")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data

    # --- members ---------------------------------------------------------------------------------------------------

    def zadd(self, key: bytes, *words: Any) -> int:
        """ZADD, with GT or LT: return how many members are new."""
        if len(words) == 2:
            number, member = score(words[0]), text(words[1])
            members = self._made(key)
            is_new = member not in members.scores
            members.put(member, number)
            return int(is_new)
        option = words[0] if words and words[0] in (b"GT", b"LT") else None
        pairs = words[1:] if option else words
        if not pairs or len(pairs) % 2:
            raise ReplyError(SYNTAX)
        scores = [score(number) for number in pairs[::2]]
        members = self._made(key)
        known, before = members.scores, len(members.scores)
        for number, name in zip(scores, pairs[1::2], strict=True):
            member = text(name)
            if option is None or member not in known or (number > known[member]) == (option == b"GT"):
                members.put(member, number)
        return len(known) - before

    def _made(self, key: bytes) -> SortedSet:
        members = self._data.get(key)
        if type(members) is SortedSet:
            return members
        if members is not None:
            raise ReplyError(WRONG_TYPE)
        members = self._data[key] = SortedSet()
        return members

    def zrem(self, key: bytes, first: Any, *more: Any) -> int:
        """ZREM: return how many members were there."""
        members = self._data.get(key)
        if type(members) is not SortedSet:
            if members is not None:
                raise ReplyError(WRONG_TYPE)
            return 0
        gone = int(members.remove(text(first)))
        for name in more:
            gone += members.remove(text(name))
        if not members.scores:
            self._keys.remove(key)
        return gone

    def zcard(self, key: bytes) -> int:
        """ZCARD."""
        return len(self._read(key).scores)

    def zscore(self, key: bytes, member: Any) -> Item:
        """ZSCORE."""
        found = self._read(key).scores.get(text(member))
        return False if found is None else written_score(found)

    def zmscore(self, key: bytes, first: Any, *more: Any) -> tuple[Item, ...]:
        """ZMSCORE."""
        return tuple(self.zscore(key, member) for member in (first, *more))

    # --- ranges ----------------------------------------------------------------------------------------------------

    def zrange(self, key: bytes, first: Any, last: Any, *options: Any) -> tuple[bytes, ...]:
        """ZRANGE by rank, with WITHSCORES."""
        begin, end = integer(first), integer(last)
        with_scores, _ = _read_options(options)
        members = self._read(key)
        return _answer(members.between(*ranks(begin, end, len(members))), with_scores)

    def zrangebyscore(self, key: bytes, least: Any, most: Any, *options: Any) -> tuple[bytes, ...]:
        """ZRANGEBYSCORE, with WITHSCORES and LIMIT."""
        begin, end = least_score(least), score_after(most)
        with_scores, limit = _read_options(options)
        members = self._read(key)
        first, after = members.rank_of_score(begin), members.rank_of_score(end)
        return _answer(members.between(*_limited(first, after, limit)), with_scores)

    def zrevrangebyscore(self, key: bytes, most: Any, least: Any, *options: Any) -> tuple[bytes, ...]:
        """ZREVRANGEBYSCORE, with WITHSCORES and LIMIT."""
        begin, end = least_score(least), score_after(most)
        with_scores, limit = _read_options(options)
        members = self._read(key)
        first, after = members.rank_of_score(begin), members.rank_of_score(end)
        return _answer(members.backwards(*_limited_from_end(first, after, limit)), with_scores)

    def zrevrangebylex(self, key: bytes, last: Any, first: Any, *options: Any) -> tuple[bytes, ...]:
        """ZREVRANGEBYLEX, with LIMIT, where all members have the same score."""
        upper, lower = text(last), text(first)
        _check_name(upper)
        _check_name(lower)
        _, limit = _read_options(options)
        members = self._read(key)
        if not members.scores:
            return ()
        begin, end = _rank(members, lower, after=b"("), _rank(members, upper, after=b"[")
        return _answer(members.backwards(*_limited_from_end(begin, end, limit)), with_scores=False)

    def zcount(self, key: bytes, least: Any, most: Any) -> int:
        """ZCOUNT."""
        begin, end = least_score(least), score_after(most)
        members = self._read(key)
        return max(members.rank_of_score(end) - members.rank_of_score(begin), 0) if members.scores else 0

    def zremrangebyrank(self, key: bytes, first: Any, last: Any) -> int:
        """ZREMRANGEBYRANK: return how many members were there."""
        begin, end = integer(first), integer(last)
        members = self._read(key)
        return self._remove(key, members.between(*ranks(begin, end, len(members))))

    def zremrangebyscore(self, key: bytes, least: Any, most: Any) -> int:
        """ZREMRANGEBYSCORE: return how many members were there."""
        begin, end = least_score(least), score_after(most)
        members = self._read(key)
        return self._remove(key, members.between(members.rank_of_score(begin), members.rank_of_score(end)))

    def _remove(self, key: bytes, entries: Sequence[Admission]) -> int:
        return self.zrem(key, *[member for _, member in entries]) if entries else 0

    def _read(self, key: bytes) -> SortedSet:
        members = self._data.get(key)
        if type(members) is SortedSet:
            return members
        if members is None:
            return _NOTHING
        raise ReplyError(WRONG_TYPE)


_NOTHING: Final = SortedSet()


def _read_options(options: Sequence[Any]) -> tuple[bool, tuple[int, int] | None]:
    """Return whether scores are asked for, and the offset and number of a limit."""
    with_scores, limit = False, None
    words = iter(options)
    for option in words:
        name = text(option).upper()
        if name == b"WITHSCORES":
            with_scores = True
        elif name == b"LIMIT" and len(asked := list(islice(words, 2))) == 2:
            limit = integer(asked[0]), integer(asked[1])
        else:
            raise ReplyError(SYNTAX)
    return with_scores, limit


def _limited(first: int, after: int, limit: tuple[int, int] | None) -> tuple[int, int]:
    """Return what a limit leaves of a range. A number below 0 is no limit; an offset below 0 leaves nothing."""
    if limit is None:
        return first, max(after, first)
    offset, number = limit
    if offset < 0 or number == 0:
        return first, first
    begin = min(first + offset, max(after, first))
    return begin, max(min(after, begin + number) if number > 0 else after, begin)


def _limited_from_end(first: int, after: int, limit: tuple[int, int] | None) -> tuple[int, int]:
    """Return the same of a range that is read backwards."""
    begin, end = _limited(-after, -first, limit)
    return -end, -begin


def _answer(entries: Iterable[Admission], with_scores: bool) -> tuple[bytes, ...]:
    if with_scores:
        return tuple([word for number, member in entries for word in (member, written_score(number))])
    return tuple([member for _, member in entries])


def _check_name(bound: bytes) -> None:
    if bound not in (b"-", b"+") and bound[:1] not in (b"[", b"("):
        raise ReplyError(_NOT_A_NAME)


def _rank(members: SortedSet, bound: bytes, *, after: bytes) -> int:
    """Return how many members lie before a bound; ``after``: the sign by which that name itself lies before it."""
    if bound == b"-":
        return 0
    if bound == b"+":
        return len(members)
    name = bound[1:]
    return members.rank_of_member(name + b"\0" if bound[:1] == after else name)
