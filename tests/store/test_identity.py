"""Which stored paper an arriving one is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.models import Paper, PaperId
from bot.store.identity import StoredPaper, same_paper, telling_keys
from tests.support.stores import NOW, graph_paper, paper
from tests.support.strategies import papers


def stored_paper(name: str, arxiv_id: str | None = None, *, hours: int = 0) -> StoredPaper:
    return StoredPaper(PaperId.parse(name), arxiv_id, NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("of", "owners", "expected"),
    [
        pytest.param(graph_paper("a"), [], [], id="nobody has its keys"),
        pytest.param(graph_paper("a"), ["old:1"], ["old:1"], id="one has"),
        pytest.param(graph_paper("a"), ["young:1", "old:2"], ["old:2", "young:1"], id="the first stored comes first"),
        pytest.param(paper(1), ["graph:1"], ["graph:1"], id="no arXiv id does not contradict one"),
        pytest.param(paper(1), ["other:1"], [], id="another arXiv id does"),
        pytest.param(graph_paper("a"), ["one:1", "other:1"], ["one:1"], id="the strongest owner's arXiv id decides"),
        pytest.param(graph_paper("a"), ["one:1", "one:1"], ["one:1"], id="an owner of several keys is one"),
    ],
)
def test_same_paper(of: Paper, owners: list[str], expected: list[str]) -> None:
    stored = {
        "old:1": stored_paper("old:1"),
        "old:2": stored_paper("old:2"),
        "young:1": stored_paper("young:1", hours=1),
        "graph:1": stored_paper("graph:1"),
        "one:1": stored_paper("one:1", "3105.00001", hours=1),
        "other:1": stored_paper("other:1", "3105.00009"),
    }
    assert [str(one.id) for one in same_paper(of, [stored[name] for name in owners])] == expected


def test_a_paper_is_itself_even_with_a_new_arxiv_id() -> None:
    changed = replace(paper(1), arxiv_id="3105.77777")
    itself = StoredPaper(changed.id, "3105.00001", NOW)
    assert same_paper(changed, [itself]) == (itself,)


def test_ties_go_to_the_smaller_id() -> None:
    owners = [stored_paper("b:1"), stored_paper("a:1")]
    assert [str(one.id) for one in same_paper(graph_paper("x"), owners)] == ["a:1", "b:1"]


@pytest.mark.parametrize(
    ("title", "tells"),
    [("Introduction", True), ("Intro", False), ("…!", False), ("", False), ("紙の提灯の重さを量る十二字", True)],
)
def test_short_titles_tell_nothing(title: str, tells: bool) -> None:
    keys = telling_keys(replace(paper(1), title=title))
    assert (str(PaperId.title(title)) in keys) is tells
    assert keys[0] == "arxiv:3105.00001"


def test_a_paper_with_nothing_but_a_short_title_keeps_that_key() -> None:
    only = replace(graph_paper("a"), id=PaperId.title("Brief"), title="Brief", s2_id=None)
    assert telling_keys(only) == (str(PaperId.title("Brief")),)


@given(papers)
def test_the_id_is_always_the_first_key(one: Paper) -> None:
    assert telling_keys(one)[0] == str(one.id)
