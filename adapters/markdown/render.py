"""A digest or one paper as GitHub-flavoured Markdown, with all untrusted text escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.common.commonmark import inline, link, text, unlinked
from adapters.common.formulas import with_formulas
from bot.models import Answer, Digest, Excerpt, Failure, Paper, PaperView, Style, Summary
from bot.tex import readable
from bot.words import Words
from bot.words.answers import ClaimLayout, answer_layout
from bot.words.layout import PaperLayout, digest_layout, paper_layout

_ARXIV = "http://arxiv.org/abs/"


def digest(digest: Digest, words: Words, *, formulas: bool = False) -> str:
    """Return the whole digest: heading, status line, and a section for each paper or the reason for there being none.

    Ends with a newline. `formulas` keeps those of abstracts as TeX in the form that GitHub renders; otherwise they
    are read as text.
    """
    layout = digest_layout(digest, words)
    blocks = [f"# {layout.title}", inline(layout.status)]
    if layout.empty:
        blocks.append(inline(layout.empty))
    for entry, paper in zip(digest.entries, layout.papers, strict=True):
        blocks += [f"## {paper.number}. {link(paper.title, paper.link)}", *_facts(paper), *_texts(paper)]
        blocks += _abstract(entry.paper, words, formulas=formulas)
    return "\n\n".join(blocks) + "\n"


def paper(
    paper: Paper,
    words: Words,
    *,
    summary: Summary | None = None,
    excerpt: Excerpt | None = None,
    failure: Failure | None = None,
) -> str:
    """Return one looked-up paper, ending with a newline.

    With a detailed summary: linked title, translated abstract, then four numbered sections, each with its heading on a
    line of its own. Otherwise: linked title, facts, and the brief summary or the honest line in its place.
    """
    style = summary.style if summary else Style.BRIEF
    layout = paper_layout(PaperView(paper, words.language, style, summary, failure, excerpt), words)
    address = _ARXIV + paper.arxiv_id if paper.arxiv_id else layout.link
    blocks = [f"## {link(layout.title, address)}"]
    if style is Style.DETAILED:
        blocks += [*_withdrawn(layout), *_detailed(layout, words)]
    else:
        blocks += [*_facts(layout), *_texts(layout)]
    return "\n\n".join(blocks) + "\n"


def answer(answer: Answer, papers: Sequence[Paper], question: str, words: Words) -> str:
    """Return an answer under its question: numbered statements, each with the paper's own sentences as quotations.

    Ends with a newline.
    """
    layout = answer_layout(answer, papers, words)
    blocks = [f"## {unlinked(question)}"]
    if layout.instead:
        blocks.append(f"**{unlinked(layout.instead)}**")
    for claim in layout.claims:
        blocks += _claim(claim)
    blocks += [f"*{unlinked(note)}*" for note in layout.notes]
    if layout.next_questions:
        blocks += [unlinked(layout.next_heading), "\n".join(f"- {unlinked(one)}" for one in layout.next_questions)]
    return "\n\n".join(blocks) + "\n"


def _claim(claim: ClaimLayout) -> Iterator[str]:
    about = f"  \n{unlinked(claim.about)}" if claim.about else ""
    # An escaped point: the number is the statement's, and no list begins anew at each quotation.
    yield f"**{claim.number}\\. {unlinked(claim.text)}**{about}" if claim.number else unlinked(claim.text)
    for one in claim.quotations:
        where = unlinked(" · ".join(filter(None, (one.paper, one.where))))
        place = link(" · ".join(filter(None, (one.paper, one.where))), one.link, bare=False) if one.link else where
        yield f"> {unlinked(one.text)}  \n> {place}"


def _facts(paper: PaperLayout) -> Iterator[str]:
    yield "\n".join(f"- **{fact.label}**: {inline(fact.value)}" for fact in paper.facts)
    yield from _withdrawn(paper)


def _withdrawn(paper: PaperLayout) -> Iterator[str]:
    if paper.withdrawn:
        yield f"**{paper.withdrawn}**"


def _texts(paper: PaperLayout) -> Iterator[str]:
    if paper.failure:
        yield inline(paper.failure)
    if paper.label:
        yield f"**{inline(paper.label)}**:\n{text(paper.quotation)}"
    if takeaway := inline(paper.takeaway):
        yield f"**{takeaway}**"
    yield from (text(passage.text) for passage in paper.passages)
    if paper.why:
        yield inline(paper.why)


def _detailed(paper: PaperLayout, words: Words) -> Iterator[str]:
    """Yield the abstract, then the sections: `1. heading`, two spaces for a hard break, the text on the next line."""
    yield f"**{words.say('paper.abstract')}**:\n{text(paper.text.marked, bold=True)}"
    numbered = (
        f"{number}. {section.heading}  \n{text(section.marked, bold=True)}"
        for number, section in enumerate(paper.sections, 1)
    )
    yield f"**{words.say('paper.summary')}**:\n" + "\n\n".join(numbered)


def _abstract(paper: Paper, words: Words, *, formulas: bool) -> Iterator[str]:
    """Yield the original abstract in a block that the reader unfolds."""
    # https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting
    as_tex = with_formulas(paper.abstract, text, lambda formula: f"$`{formula}`$") if formulas else ""
    if abstract := as_tex or text(readable(paper.abstract)):
        # The blank lines end the HTML blocks, so that the abstract between them is Markdown and its escapes work.
        label = words.say("paper.original_abstract")
        yield f"<details>\n<summary>{label}</summary>\n\n{abstract}\n\n</details>"
