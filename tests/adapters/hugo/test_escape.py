"""What Hugo could obey is written as character references, all else as it is, and everything is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hugo import escape
from bot.words import plain
from tests.support.hostile_text import PIECES

wild = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "We reach 97.1% (+3.2) on A/B, i.e. 1.87times; see [1], [2-4] & Sec. 3: p < 0.05, a > b.",
        "First line -- with a dash -- and\n  an indented one\nand a third.",
        'Code: https://Name.github.io/Some-page. It\'s "quoted".',
        "snake_case_name, x_1, ~70% of JavisDiT++ at $5",
        "拡散モデル（DiT）の推論→行動を、1.96倍に高速化した。",
        "C# and F#, a = b, 3 x 4; e.g. pass@1",
        "R & D, AT & T",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escape.block(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<b>", "&lt;b>"),
        ("R&D", "R&amp;D"),
        ("&lt;", "&amp;lt;"),
        ("a*b", "a&ast;b"),
        ("{{< x >}}", "&lbrace;&lbrace;< x >}}"),
        ("{{<x>}}", "&lbrace;&lbrace;&lt;x>}}"),
        ("# h", "&num; h"),
        ("a\n- b", "a\n&#45; b"),
        ("a\n---", "a\n&#45;--"),
        ("a\n===", "a\n&equals;=="),
        ("12. x", "12&period; x"),
        ("    x", "&#32;   x"),
        ("~~~\nx", "&#126;~~\nx"),
        ("~a~", "&#126;a&#126;"),
        ("[x](y)", "&lbrack;x&rbrack;(y)"),
        ("\\*", "&bsol;&ast;"),
        ("\\alpha", "\\alpha"),
        ("a  \nb", "a &#32;\nb"),
        ("www.e.example a@e.example", "www&period;e.example a&commat;e.example"),
        ("ftp://e.example", "ftp&colon;//e.example"),
        ("https://e.example/a?b=1&c=2", "https&colon;//e.example/a?b=1&amp;c=2"),
        ("https://e.example/100%}}", "https&colon;//e.example/100%}}"),
        ("https://e.example:x/", "https&colon;//e.example:x/"),
        (" x\n", "&#32;x&NewLine;"),
        ("a\x00b\u202ec\r\nd", "abc\nd"),
    ],
)
def test_what_could_begin_a_construct_becomes_a_reference(text: str, written: str) -> None:
    assert escape.block(text) == written


def test_a_title_is_one_line_and_ends_no_image() -> None:
    assert (
        escape.line("A [b] #\n## c https://e.example")
        == "A &lbrack;b&rbrack; &num;&NewLine;&num;&num; c https&colon;//e.example"
    )
    assert escape.line("JavisDiT++ in C#") == "JavisDiT++ in C#"
    assert escape.description("~a~ [b]\nc ") == "∼a∼ &lbrack;b&rbrack;&NewLine;c "


def test_names_are_kept_apart_by_commas_and_share_no_mark() -> None:
    assert escape.author("Jane Q. Doe-Roe") == "Jane Q. Doe-Roe"
    assert escape.author("Smith, Jr. ~") == "Smith&comma; Jr. &#126;"


@pytest.mark.parametrize(
    "token", ["HAHAHUGOSHORTCODE1s0HBHB", "HUGOMORE42", "__hdeferred/x__d=", "{{__hugo_ctx pid=1}}"]
)
def test_a_string_that_hugo_searches_for_is_broken_up(token: str) -> None:
    # The references are what Markdown resolves before Hugo searches; the mark between stays.
    resolved = escape.block(f"a {token}").replace("&lowbar;", "_").replace("&lbrace;", "{")
    assert token not in resolved
    assert escape.original(escape.block(token)) == token


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://arxiv.org/abs/2602.99001", "https://arxiv.org/abs/2602.99001"),
        ("https://e.example/(a)?b=1&c=2", "https://e.example/(a)?b=1&c=2"),
        ("https://e.example/)a(?b=1&copy;", "https://e.example/%29a%28?b=1&copy%3B"),
        ("https://e.example/(a", "https://e.example/%28a"),
        ("https://e.example:443/100%/%zz/%28", "https://e.example:443/100%25/%25zz/%28"),
        ("https://e.example:x/", None),
        ("https://[::1/", None),
        ("https://e%zz.example/", None),
        ("javascript:alert(1)", None),
        ("https://e.example/a b", None),
        ("https://e.example/<b>", None),
        ("https://e.example/{{<x>}}", None),
        ("https://e.example/HAHAHUGOSHORTCODE1s0HBHB", None),
        ("", None),
    ],
)
def test_a_link_goes_to_http_or_nowhere(url: str, written: str | None) -> None:
    assert escape.destination(url) == written


@pytest.mark.parametrize("markdown", ["&#0;", "&#9999999;", "&#x110000;", "&nbsp;", "&copy", "a & b", "\\*", "&#;"])
def test_what_is_no_reference_of_ours_stays(markdown: str) -> None:
    assert escape.original(markdown) == markdown


def test_other_spellings_of_references_are_read() -> None:
    assert escape.original("&#x3C;b&#X3e; &quot;&gt;&amp;lt;") == '<b> ">&lt;'


@given(wild)
def test_every_text_comes_back_plain(text: str) -> None:
    for written in (escape.block(text), escape.line(text), escape.author(text)):
        assert escape.original(written) == plain(text)


@given(wild)
def test_a_line_has_no_line_end_and_a_block_no_white_space_around(text: str) -> None:
    assert "\n" not in escape.line(text)
    assert "\n" not in escape.author(text)
    assert escape.block(text) == escape.block(text).strip(" \n")


@given(wild)
def test_no_shortcode_is_ever_written(text: str) -> None:
    for written in (escape.block(text), escape.line(text), escape.author(text)):
        assert "{{" not in written


@pytest.mark.parametrize(
    "text", ["a", "https://e.example/.", ".", ":", ": ", "*", " ", "\n", "[", "~", "&", "a@", "1.", "://"]
)
def test_long_runs_are_read_back(text: str) -> None:
    """A pattern that looks at a run again from each of its characters would not end within hours."""
    run = text * 20_000
    assert escape.original(escape.block(run + "}")) == plain(run + "}")
    assert escape.original(escape.line(run)) == plain(run)
