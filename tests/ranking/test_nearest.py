"""The vectors that are closest to one, whatever else is among them."""

from array import array

import pytest

from bot.ranking.nearest import nearest


def floats(*values: float) -> bytes:
    return array("f", values).tobytes()


def test_the_closest_come_first_and_distant_ones_not_at_all() -> None:
    others = {"far": floats(-1, 1), "near": floats(2, 1), "nearest": floats(5, 1), "across": floats(0, 3)}

    assert nearest(floats(1, 0), others, 5) == ["nearest", "near"]
    assert nearest(floats(1, 0), others, 1) == ["nearest"]


@pytest.mark.parametrize("odd", [floats(0, 0), floats(float("nan"), 1), floats(float("inf"), 1), floats(1), b""])
def test_what_has_no_direction_is_never_close(odd: bytes) -> None:
    assert nearest(floats(1, 0), {"odd": odd, "near": floats(1, 0)}, 5) == ["near"]
    assert nearest(odd, {"near": floats(1, 0)}, 5) == []


def test_equally_close_ones_keep_their_order() -> None:
    assert nearest(floats(1, 0), {n: floats(1, 0) for n in "cab"}, 2) == ["c", "a"]
