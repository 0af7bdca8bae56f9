"""Caches hold so many bytes and no more, whatever strangers make up."""

import itertools
import timeit
import tracemalloc
from collections.abc import Callable

import pytest

from liveroom.api.identity import preferred_language
from liveroom.caches import ByteCache, short_cache
from liveroom.http.addresses import host_name, parse_address


def test_what_came_first_goes_first_once_the_bytes_are_too_many() -> None:
    cache: ByteCache[int, str] = ByteCache(100_000)
    for number in range(100):
        cache.put(number, "page", 5_000)
    assert cache.size <= 100_000
    assert [number for number in range(100) if cache.get(number)] == list(range(100 - len(cache), 100))


def test_making_room_in_a_large_cache_costs_what_it_does_in_a_small_one() -> None:
    """A plain dict looks for its first entry among all that have gone: thirty times as long for 16,384 entries."""

    def seconds(entries: int) -> float:
        cache: ByteCache[int, str] = ByteCache(entries * 1000)
        for number in range(entries * 2):
            cache.put(number, "", 488)
        assert len(cache) == entries
        return min(timeit.repeat(lambda: cache.put(next(fresh), "", 488), number=1000, repeat=9))

    fresh = itertools.count(1_000_000)
    assert seconds(16_384) < 6 * seconds(64)


def test_entries_without_content_count_too() -> None:
    cache: ByteCache[int, str] = ByteCache(100_000)
    for number in range(10_000):
        cache.put(number, "", 0)
    assert len(cache) < 200


def test_a_newer_value_takes_the_place_of_the_former() -> None:
    cache: ByteCache[str, str] = ByteCache(100_000)
    for size in (10_000, 500, 7_000):
        cache.put("page", str(size), size)
    assert (cache.get("page"), len(cache)) == ("7000", 1)
    assert cache.size < 8_000


def test_a_value_that_would_push_out_all_others_is_not_kept() -> None:
    cache: ByteCache[str, str] = ByteCache(100_000)
    cache.put("small", "s", 10)
    cache.put("large", "l", 50_000)
    assert (cache.get("small"), cache.get("large")) == ("s", None)


def test_only_short_arguments_are_remembered() -> None:
    asked: list[str] = []

    @short_cache(10, 5)
    def shout(text: str) -> str:
        asked.append(text)
        return text.upper()

    assert [shout(text) for text in ("short", "short", "longer", "longer")] == ["SHORT", "SHORT", "LONGER", "LONGER"]
    assert asked == ["short", "longer", "longer"]


@pytest.mark.parametrize(
    ("ask", "header"),
    [
        (preferred_language, lambda number: f"en;q=0.{number}," * 1000),
        (host_name, lambda number: b"%d.example.com" % number * 1000),
        (parse_address, lambda number: f"::1 {number}" * 1000),
    ],
)
def test_long_headers_of_strangers_leave_nothing(
    ask: Callable[[object], object], header: Callable[[int], object]
) -> None:
    """A thousand values of 14 KB each stayed."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(500):
        ask(header(number))
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 100_000
