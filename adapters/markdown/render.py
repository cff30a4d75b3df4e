"""A digest or one paper as GitHub-flavoured Markdown. What came from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.common.commonmark import inline, link, text
from bot.models import Digest, Entry, Excerpt, Failure, Paper, Style, Summary
from bot.words import Words, sentences

_ARXIV = "http://arxiv.org/abs/"


def digest(digest: Digest, words: Words) -> str:
    """The whole digest: a heading, the status line, one section a paper or why there are none. Ends with a newline."""
    blocks = [
        f"# {words.say('digest.title', date=words.day(digest.date))}",
        inline(sentences.status_line(words, digest)),
    ]
    if why_not := sentences.empty(words, digest):
        blocks.append(inline(why_not))
    for entry in digest.entries:
        blocks += _entry(entry, words)
    return "\n\n".join(blocks) + "\n"


def paper(
    paper: Paper,
    words: Words,
    *,
    summary: Summary | None = None,
    excerpt: Excerpt | None = None,
    failure: Failure | None = None,
) -> str:
    """One paper that was looked up. Ends with a newline.

    With a detailed summary: linked title, translated abstract, then four numbered sections, each heading a line of its
    own by a hard break. Otherwise: linked title, facts, and the brief summary or the honest line in its place.
    """
    address = _ARXIV + paper.arxiv_id if paper.arxiv_id else paper.url
    blocks = [f"## {link(_title(paper, words), address)}"]
    if paper.withdrawn:
        blocks.append(f"**{words.say('paper.withdrawn')}**")
    if summary and summary.style is Style.DETAILED:
        blocks.append(f"**{words.say('paper.abstract')}**:\n{text(summary.text, bold=True)}")
        blocks.append(f"**{words.say('paper.summary')}**:\n{_sections(summary, words)}")
    else:
        blocks.append(_facts(paper, words))
        blocks += _text(words, summary, excerpt, failure)
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Entry, words: Words) -> Iterable[str]:
    yield f"## {entry.rank}. {link(_title(entry.paper, words), entry.paper.url)}"
    yield _facts(entry.paper, words)
    yield from _text(words, entry.summary, entry.excerpt, entry.failure)
    if why := sentences.why(words, entry.reasons):
        yield inline(why)
    if abstract := text(entry.paper.abstract):
        # The blank lines end the HTML blocks, so that the abstract between them is Markdown and its escapes hold.
        label = words.say("paper.original_abstract")
        yield f"<details>\n<summary>{label}</summary>\n\n{abstract}\n\n</details>"


def _title(paper: Paper, words: Words) -> str:
    return paper.title.strip() or words.say("paper.untitled")


def _facts(paper: Paper, words: Words) -> str:
    facts = [
        ("paper.authors", inline(words.authors(paper))),
        ("paper.published", f"{paper.published:%Y-%m-%d}"),
        ("paper.sources", words.list(sentences.source_name(words, source) for source in paper.sources)),
        ("paper.arxiv_id", inline(paper.arxiv_id or "")),
    ]
    return "\n".join(f"- **{words.say(key)}**: {value}" for key, value in facts if value)


def _sections(summary: Summary, words: Words) -> str:
    """`1. heading`, two blanks for the hard break, the text on the next line."""
    return "\n\n".join(
        f"{number}. {words.say(f'paper.section.{section.kind.value}')}  \n{text(section.text, bold=True)}"
        for number, section in enumerate(summary.sections, 1)
    )


def _text(words: Words, summary: Summary | None, excerpt: Excerpt | None, failure: Failure | None) -> Iterable[str]:
    if summary:
        if headline := inline(summary.headline):
            yield f"**{headline}**"
        yield text(summary.text)
    if failure:
        yield inline(sentences.failure(words, failure))
    if excerpt:
        yield f"**{inline(sentences.excerpt_label(words, excerpt))}**:\n{text(excerpt.text)}"
