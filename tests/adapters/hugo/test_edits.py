"""Posts that people edited by hand are never written over; posts as we wrote them are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.hugo.platform import HugoPlatform, write
from adapters.hugo.render import Math, render
from bot.errors import OutputError, PermanentError
from bot.models import Digest, Entry, Excerpt, Failure, MessageRef, Origin, Page
from bot.summaries.excerpt import excerpt
from bot.words import words_for
from tests.support.hugo_site import SUMMARIES, digest, entry, paper

LANGUAGES = ("ja", "en")
TEX = r"We fold $\ell_1$ pages -- twice -- and gain 94.5\% on $\mathcal{O}(n)$ tasks. More follows."


def as_first_written(language: str) -> Digest:
    """Return a digest whose second paper has a summary and whose others lack one, as `run` writes it at first."""
    tldr = paper(1, tldr="It folds *twice*.", abstract=TEX)
    plain = paper(3, abstract=TEX)
    return digest(
        Entry(1, tldr, 0.0, (), failure=Failure("model.no_key"), excerpt=excerpt(tldr)),
        entry(2, language, abstract=TEX),
        Entry(3, plain, 0.0, (), failure=Failure("summary.unverified"), excerpt=excerpt(plain)),
        Entry(4, paper(4, abstract=""), 0.0, (), failure=Failure("model.budget")),
        language=language,
    )


def completed(first: Digest) -> Digest:
    """Return the digest once all its summaries have come."""
    complete = tuple(
        replace(one, summary=entry(one.rank, first.language).summary, failure=None, excerpt=None)
        for one in first.entries
    )
    return replace(first, entries=complete)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("math", Math)
def test_summaries_that_come_later_replace_the_post(tmp_path: Path, language: str, math: Math) -> None:
    first = as_first_written(language)
    path = write(first, tmp_path, math)
    assert write(completed(first), tmp_path, math) == path
    assert path.read_text(encoding="utf-8") == render(completed(first), words_for(language), math)


@pytest.mark.parametrize("before", Math)
@pytest.mark.parametrize("after", Math)
def test_another_form_of_formulas_replaces_the_post(tmp_path: Path, before: Math, after: Math) -> None:
    first = as_first_written("ja")
    write(first, tmp_path, before)
    path = write(first, tmp_path, after)
    assert path.read_text(encoding="utf-8") == render(first, words_for("ja"), after)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
    ],
    ids=["final newline", "Windows' line ends", "byte order mark"],
)
def test_what_an_editor_changes_by_itself_is_no_edit(tmp_path: Path, change: Callable[[str], str]) -> None:
    first = as_first_written("ja")
    path = write(first, tmp_path)
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
    write(completed(first), tmp_path)
    assert SUMMARIES["ja"] in path.read_text(encoding="utf-8")


def _after(heading: str, addition: str) -> Callable[[str], str]:
    return lambda text: text.replace(heading, f"{heading}\n\n{addition}", 1)


EDITS: dict[str, Callable[[str], str]] = {
    "a summary": lambda text: text.replace("FoldReader, ", "FoldReader (ours), ").replace("改善", "向上"),
    "a title": lambda text: text.replace("Reading Long", "Skimming Long", 1),
    "the post's title": lambda text: text.replace('title: "', 'title: "Morning: ', 1),
    "a tag": lambda text: text.replace('"LLM"', '"LLM", "folding"', 1),
    "a draft": lambda text: text.replace("draft: false", "draft: true"),
    "the front matter": lambda text: text.replace("draft: false", "draft: false\nweight: 3"),
    "an introduction of one's own": lambda text: text.replace("## 1. ", "Good morning.\n\n## 1. ", 1),
    "a note in an entry without a summary": lambda text: text.replace("{{< details", "My note.\n\n{{< details", 1),
    "an emphasised note there": lambda text: text.replace("{{< details", "*My note.*\n\n{{< details", 1),
    "a note after the last entry": lambda text: text.replace("\n---\n\n*", "\nMy note.\n\n---\n\n*"),
    "a summary written by hand": lambda text: text.replace("It folds", "Thrice it folds", 1),
    "an abstract": lambda text: text.replace("More follows.", "More follows, says the editor.", 1),
    "a figure": lambda text: text.replace("### ", "![Folds](folds.png)\n\n### ", 1),
    "a footer": lambda text: text + "\n\nBye.",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("late", [False, True], ids=["again", "summaries later"])
def test_an_edited_post_is_not_written_over(
    tmp_path: Path, language: str, edit: Callable[[str], str], late: bool
) -> None:
    first = as_first_written(language)
    path = write(first, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert edit(text) != text, "the edit changes nothing"
    path.write_text(edit(text), encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        write(completed(first) if late else first, tmp_path)
    assert caught.value.code == "output.edited"
    assert caught.value.arguments == {"path": str(path)}
    assert path.read_text(encoding="utf-8") == edit(text)


def test_an_edited_translation_is_not_written_over(tmp_path: Path) -> None:
    write(as_first_written("ja"), tmp_path)
    english = write(as_first_written("en"), tmp_path)
    english.write_text(english.read_text(encoding="utf-8").replace("draft: false", "draft: true"), encoding="utf-8")
    with pytest.raises(OutputError, match=r"output\.edited"):
        write(as_first_written("en"), tmp_path)


async def test_a_repair_leaves_an_edited_post_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = as_first_written("ja")
    path = write(first, tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("draft: false", "draft: true"), encoding="utf-8")
    with pytest.raises(PermanentError):
        await HugoPlatform().edit(MessageRef("hugo", str(path)), Page(completed(first)))
    assert "draft: true" in path.read_text(encoding="utf-8")
    assert "output.edited" in caplog.text
    assert str(path) in caplog.text


def test_a_quotation_of_somebody_else_is_an_edit(tmp_path: Path) -> None:
    first = as_first_written("en")
    other = replace(first.entries[0], excerpt=Excerpt(Origin.TLDR, "Words that the source never wrote."))
    path = write(replace(first, entries=(other, *first.entries[1:])), tmp_path)
    with pytest.raises(OutputError, match=r"output\.edited"):
        write(completed(first), tmp_path)
    assert "never wrote" in path.read_text(encoding="utf-8")
