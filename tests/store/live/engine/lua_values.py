"""Generated values of Lua, each as the text that makes it."""

import math

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"a", b"\xff\xfe", b"x" * 31, b"x" * 32, b"y" * 255, b"y" * 256, b"z" * 70_000]),
)
NUMBERS = st.one_of(
    st.integers(-40, 300),
    st.integers(0, 63).flatmap(lambda bits: st.integers(-3, 3).map(lambda near: 2**bits + near)),
    st.integers(0, 63).flatmap(lambda bits: st.integers(-3, 3).map(lambda near: -(2**bits) + near)),
    st.floats(),
    st.sampled_from([0.5, 1.5, -2.75, 0.1, 1e300, 1764395123456, 1764395123456.5]),
)
ANSWERED = st.one_of(st.integers(-(2**53), 2**53), st.sampled_from([0.5, 1.5, -2.75, 0.1, 1764395123456.5]))
"""Those that fit into an answer, which has no fraction."""


def number(value: float) -> str:
    """Return a number as Lua reads it."""
    if math.isnan(value):
        return "(0/0)"
    if math.isinf(value):
        return "math.huge" if value > 0 else "(-math.huge)"
    return f"({value:.17g})"


def text(value: bytes) -> str:
    """Return a string as Lua reads it."""
    return '"' + "".join(f"\\{byte:03}" for byte in value) + '"'


def values(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[str]:
    """Return values with these numbers in them; a table has at most one key whose place is not known."""
    plain = st.one_of(st.sampled_from(["nil", "true", "false", "{}"]), numbers.map(number), TEXTS.map(text))
    return st.recursive(plain, _tables, max_leaves=12)


def _tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, max_size=5).map(lambda items: "{" + ", ".join(items) + "}"),
        st.tuples(TEXTS.map(text), inner).map(lambda pair: f"{{[{pair[0]}] = {pair[1]}}}"),
        st.tuples(st.integers(-1, 4), inner).map(lambda pair: f"{{[{pair[0]}] = {pair[1]}}}"),
        st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}, n = {pair[1]}}}"),
    )
