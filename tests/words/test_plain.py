"""Text from outside made harmless to look at."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from bot.models import normalised_title
from bot.words import one_line, plain, readable_line, web_link, without_bold
from tests.support.digests import hostile, urls

EMOJI = "❤\ufe0f 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈 👍🏽 👨\u200d👩\u200d👧"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("plain text, 要約。\nnext", "plain text, 要約。\nnext"),
        ("\x1b[31mred\x1b[0m \x9b1mbold", "red bold"),
        ("\x1b]8;;http://evil.example\x07here\x1b]8;;\x07", "here"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x1b]52;c;unended\nnext line", "\nnext line"),
        ("\x1bPdevice\x1b\\x\x1bcy\x1b(Bz", "xyz"),
        ("a\x1b", "a"),
        ("a\r\nb\rc\u2028d\x85e\x0cf", "a\nb\nc\nd\ne\nf"),
        ("a\tb\x00\x07\x7fc", "a bc"),
        ("\u202eevil\u202c \u200bzero\ufeff \u2066x\u2069 \U000e0041", "evil zero x "),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        ("lone \ud800", "lone \ufffd"),
        ("a\u00adb\u034fc\u115fd\u1160e\u3164f\uffa0g\u180eh\u2062i\U000e0100j\U0001d173k", "abcdefghijk"),
        ("x\ufe0f y\u200dz \u200cw", "x yz w"),
        ("\u2800a\u2800\u2800b", " a  b"),
        ("Z\u0351\u036b\u0313\u036a\u0302\u036b\u033d", "Z\u0351\u036b\u0313\u036a"),
        ("\u0301\u0301 \u0301a", " a"),
        ("葛\U000e0100飾区 葛\U000e0101\U000e0102城", "葛\U000e0100飾区 葛\U000e0101城"),
        (EMOJI, EMOJI),
        (ENGLAND, ENGLAND),
        ("🏴\U000e0067\U000e0068\U000e007f", "🏴"),
        ("क्\u200dष ﷽ \u06dd1", "क्\u200dष ﷽ \u06dd1"),
        ("\U0001fae8 \U0001f9af", "\U0001fae8 \U0001f9af"),  # newer than this Python's Unicode
    ],
)
def test_what_steers_or_hides_is_gone(raw: str, cleaned: str) -> None:
    assert plain(raw) == cleaned


def test_one_line_joins_what_white_space_parts() -> None:
    assert one_line("  a\n\n b\t\u3000c ") == "a b c"


@pytest.mark.parametrize(
    "unseen",
    ["\u3164", "\u115f\u1160 \uffa0", "\u034f\u00ad", "\u0301\u0302", "\U000e0100", "\u2800", "\u202e\ufeff"],
)
def test_a_line_of_nothing_visible_is_empty(unseen: str) -> None:
    assert one_line(unseen) == ""
    assert readable_line(unseen) == ""
    assert normalised_title(unseen) == ""


@given(hostile)
def test_nothing_that_steers_is_left(raw: str) -> None:
    cleaned = plain(raw)

    assert {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs"} <= ({"Cc"} if "\n" in cleaned else set())
    assert set("\x1b\x9b\x07\u202e\u200b") & set(cleaned) == set()
    assert plain(cleaned) == cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    "url",
    ["https://arxiv.org/abs/2602.00001", "http://a.example", "HTTPS://a.example:8080/x?y=z#w", "https://a.example/(x)"],
)
def test_web_addresses_are_links(url: str) -> None:
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "//a.example",
        "https://",
        "https://user:secret@a.example/",
        "https://a.example/ b",
        "https://a.example/\x1b[31m",
        "https://a.example/\u202e",
        'https://a.example/"onclick="x',
        "https://a.example/<script>",
        "https://a.example\\@b.example",
        " https://a.example",
        "https://a.example\n",
    ],
)
def test_anything_else_is_none(url: str) -> None:
    assert web_link(url) is None


@given(urls)
def test_a_link_is_printable_and_goes_to_the_web(url: str) -> None:
    link = web_link(url)

    assert link is None or (link == url and link.isprintable() and link.lower().startswith(("http://", "https://")))


def test_bold_without_its_asterisks() -> None:
    assert without_bold("**PARO**は**1.9倍**、2 ** 3 は8。") == "PAROは1.9倍、2 ** 3 は8。"
