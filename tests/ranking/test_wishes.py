"""What a channel asked for, found in papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ChannelSettings
from bot.ranking.wishes import NO_MATCH, TEXT_LIMIT, Match, Wishes, fold
from tests.support.ranking_papers import paper


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ((), NO_MATCH),
        (("cs.CV",), NO_MATCH),
        (("cs.CL",), Match(0.6, "cs.CL")),
        (("cs.CL", "cs.CL"), Match(0.6, "cs.CL")),
        (("cs.CV", "cs.CL"), Match(0.2, "cs.CL")),
        (("cs.CL", "cs.LG"), Match(0.8, "cs.CL")),
        (("cs.CV", "cs.LG", "cs.CL"), Match(0.4, "cs.LG")),
        (("cs.CL", "cs.AI", "cs.LG", "stat.ML"), Match(1.0, "cs.CL")),
        (("cs.CLX",), NO_MATCH),
        (("CS.cl",), Match(0.6, "CS.cl")),
    ],
)
def test_topics(categories: tuple[str, ...], expected: Match) -> None:
    wishes = Wishes.of(ChannelSettings(topics=("cs.CL", "cs.AI", "cs.LG", "stat.ml ")))
    found = wishes.topic(categories)
    assert found.subject == expected.subject
    assert found.value == pytest.approx(expected.value)


def test_a_whole_archive_is_a_topic() -> None:
    wishes = Wishes.of(ChannelSettings(topics=("cs", "hep-th")))
    assert wishes.topic(("cs.CV", "stat.ML")) == Match(0.6, "cs.CV")
    assert wishes.topic(("hep-th",)) == Match(0.6, "hep-th")
    assert wishes.topic(("stat.ML", "csx.A")) == NO_MATCH


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("RAG", "Better RAG for everyone", True),
        ("RAG", "rag: a survey", True),
        ("RAG", "Fragments of storage", False),
        ("RAG", "RAG-based", True),
        ("RAG", "ＲＡＧ in full width", True),
        ("LLM", "How LLMs think", True),
        ("RL", "RLS filters", False),  # too short to take an s for a plural
        ("new", "no news", True),  # the price of plurals
        ("world model", "A World\n  Model of cities", True),
        ("chain of thought", "Chain-of-Thought prompting", True),
        ("chain-of-thought", "chain of thought", True),
        ("long context", "long‐context", True),
        ("C++", "fast C++ kernels", True),
        ("C++", "C+", False),
        ("GPT-4", "GPT-4o", False),
        ("GPT-4", "(GPT 4)", True),
        (".*", "anything", False),
        ("(", "an open ( bracket", True),
        ("LLM", "日本語LLMの評価", True),
        ("評価", "日本語LLMの評価手法", True),
        ("LLM評価", "LLM評価の手法", True),
        ("モデル", "大規模言語ﾓﾃﾞﾙ", True),
        ("모델", "언어모델의", True),
        ("straße", "STRASSE", True),
        ("", "anything", False),
        (" - ", "anything - else", False),
        ("\0", "anything", False),
    ],
)
def test_keywords_and_mutes_find_whole_words(keyword: str, text: str, found: bool) -> None:
    wished = Wishes.of(ChannelSettings(keywords=(keyword,)))
    muting = Wishes.of(ChannelSettings(muted_keywords=(keyword,)))
    titled = paper("a", title=text)
    assert wished.keyword(titled) == (Match(1.0, keyword) if found else NO_MATCH)
    assert muting.mutes(titled) is found
    assert muting.mutes(paper("a", abstract=f"We talk. {text}")) is found


@pytest.mark.parametrize(
    ("title", "keywords", "abstract", "expected"),
    [
        ("On agents", (), "", Match(1.0, "agent")),
        ("On x", ("multi-agent system", "y"), "", Match(0.8, "agent")),
        ("On x", (), "An agent acts.", Match(0.4, "agent")),
        ("On agents", ("agent",), "An agent.", Match(1.0, "agent")),
        ("On x", (), "An agent with memory.", Match(0.8, "agent")),
        ("On memory", (), "An agent acts.", Match(1.4, "memory")),
        ("Agents, memory and safety", (), "", Match(1.5, "agent")),
        ("On x", ("world", "model"), "", NO_MATCH),  # no phrase spans two keywords
    ],
)
def test_where_a_keyword_stands_decides(title: str, keywords: tuple[str, ...], abstract: str, expected: Match) -> None:
    wishes = Wishes.of(ChannelSettings(keywords=("agent", "memory", "safety", "world model")))
    found = wishes.keyword(paper("a", title=title, keywords=keywords, abstract=abstract))
    assert found.subject == expected.subject
    assert found.value == pytest.approx(expected.value)


def test_a_keyword_wished_for_twice_counts_once() -> None:
    wishes = Wishes.of(ChannelSettings(keywords=("RAG", "rag", "ＲＡＧ")))
    assert wishes.keyword(paper("a", abstract="RAG.")) == Match(0.4, "RAG")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Ada Lovelace", True),
        ("ADA  lovelace", True),
        ("Ａｄａ Lovelace", True),
        ("Ada Lovelace-Byron", False),
        ("Ada Love", False),
        ("", False),
    ],
)
def test_authors(name: str, found: bool) -> None:
    by = paper("a", authors=("Bo Example", name))
    assert Wishes.of(ChannelSettings(authors=("ada lovelace", ""))).author(by) == (
        Match(1.0, name) if found else NO_MATCH
    )
    assert Wishes.of(ChannelSettings(muted_authors=("ada lovelace", ""))).mutes(by) is found


def test_authors_are_compared_in_one_unicode_form() -> None:
    by = paper("a", authors=("Jose\u0301 N\u0303andu\u0301",))
    assert Wishes.of(ChannelSettings(authors=("José Ñandú",))).author(by).value == 1.0


def test_no_wishes_mute_nothing_and_find_nothing() -> None:
    wishes = Wishes.of(ChannelSettings(topics=()))
    any_paper = paper("a", title="LLM", categories=("cs.CL",), keywords=("LLM",))
    assert not wishes.mutes(any_paper)
    assert (wishes.topic(any_paper.categories), wishes.keyword(any_paper), wishes.author(any_paper)) == (NO_MATCH,) * 3


@given(st.text(), st.text())
def test_any_text_may_be_wished_for_and_looked_at(keyword: str, text: str) -> None:
    settings = ChannelSettings(keywords=(keyword,), muted_keywords=(keyword,), authors=(keyword,), topics=(keyword,))
    wishes = Wishes.of(settings)
    odd = paper("a", title=text, abstract=text, authors=(text,), categories=(text,), keywords=(text,))
    assert wishes.mutes(odd) == (wishes.keyword(odd).value > 0)
    wishes.author(odd)
    wishes.topic(odd.categories)


@given(st.text(alphabet=st.characters(codec="ascii"), min_size=1))
def test_a_keyword_is_found_in_itself(keyword: str) -> None:
    if fold(keyword):
        assert Wishes.of(ChannelSettings(keywords=(keyword,))).keyword(paper("a", abstract=f"So {keyword}.")).value


def test_of_a_giant_abstract_no_more_is_looked_at_than_of_a_long_one() -> None:
    wishes = Wishes.of(ChannelSettings(keywords=("aaab", "lantern"), muted_keywords=("wick",)))
    long, behind = "a" * TEXT_LIMIT, f"{'a' * 5_000_000} lantern wick"
    assert fold(long + behind) == fold(long)
    giant = paper("a", abstract=long + behind)
    assert wishes.keyword(giant) == NO_MATCH
    assert not wishes.mutes(giant)
