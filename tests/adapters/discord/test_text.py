"""Text in Discord's Markdown: read back as it was, and never longer than it may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.cutting import units
from adapters.discord.text import clip, clip_plain, escaped, masked_address, title_line
from bot.words import one_line, plain
from tests.support.digests import hostile, urls
from tests.support.discord_reading import read


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("瓦版", 2), ("👍", 2), ("👩‍👩‍👧", 8), ("a\u0301", 2)]
)
def test_lengths_are_in_utf16_units(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "text",
    [
        "**b** __u__ ~~s~~ ||x|| `c` _i_ *i*",
        "# head",
        "-# small",
        "> quote",
        "- item",
        "12. item",
        "1) item",
        "[x](https://evil.example)",
        "https://evil.example/a",
        "<https://evil.example>",
        "@everyone <@123> <#1> <@&2> </x:3> <t:1:R> <:a:1> :smile:",
        "\\*x\\*",
        "a\n# b\n1. c",
    ],
)
def test_escaped_text_is_read_as_it_is(text: str) -> None:
    seen = read(escaped(text))
    assert (seen.text, seen.links, seen.alive) == (text, [], [])


@given(hostile.map(plain))
def test_any_text_is_read_as_it_is(text: str) -> None:
    seen = read(escaped(text))
    assert (seen.text, seen.links, seen.alive) == (text, [], [])


@given(hostile.map(one_line), st.integers(0, 60))
def test_a_cut_text_fits_and_is_the_beginning(text: str, room: int) -> None:
    for cut, seen in ((clip(text, room), read(clip(text, room)).text), (clip_plain(text, room), None)):
        shown = cut if seen is None else seen
        assert units(cut) <= room
        if shown != text:
            assert not room or shown.endswith("…")
            assert text.startswith(shown.removesuffix("…"))


def test_a_cut_leaves_no_joiner_and_no_backslash_behind() -> None:
    assert clip("👩‍👩‍👧", 5) == "👩…"
    assert clip("ab****", 6) == "ab\\*…"
    assert clip("****", 2) == "…"
    assert clip("ab", 2) == "ab"
    assert clip("ab", 0) == ""


@pytest.mark.parametrize(
    ("url", "stands"),
    [
        ("https://arxiv.org/abs/2602.00001", True),
        ("https://doi.example/10.1016/S0140(20)30183-5", True),
        ("https://a.example/(x)[y]?q=1&copy;=2*_~", True),
        ("https://a.example/x)y", False),
        ("https://a.example/((x))", False),
        ("javascript:alert(1)", False),
        ("https://a.example/ b", False),
        ("", False),
    ],
)
def test_an_address_stands_in_a_link_only_where_it_ends_where_it_should(url: str, stands: bool) -> None:
    assert (masked_address(url) == url) is stands
    line = title_line("A title", url, "link", 400)
    assert read(line).links == ([url] if stands else [])
    assert read(line).text == "A title"


def test_a_title_with_brackets_has_its_link_behind_it() -> None:
    seen = read(title_line("[Re] Woodblocks ]( [x](https://evil.example)", "https://arxiv.org/abs/1", "リンク", 400))
    assert seen.text == "[Re] Woodblocks ]( [x](https://evil.example) リンク"
    assert seen.links == ["https://arxiv.org/abs/1"]


@given(hostile, urls, st.integers(40, 600))
def test_a_title_opens_its_address_or_nothing(title: str, url: str, room: int) -> None:
    line = title_line(title, url, "link", room)
    seen = read(line)
    assert units(line) <= room
    assert {*seen.links} <= {url}
    assert seen.alive == []


@pytest.mark.parametrize("end", ["](https://evil.example)", "]](https://evil.example)", "] ](https://evil.example)"])
def test_no_text_takes_over_a_link_of_ours_above_it(end: str) -> None:
    """Clients look for the end of a link's label as far as the next bracket, across lines."""
    shown = read(f"[Ours](https://ours.example)\n{escaped(f'word {end} word')}\n[Ours](https://ours.example)")
    assert shown.links == ["https://ours.example"] * 2
    assert end in shown.text
