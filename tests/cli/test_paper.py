"""`kawaraban paper` against the stand-ins: every way of naming a paper, and the long form of a summary."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.fakes import invented
from tests.support.authors import paper
from tests.support.cli import Result, hurry, kawaraban, online
from tests.support.standins import Claude, Upstream

PAPER = invented.landmark()
SUMMARISED = [record.id for record in invented.days().listing(date(2026, 2, 24))[:3]]
PUBLISHED = ("2506.16054", "2506.09049", "2506.17201")
LABELS = ["**アブストラクト**:", "**要約**:"] + [
    f"{n}. {label}  "
    for n, label in enumerate(("研究の目的と背景", "提案手法の概要", "主な結果と貢献", "将来の研究への示唆"), 1)
]


@pytest.fixture(autouse=True)
def home(empty_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch)
    return tmp_path


def look_up(*arguments: str, upstream: Upstream, claude: Claude | None, home: Path) -> Result:
    return kawaraban("paper", *arguments, environment=online(upstream, claude, home))


@pytest.mark.parametrize(
    "name",
    [
        PAPER.id,
        f"arXiv:{PAPER.id}v2",
        f"https://arxiv.org/abs/{PAPER.id}v1",
        f"https://arxiv.org/pdf/{PAPER.id}.pdf",
        f"arxiv.org/html/{PAPER.id}v1",
        f"https://huggingface.co/papers/{PAPER.id}",
        f"10.48550/arXiv.{PAPER.id}",
        f"https://doi.org/10.48550/arXiv.{PAPER.id}",
        PAPER.title,
        "twinlock halving the queue at canal locks with paired basins",
    ],
)
def test_every_name_leads_to_the_paper(name: str, upstream: Upstream, home: Path) -> None:
    result = look_up(*name.split(), upstream=upstream, claude=None, home=home)

    assert result.status == 0, result.err
    assert result.out.splitlines()[0] == PAPER.title


def test_a_semantic_scholar_address_leads_to_the_paper(upstream: Upstream, home: Path) -> None:
    with urlopen(f"{upstream.url}/graph/v1/paper/arXiv:{PAPER.id}?fields=paperId") as answer:
        name = json.load(answer)["paperId"]

    result = look_up(f"https://www.semanticscholar.org/paper/{name}", upstream=upstream, claude=None, home=home)

    assert result.out.splitlines()[0] == PAPER.title


def test_words_that_fit_several_papers_give_a_choice(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = look_up("lanterns", "-l", "en", upstream=upstream, claude=claude, home=home)

    heading, *rest = result.out.splitlines()
    assert result.status == 0
    assert heading == "There are 8 matches. Run the command again with the reference next to its number."
    names = [match[1] for line in rest if (match := re.match(r"   (arXiv:\S+) · ", line))]
    assert len(names) == len(set(names)) == 8
    assert not claude.log()
    assert look_up(names[0], upstream=upstream, claude=None, home=home).out.splitlines()[0] in rest[0]


@pytest.mark.parametrize("name", ["2602.99999", "cs/0112017", "10.1000/no.such.paper"])
def test_a_paper_that_nobody_knows(name: str, upstream: Upstream, home: Path) -> None:
    result = look_up(name, upstream=upstream, claude=None, home=home)

    assert (result.status, result.out) == (1, "")
    assert result.err == f"No source knows “{name}”. Check the spelling of the ID or title.\n"


def test_a_withdrawn_paper_is_shown_as_such_and_not_summarised(upstream: Upstream, claude: Claude, home: Path) -> None:
    withdrawn = replace(paper(), withdrawn=True)

    async def keep() -> None:
        async with Store.open(sqlite_url(home / "kawaraban.sqlite3")) as store:
            await store.papers.save([withdrawn])

    asyncio.run(keep())

    result = look_up(str(withdrawn.arxiv_id), "-l", "en", upstream=upstream, claude=claude, home=home)

    assert result.status == 0
    assert "This paper was withdrawn by its authors." in result.out
    assert result.err == "The paper was withdrawn, so it is not summarised. Choose another paper.\n"
    assert not claude.log()


def test_a_summary_is_asked_for_once(upstream: Upstream, claude: Claude, home: Path) -> None:
    first = look_up(PAPER.id, upstream=upstream, claude=claude, home=home)
    again = look_up(PAPER.id, "--format", "json", upstream=upstream, claude=claude, home=home)

    found = json.loads(again.out)
    assert len(claude.log()) == 1
    assert found["verified"]
    assert found["summary"].split("。")[0] in first.out


def test_a_summary_that_does_not_pass_leaves_the_honest_card(upstream: Upstream, claude: Claude, home: Path) -> None:
    claude.mode("wrong_numbers")

    result = look_up(PAPER.id, "-l", "en", upstream=upstream, claude=claude, home=home)

    assert result.status == 0
    assert "No verified summary (it failed the check: " in result.out
    assert result.err == "The summary failed the check. Read the paper itself, or try again later.\n"


def structure(block: str) -> list[str]:
    """The lines that make the form: headings, labels, and which lines end in a hard break."""
    kept = []
    for line in block.splitlines():
        if line.startswith("## "):
            kept.append(re.sub(r"v\d+\)$", ")", line))
        elif line.startswith(("**アブ", "**要約")) or re.fullmatch(r"\d\. \S+  ", line):
            kept.append(line)
    return kept


def long_form(name: str, upstream: Upstream, claude: Claude, home: Path) -> str:
    options = ("--style", "detailed", "--format", "markdown", "--language", "ja")
    result = look_up(name, *options, upstream=upstream, claude=claude, home=home)
    assert result.status == 0, result.err
    return result.out


@pytest.mark.parametrize("name", SUMMARISED)
def test_the_long_form_has_its_labels_and_a_text_under_each(
    name: str, upstream: Upstream, claude: Claude, home: Path
) -> None:
    written = long_form(name, upstream, claude, home)

    heading, *labels = structure(written)
    assert heading == f"## [{invented.days().records[name].title}](http://arxiv.org/abs/{name})"
    assert labels == LABELS
    lines = written.splitlines()
    for label in labels:
        assert lines[lines.index(label) + 1]
        assert not lines[lines.index(label) - 1] or label.startswith("1.")


def test_the_long_form_is_that_of_the_published_ones(
    real_upstream: Upstream, claude: Claude, home: Path, shared: Path
) -> None:
    posts = re.split(r"\n---\n+", (shared / "seeds" / "arxiv-yoyaku-2025-06-24.md").read_text())
    for name in PUBLISHED:
        (published,) = [block[block.index("## ") :] for block in posts if f"abs/{name}" in block]
        written = long_form(name, real_upstream, claude, home)

        assert len(structure(published)) == 7
        assert structure(written) == structure(published)
        # Between the headings: the label's text on the next line, a blank line before each section.
        ours, theirs = written.splitlines(), published.splitlines()
        for label in structure(published)[1:]:
            assert ours[ours.index(label) + 1]
            assert not ours[ours.index(label) - 1] or theirs[theirs.index(label) - 1]


def test_similar_papers_and_pages_come_with_the_paper(upstream: Upstream, home: Path) -> None:
    found = json.loads(look_up(PAPER.id, "--format", "json", upstream=upstream, claude=None, home=home).out)
    assert found["links"]["pdf"] == f"https://arxiv.org/pdf/{PAPER.id}"
    assert len(found["similar"]) == 5
    assert found["id"] not in {one["id"] for one in found["similar"]}
    assert len({one["id"] for one in found["similar"]}) == 5
    assert found["similar_failed"] == []
    (asked,) = [one for one in upstream.log("s2") if one["path"].startswith("/recommendations")]
    assert asked["path"].endswith(f"/ARXIV:{PAPER.id}")

    text = look_up(PAPER.id, upstream=upstream, claude=None, home=home).out
    assert found["similar"][0]["title"] in text


def test_a_source_without_an_answer_costs_only_its_own(upstream: Upstream, home: Path) -> None:
    look_up(PAPER.id, upstream=upstream, claude=None, home=home)
    upstream.reset()
    upstream.fault("s2:503:always")
    result = look_up(PAPER.id, "--format", "json", upstream=upstream, claude=None, home=home)
    assert result.status == 0
    assert json.loads(result.out)["similar_failed"] == ["semantic_scholar"]
