"""`kawaraban paper` against the stand-ins: every way of naming a paper, and the long form of a summary."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.support.authors import paper
from tests.support.cli import Result, hurry, kawaraban, online
from tests.support.standins import Claude, Upstream

TITLE = "DualPath: Breaking the Storage Bandwidth Bottleneck in Agentic LLM Inference"
SUMMARISED = ("2506.16054", "2506.09049", "2506.17201")


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
        "2602.21548",
        "arXiv:2602.21548v2",
        "https://arxiv.org/abs/2602.21548v1",
        "https://arxiv.org/pdf/2602.21548.pdf",
        "arxiv.org/html/2602.21548v1",
        "https://huggingface.co/papers/2602.21548",
        "10.48550/arXiv.2602.21548",
        "https://doi.org/10.48550/arXiv.2602.21548",
        TITLE,
        "dualpath breaking the storage bandwidth bottleneck in agentic llm inference",
    ],
)
def test_every_name_leads_to_the_paper(name: str, upstream: Upstream, home: Path) -> None:
    result = look_up(*name.split(), upstream=upstream, claude=None, home=home)

    assert result.status == 0, result.err
    assert result.out.splitlines()[0] == TITLE


def test_a_semantic_scholar_address_leads_to_the_paper(upstream: Upstream, home: Path) -> None:
    with urlopen(f"{upstream.url}/graph/v1/paper/arXiv:2602.21548?fields=paperId") as answer:
        name = json.load(answer)["paperId"]

    result = look_up(f"https://www.semanticscholar.org/paper/{name}", upstream=upstream, claude=None, home=home)

    assert result.out.splitlines()[0] == TITLE


def test_words_that_fit_several_papers_give_a_choice(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = look_up("agents", "-l", "en", upstream=upstream, claude=claude, home=home)

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
    first = look_up("2602.21548", upstream=upstream, claude=claude, home=home)
    again = look_up("2602.21548", "--format", "json", upstream=upstream, claude=claude, home=home)

    found = json.loads(again.out)
    assert len(claude.log()) == 1
    assert found["verified"]
    assert found["summary"].split("。")[0] in first.out


def test_a_summary_that_does_not_pass_leaves_the_honest_card(upstream: Upstream, claude: Claude, home: Path) -> None:
    claude.mode("wrong_numbers")

    result = look_up("2602.21548", "-l", "en", upstream=upstream, claude=claude, home=home)

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


@pytest.mark.parametrize("name", SUMMARISED)
def test_the_long_form_is_that_of_the_published_one(
    name: str, upstream: Upstream, claude: Claude, home: Path, shared: Path
) -> None:
    seed = (shared / "seeds" / "arxiv-yoyaku-2025-06-24.md").read_text()
    (published,) = [block for block in re.split(r"\n---\n+", seed) if f"abs/{name}" in block]
    published = published[published.index("## ") :]

    options = ("--style", "detailed", "--format", "markdown", "--language", "ja")
    result = look_up(name, *options, upstream=upstream, claude=claude, home=home)

    assert result.status == 0, result.err
    assert len(structure(published)) == 7
    assert structure(result.out) == structure(published)
    # Between the headings: the label's text on the next line, a blank line before each section.
    ours, theirs = result.out.splitlines(), published.splitlines()
    for label in structure(published)[1:]:
        assert ours[ours.index(label) + 1]
        assert not ours[ours.index(label) - 1] or theirs[theirs.index(label) - 1]
