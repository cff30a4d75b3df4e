"""Questions to ask next. A model proposes them, so they are filtered before anybody sees them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.checking.claims import claim_findings, is_order
from bot.models import FullText, NextRequest
from bot.questions.quoted import quoted_in
from bot.tex import readable
from bot.words.plain import one_line, without_bold

MOST = 2
LONGEST = 120  # characters


def outline(texts: Iterable[FullText]) -> Iterator[str]:
    """Yield the section titles of texts that a question may be about: not those that give orders."""
    for text in texts:
        yield from (section.title for section in text.sections if section.title and not is_order(section.title))


def usable(questions: Sequence[str], request: NextRequest) -> tuple[str, ...]:
    """Return those of a model's questions that may be shown, at most two.

    Each is one line that ends as a question, says nothing to the reader, and has no name, number or quotation that
    titles, sections and answer lack. None is the question that was just asked.
    """
    known = (*request.outline, *request.claims, request.question)
    title = "\n".join(one for one in request.titles if not is_order(one))
    kept: dict[str, str] = {_key(request.question): ""}
    for question in questions:
        text = without_bold(readable(question)).strip()
        if (
            "\n" in text
            or len(text) > LONGEST
            or not text.endswith(("?", "？"))
            or _key(text) in kept
            or claim_findings(title, known, text, request.language)
            or not _quotes_only(text, "\n".join((title, *known)))
        ):
            continue
        kept[_key(text)] = one_line(text)
    return tuple(text for text in kept.values() if text)[:MOST]


def _quotes_only(text: str, known: str) -> bool:
    """Return whether everything between quotation marks in a question is known."""
    quoted = quoted_in(text)
    return quoted is not None and all(_key(one) in _key(known) for one in quoted)


def _key(text: str) -> str:
    return "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
