"""The check that every summary passes before anyone sees it. Pure: texts in, findings out.

    language    is it in the language asked for, and translated as a whole
    shape       does it end, is it long enough and not too long, is it a refusal, does chatter surround it
    numbers     does the source have every number, with its unit and its scale
    names       does the source have every Latin name
    topic       is it about this paper at all
    hidden      characters that nobody sees
    intrusions  addresses, mentions, orders to the reader or a model, claims about the text itself, markup

A text that says something false in words alone, with the right names and numbers, is beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bot.checking.addresses import without_addresses
from bot.checking.hidden import hidden_findings
from bot.checking.intrusions import intrusion_findings
from bot.checking.language import copies_source, language_findings
from bot.checking.names import Vocabulary, name_findings
from bot.checking.numbers import Numbers, number_findings
from bot.checking.shape import Bounds, shape_findings
from bot.checking.text import base, tamed
from bot.checking.topic import Topic, topic_findings
from bot.models import Draft, Finding, FindingKind, Paper, StopReason, Style
from bot.tex import readable

BRIEF = Bounds(sentences=(2, 8), dense=(60, 1000), other=(100, 2600))
HEADLINE = Bounds(sentences=(1, 2), dense=(6, 180), other=(12, 320), closed=False)
ABSTRACT = Bounds(sentences=(1, 40), dense=(60, 4000), other=(100, 8000))
SECTION = Bounds(sentences=(1, 15), dense=(12, 1500), other=(25, 3500))

# No summary comes near it. A longer text is refused before anything else is tried on it.
LONGEST = 20_000

_STOPS = {
    StopReason.REFUSED: Finding(FindingKind.REFUSAL, "the model refused"),
    StopReason.TRUNCATED: Finding(FindingKind.TRUNCATED, "the model stopped at its token limit"),
    StopReason.MALFORMED: Finding(FindingKind.MALFORMED, "the answer has not the form that was asked for"),
}


def check(*, title: str, source: str, summary: str, language: str, style: Style = Style.BRIEF) -> tuple[Finding, ...]:
    """What is wrong with a summary of `source` (an abstract or a full text); empty where nothing is.

    `language` is the BCP 47 tag that the summary was asked for. For `Style.DETAILED` the summary is a translated
    abstract. Any text and any tag may be given; never raises. The same input gives the same findings in the same order.
    """
    checked = _read(title, source)
    brief = style is Style.BRIEF
    found = list(checked.findings(summary, language, BRIEF if brief else ABSTRACT, brief=brief))
    return _unique([*found, *checked.strangeness(summary, language)])


def check_draft(paper: Paper, draft: Draft, language: str, style: Style) -> tuple[Finding, ...]:
    """What is wrong with a model's answer about a paper: its headline, its text and its sections."""
    if draft.stop in _STOPS:
        return (_STOPS[draft.stop],)
    checked = _read(paper.title, paper.abstract)
    brief = style is Style.BRIEF
    found = [
        *checked.findings(draft.text, language, BRIEF if brief else ABSTRACT, brief=brief),
        *checked.strangeness(draft.text, language),
        *checked.findings(draft.headline, language, HEADLINE, brief=False),
    ]
    for section in draft.sections:
        found += checked.findings(section.text, language, SECTION, brief=False)
    rest = "\n".join((draft.headline, *(section.text for section in draft.sections)))
    found += checked.strangeness(rest, language, enough=12.0)
    texts = [" ".join(text.split()) for text in (draft.text, *(section.text for section in draft.sections))]
    if len(set(texts)) < len(texts):
        found.append(Finding(FindingKind.MALFORMED, "two parts are the same text"))
    return _unique(found)


def without_links(paper: Paper, draft: Draft) -> Draft:
    """Return the draft without the addresses that it has from the paper's abstract (see `addresses.without_addresses`).

    A model likes to repeat where the code is. The card links to the paper, so that nothing is lost, and the rest of a
    good text is not thrown away.
    """
    return replace(
        draft,
        text=without_addresses(draft.text, paper.abstract) if len(draft.text) <= LONGEST else draft.text,
        sections=tuple(
            replace(section, text=without_addresses(section.text, paper.abstract))
            if len(section.text) <= LONGEST
            else section
            for section in draft.sections
        ),
    )


class _Source:
    """A paper's own words, read once for all parts of a draft."""

    def __init__(self, title: str, source: str) -> None:
        title, source = tamed(title), tamed(source)
        self._title, self._source = title, source
        self._both = f"{title}\n{source}"
        # A summary may write what TeX says (`360°`) or what it was typed as.
        read = readable(self._both)
        self._known = self._both if read == self._both else f"{self._both}\n{read}"
        self._vocabulary = Vocabulary(self._known)
        self._numbers = Numbers(self._known, self._vocabulary)
        self._topic = Topic(title, source, self._vocabulary)

    def findings(self, text: str, language: str, bounds: Bounds, *, brief: bool) -> Iterator[Finding]:
        """The findings of one text; one in the wrong language is not looked at for names and numbers."""
        if len(text) > LONGEST:
            yield Finding(FindingKind.LENGTH, f"{len(text)} characters, not {bounds.other[0]}-{bounds.other[1]}")
            return
        yield from hidden_findings(text, language)
        text = tamed(text)
        shape = list(shape_findings(self._both, text, language, bounds))
        yield from shape
        if any(finding.kind is FindingKind.EMPTY for finding in shape):
            return
        yield from intrusion_findings(self._title, self._both, text)
        spoken = list(language_findings(self._title, self._source, text, language))
        yield from spoken
        if any(finding.kind is FindingKind.LANGUAGE for finding in spoken):
            return
        wanted = base(language)
        english = wanted == "en"
        if english and brief and copies_source(self._source, text):
            yield Finding(FindingKind.UNTRANSLATED, "the abstract itself, word for word")
        yield from number_findings(self._numbers, self._known, text, language)
        yield from name_findings(self._vocabulary, text, english=english)

    def strangeness(self, text: str, language: str, enough: float = 5.0) -> Iterator[Finding]:
        """OTHER_PAPER for a text as a whole; `enough` is the weight of words (see `topic`) from which it is judged."""
        if base(language) in ("en", "ja") and len(text) <= LONGEST:
            yield from topic_findings(self._topic, text, enough)


@lru_cache(maxsize=8)
def _read(title: str, source: str) -> _Source:
    """A paper is checked several times in a row: its drafts, and a retry of each."""
    return _Source(title, source)


def _unique(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
