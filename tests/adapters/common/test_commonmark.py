"""Text from outside in CommonMark is only read: whatever stands in it, nothing is made of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.common import commonmark
from adapters.common.cutting import cut
from bot.words import one_line, plain
from tests.support.commonmark import tokens, words_of
from tests.support.digests import hostile, urls


@pytest.mark.parametrize(
    "prose",
    [
        "Plain prose, with 97% (or 1.87times) of it: a/b, c+d, e-f; “quoted” – and dashes.",
        "snake_case stays, 5 * 3 stays, x < 5 and <5% stay, AT&T stays, ~20% stays, [1] stays.",
        "線形アテンション（linear attention）は「1.87倍」速い。A_i、$x_1$ と C# も。",
        "Costs $O(n^2)$, email a@b.example, https://ok.example/a_b?c=d#e",
        "1.5B parameters\n2025 was a year\n-5 degrees\n#1 in its class\n+3 points",
        "　段落の字下げ",
    ],
)
def test_ordinary_text_stays_as_it_is(prose: str) -> None:
    assert commonmark.text(prose) == prose


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("**bold** and _it_", r"\*\*bold\*\* and \_it\_"),
        ("a\\b \\% \\", "a\\b \\\\% \\\\"),
        ("# h\n## h\n> q\n>q", "\\# h\n#\\# h\n\\> q\n\\>q"),
        ("- a\n* b\n+ c\n1. d\n22) e", "\\- a\n\\* b\n\\+ c\n1\\. d\n22\\) e"),
        ("---\n===\n___\n|-|-|", "\\---\n\\===\n\\_\\_\\_\n\\|-|-|"),
        ("<b> &amp; &#60; </b> <!-- x", "&lt;b> &amp;amp; &amp;#60; &lt;/b> &lt;!-- x"),
        ("[a](b) [c][d]\n[e]: f", "[a\\](b) [c\\][d]\n[e\\]: f"),
        ("`x` ~~y~~ Table~1", r"\`x\` \~\~y\~\~ Table\~1"),
        ("    code\n\tcode\n\n\n\nend  \nx", "code\ncode\n\nend\nx"),
    ],
)
def test_what_could_be_markup_is_escaped(raw: str, escaped: str) -> None:
    assert commonmark.text(raw) == escaped


@given(hostile)
@example("[a\nb]: /x")
@example("a\n===\nb")
@example("| a |\n|---|")
@example("*a_*b_")
@example("\\\\[x](y)")
@example("[x]\n(y)")
@example("&\\#60;")
def test_any_text_is_paragraphs_of_that_very_text(raw: str) -> None:
    made = commonmark.text(raw)

    kinds = {token.type for token in tokens(made)}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}
    assert words_of(made) == "".join(plain(raw).split())
    assert not re.search(r"<[A-Za-z/!?]", made)


@given(hostile, urls)
@example("[a]", "https://a.example")
@example("a\\", "https://a.example")
@example("![a](b)", "https://a.example")
def test_a_link_is_one_link_or_none(label: str, url: str) -> None:
    made = commonmark.link(label, url)

    links = [token for token in tokens(made) if token.type == "link_open"]
    assert all(str(link.attrs["href"]).lower().startswith(("http://", "https://")) for link in links)
    if made.startswith("[") and links:
        assert len(links) == 1
    assert {token.type for token in tokens(made)} <= {
        "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "link_open", "link_close",
    }  # fmt: skip
    assert words_of(made) == "".join(plain(label).split())


def test_links_lead_to_the_web_alone() -> None:
    assert commonmark.link("t", "javascript:alert(1)") == "t"
    assert commonmark.link("t", "https://user:secret@a.example/") == "t"
    assert commonmark.link("t", "https://a.example/(x)?a=1&copy;=2") == "[t](https://a.example/%28x%29?a=1&amp;copy;=2)"


def test_a_models_bold_stays_bold_and_hides_nothing() -> None:
    assert commonmark.text("新手法**PARO**は**1.9倍**速い。", bold=True) == "新手法**PARO**は**1.9倍**速い。"
    assert "<" not in commonmark.text("**<script>**", bold=True)
    assert commonmark.text("**[a](b)** ** open", bold=True).startswith("\\*\\*")
    assert commonmark.text("**PARO**") == "\\*\\*PARO\\*\\*"


PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}


@given(hostile)
@example("1. a")
@example("www.evil.example")
@example("&lt;!channel&gt;")
@example("===")
def test_a_message_is_that_very_text(raw: str) -> None:
    shown = one_line(raw)
    made = "".join(commonmark.pieces(shown))

    assert {token.type for token in tokens(made)} <= PLAIN
    assert words_of(made) == "".join(shown.split())
    assert not re.search(r"://|[.@:#&<]", re.sub(r"\\.", "", made))  # no address, mention or name of an emoji is left


@given(hostile.map(one_line), st.integers(0, 60))
def test_a_message_can_be_cut_anywhere(shown: str, room: int) -> None:
    made = cut(commonmark.pieces(shown), room)

    assert {token.type for token in tokens(made)} <= PLAIN
    seen = words_of(made)
    if seen != "".join(shown.split()):
        assert seen.endswith("…") or not room
        assert "".join(shown.split()).startswith(seen.removesuffix("…"))


@pytest.mark.parametrize(
    ("prose", "written"),
    [
        ("See https://e.example/a and WWW.e.example.", r"See https\://e.example/a and WWW\.e.example."),
        (r"A \https://e.example", r"A \https\://e.example"),
        ("Mail a@e.example, says @octocat.", "Mail a@\u2060e.example, says @\u2060octocat."),
        ("5 @ 3, pass@k", "5 @ 3, pass@\u2060k"),
    ],
)
def test_github_makes_no_links_and_mentions_nobody(prose: str, written: str) -> None:
    assert commonmark.unlinked(prose) == written
    assert commonmark.link(prose, "https://ok.example", bare=False) == f"[{written}](https://ok.example)"
    shown = "".join(token.content for token in tokens(written) if token.type in ("text", "text_special"))
    assert "".join(shown.split()).replace("\u2060", "") == "".join(prose.split())
