"""arXiv's categories: the list, spellings, aliases, and what a near miss was meant to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.offers import TOPICS
from bot.models import ChannelSettings
from bot.models.categories import ARCHIVES, CATEGORIES, category, covers, suggestion


def test_the_list_is_arxiv_s() -> None:
    sizes = {archive: sum(covers(archive, one) for one in CATEGORIES) for archive in ARCHIVES}
    assert sizes == {
        "cs": 38, "stat": 5, "eess": 4, "math": 30, "econ": 3, "q-bio": 10, "q-fin": 8, "physics": 22, "cond-mat": 9,
        "astro-ph": 6, "nlin": 5,
    }  # fmt: skip
    assert len(CATEGORIES) == sum(sizes.values()) + 9
    assert (CATEGORIES["cs.AI"], CATEGORIES["quant-ph"]) == ("Artificial Intelligence", "Quantum Physics")
    assert all(name.strip() == name and name for name in (*CATEGORIES.values(), *ARCHIVES.values()))


@pytest.mark.parametrize("one", [*CATEGORIES, *ARCHIVES])
def test_every_category_and_archive_is_itself_in_any_spelling(one: str) -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in one)
    for typed in (one, one.upper(), one.lower(), full_width, f" {one} ", f"cat:{one}", f"[{one}]", f"{one}."):
        assert category(typed) == suggestion(typed) == one


def test_what_is_offered_and_usual_is_in_the_list() -> None:
    assert [one for one in TOPICS if one not in CATEGORIES] == []
    assert set(ChannelSettings().topics) <= set(CATEGORIES)


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("cs.SY", "eess.SY"),
        ("cs.NA", "math.NA"),
        ("math.IT", "cs.IT"),
        ("math.MP", "math-ph"),
        ("stat.TH", "math.ST"),
        ("q-fin.EC", "econ.GN"),
        ("cmp-lg", "cs.CL"),
        ("CMP-LG", "cs.CL"),
        ("alg-geom", "math.AG"),
        ("chao-dyn", "nlin.CD"),
        ("cs.*", "cs"),
    ],
)
def test_an_alias_is_the_name_in_use(old: str, name: str) -> None:
    assert category(old) == name


@pytest.mark.parametrize(
    "text",
    ["", " ", "AI", "cs.XX", "cs.AI.LG", "csAI", "test", "hep", "人工知能", "cs.CL) OR (cat:x", "*", "5", "<script>"],
)
def test_anything_else_is_none(text: str) -> None:
    assert category(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("AI", "cs.AI"),
        ("ai", "cs.AI"),
        ("ＡＩ", "cs.AI"),
        (".ai", "cs.AI"),
        ("CL", "cs.CL"),
        ("CV", "cs.CV"),
        ("LG", "cs.LG"),
        ("ML", "stat.ML"),
        ("RO", "cs.RO"),
        ("SY", "eess.SY"),
        ("str-el", "cond-mat.str-el"),
        ("csAI", "cs.AI"),
        ("cs-AI", "cs.AI"),
        ("cs_CL", "cs.CL"),
        ("cs/LG", "cs.LG"),
        ("hepth", "hep-th"),
        ("cs.IA", "cs.AI"),
        ("cs.A1", "cs.AI"),
        ("stat.AI", "cs.AI"),
        ("cs.NLP", "cs.CL"),
        ("NLP", "cs.CL"),
        ("robotics", "cs.RO"),
        ("Robotics", "cs.RO"),
        ("vision", "cs.CV"),
        ("machine learning", "cs.LG"),
        ("information retrieval", "cs.IR"),
        ("statistics", "stat"),
        ("speech", "eess.AS"),
        ("physics.optic", "physics.optics"),
        ("cond-mat.strel", "cond-mat.str-el"),
    ],
)
def test_a_near_miss_has_a_suggestion(typed: str, meant: str) -> None:
    assert category(typed) is None
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "?", "5", "a", "the", "foo", "cs.XX", "math.ZZ", "xyzzy", "<script>", "人工知能"]
)
def test_a_far_miss_has_none(typed: str) -> None:
    assert suggestion(typed) is None


@given(st.text(max_size=200))
def test_a_suggestion_is_always_a_category(typed: str) -> None:
    assert suggestion(typed) in {None, *CATEGORIES, *ARCHIVES}
