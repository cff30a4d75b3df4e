"""What a cache keeps: the values that were put or asked for last, and none beyond its age."""

from __future__ import annotations

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.caches import Cache


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(cache: Cache[str, int], names: str) -> str:
    """Those of the names that have a value, asked for from the left to the right."""
    return "".join(name for name in names if name in cache)


def test_the_oldest_goes_first() -> None:
    cache: Cache[str, int] = Cache(2)
    for number, name in enumerate("abc"):
        cache.put(name, number)

    assert len(cache) == 2
    assert kept(cache, "abc") == "bc"


def test_what_is_put_again_is_the_newest() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    cache.put("c", 4)

    assert kept(cache, "abc") == "ac"
    assert cache.get("a") == 3


def test_what_is_asked_for_stays() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)

    assert kept(cache, "abc") == "ac"


def test_a_value_lives_as_long_as_it_was_given(clock: Clock) -> None:
    cache: Cache[str, int] = Cache(9, 60.0, now=clock)
    cache.put("a", 1)
    clock.seconds = 59.9
    assert cache.get("a") == 1
    clock.seconds = 60.0

    assert cache.get("a") is None
    assert len(cache) == 0


def test_putting_it_again_makes_it_younger_and_asking_does_not(clock: Clock) -> None:
    cache: Cache[str, int] = Cache(9, 60.0, now=clock)
    cache.put("a", 1)
    cache.put("b", 1)
    clock.seconds = 40.0
    cache.put("a", 2)
    assert cache.get("b") == 1
    clock.seconds = 70.0

    assert (cache.get("a"), cache.get("b")) == (2, None)


def test_forgetting() -> None:
    cache: Cache[str, int] = Cache(9)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.forget("a")
    cache.forget("never there")
    assert kept(cache, "ab") == "b"
    cache.clear()

    assert len(cache) == 0


@given(st.integers(1, 4), st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=40))
def test_it_keeps_what_was_used_last(size: int, steps: list[tuple[str, bool]]) -> None:
    cache: Cache[str, int] = Cache(size)
    used: OrderedDict[str, None] = OrderedDict()
    for name, put in steps:
        if put:
            cache.put(name, 1)
            used[name] = None
        elif name in cache:
            assert name in used
        if name in used:
            used.move_to_end(name)
        while len(used) > size:
            used.popitem(last=False)

        assert len(cache) == len(used)

    assert {name for name in "abcdef" if name in cache} == set(used)
