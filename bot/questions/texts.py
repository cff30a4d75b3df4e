"""A paper's text as a model is given it, and the way back from a sentence's number to its place in the paper. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import CitableText, FullText, PaperId, Quotation, SentenceRange, SentenceRef

_LONGEST_SENTENCE = 4_000  # characters; longer ones are what a broken page looks like


@dataclass(frozen=True, slots=True)
class AskedText:
    """One paper of a question. `quotations` has its sentences in the order and number in which the model sees them."""

    paper: PaperId
    title: str
    full: FullText
    quotations: tuple[Quotation, ...]

    @property
    def citable(self) -> CitableText:
        return CitableText(self.title, tuple(_sendable(one.text) for one in self.quotations))

    def quoted(self, place: SentenceRange) -> tuple[Quotation, ...]:
        """Return the paper's own sentences of a range."""
        return self.quotations[place.start : place.end]


def asked_text(paper: PaperId, title: str, full: FullText, shown: FullText | None = None) -> AskedText:
    """Return a paper's text for a question; `shown` are the parts of `full` that the model sees, all of it if None.

    Blank sentences, which the API refuses, and overlong ones are left out.
    """
    quotations = []
    for section, block in (shown or full).blocks():
        url = f"{full.url}#{block.anchor}" if full.url and block.anchor else full.url
        quotations += [
            Quotation(paper, SentenceRef(block.id, index), sentence, section.title, url)
            for index, sentence in enumerate(block.sentences)
            if sentence.strip() and len(sentence) <= _LONGEST_SENTENCE
        ]
    return AskedText(paper, title, full, tuple(quotations))


def _sendable(text: str) -> str:
    """Return the text without lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode()
