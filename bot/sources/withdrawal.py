"""Recognise a withdrawn or retracted paper by what its record says of itself. Pure.

No source has a field for it. On arXiv a withdrawal is a new version whose comment or abstract says so
(https://info.arxiv.org/help/withdraw.html); publishers put it into the title. Other records merely mention a
withdrawal: of an earlier version, of another paper, from a conference, or as their subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

# An abstract that is a notice and nothing else is short.
_NOTICE = 400  # characters
_SENTENCE = 600  # characters of a sentence that are looked at

_THING = (
    r"(?:e-?print|pre-?print|paper|article|submission|manuscript|work|version|report|letter|thesis|document|draft|study"
    r"|chapter)"
)
_SELF = rf"(?:this|the|our|my)\s+(?:(?:present|current|entire|whole|above)\s+)?{_THING}"
_DONE = r"(?:withdrawn|retracted)"
_ADVERB = r"(?:(?:\w{2,14}ly|now|hereby|also|therefore|thus|hence|being|again)\s+){0,2}"
# What may happen (`could be`, `will be`) has not happened; `as been` is a common slip.
_BE = (
    rf"{_ADVERB}(?:h?as\s+{_ADVERB}been|had\s+been|is|was|be|(?:has|had|needs?|ought)\s+to\s+be|must\s+be|should\s+be)"
    rf"\s+{_ADVERB}"
)
# Whoever withdraws from a conference or a journal leaves the paper where it is.
_NOT_ELSEWHERE = r"(?![\s,:(\[]*(?:from|at)\s+(?!(?:the\s+)?arxiv))(?![\s,:(\[]*(?-i:[A-Z]\w*[A-Z]\w*[\s'’-]*[0-9]{2}))"
_WHY = (
    r"(?=\s*(?:$|[^\w\s])|\s+(?:by|due|because|as|for|since|in|until|pending|owing|after|on|to|and|with|temporarily)\b)"
)

_pattern = partial(re.compile, flags=re.IGNORECASE)

_LEAD = _pattern(
    r"^(?:\W|\b(?:arxiv|admin|administrators?|note|comments?|notice|update|important|status|v[0-9]+)\b){0,12}"
    rf"(?:{_THING}\s+|temporarily\s+)?(?:{_DONE}|withdrawal)\b{_NOT_ELSEWHERE}{_WHY}"
)
_WITHDREW = _pattern(rf"^\W*(?:withdrew|retracted)\s+{_SELF}\b{_NOT_ELSEWHERE}")
_SAYS = _pattern(rf"\b{_SELF}\s+{_BE}{_DONE}\b{_NOT_ELSEWHERE}")
_SAYS_THIS = _pattern(rf"\bthis\s+{_THING}\s+{_BE}{_DONE}\b{_NOT_ELSEWHERE}")
_AT_LAST = _pattern(
    rf"\b{_SELF}\b.{{1,200}}?\b(?:(?:needs?|has|had|must|should)\s+(?:to\s+)?be\s+|(?:and|so)\s+{_BE}){_DONE}\b{_NOT_ELSEWHERE}"
)
_WE = _pattern(
    r"\b(?:authors?|we|i)\s+(?:[\w-]{1,15}\s+){0,6}(?:withdrawn?|withdrew|withdrawing|retract(?:ed|ing)?)"
    rf"(?:\s*(?:$|[.…])|\s+(?:(?:this|the|our|my|their|its)\s+(?:\w{{1,15}}\s+)?{_THING}\b|it\b){_NOT_ELSEWHERE})"
)
_ASKS = _pattern(
    rf"\b(?:request|seek|ask\s+for)\s+(?:the\s+|a\s+)?(?:withdrawal|retraction)\s+of\s+{_SELF}\b{_NOT_ELSEWHERE}"
)
_BY = _pattern(
    rf"\b{_DONE}\s+by\s+(?:(?:the|its|all|both)\s+){{0,2}}(?:\w{{1,15}}\s+)?(?:authors?|submitters?|arxiv|administrators?|me|us)\b"
)
_REMOVED = _pattern(
    rf"(?:^(?:\W|\b(?:arxiv|admin|note|comments?|version|v[0-9]+)\b){{0,12}}|\b{_THING}\s+(?:{_BE})?)"
    r"removed\s+(?:by|from)\s+(?:the\s+)?arxiv\b"
)
# Before the word, in the same sentence: the subject is another version, another paper, several, or a part of this one.
_OTHER = _pattern(
    r"\b(?:previous(?:ly)?|prior|earlier|older|old|former(?:ly)?|original|another|other|companion|duplicate)\b"
    r"|\bfirst\s+version\b|\bv[0-9]+\s+(?:was|of)\b|\b(?:replac|supersed|merg|incorporat|substitut|extend)\w*\b"
    r"|\bversion\s+of\s+arxiv|\barxiv:\s*[\w.-]+/?[0-9.]{5,}"
    rf"|\b(?:an?|any|each|every)\s+(?:\w{{1,15}}\s+)?{_THING}\b|\b(?:when|if|whether|why|unless|once)\b"
    r"|\b(?:papers|articles|submissions|manuscripts|preprints|works|versions|studies|figures|sections?|theorems?|claims?)\b"
)
_ADJECTIVE = _pattern(rf"\b{_DONE}\s+(?:\w{{1,15}}\s+)?{_THING}s?\b")
_WORD = _pattern(rf"\b(?:{_DONE}|removed|withdr[ae]w\w*|retract\w*)")

_TITLE = _pattern(
    rf"^\W*{_DONE}(?:\s+{_THING})?(?:\s*$|\s*[:\])|]|\s+[-–—]\s)|[(\[]\s*{_DONE}\s*[)\]]\W*$"
    r"|^\W*(?:retraction|withdrawal)\s+(?:notice|note|statement)\b",
)


def is_withdrawn(title: str, abstract: str, comment: str = "") -> bool:
    """Return whether the record says that this very paper is withdrawn, retracted, or removed by its archive.

    `comment` is arXiv's field of that name.
    """
    return (
        bool(_TITLE.search(title))
        or any(_in_comment(sentence) for sentence in _sentences(comment))
        or _in_abstract(abstract)
    )


def _in_comment(sentence: str) -> bool:
    if _LEAD.search(sentence) or _WITHDREW.search(sentence):
        return not _ADJECTIVE.search(sentence[:80])
    found = [_SAYS, _AT_LAST, _WE, _ASKS, _BY, _REMOVED]
    return any(_is_of_this(sentence, match) for pattern in found if (match := pattern.search(sentence)))


def _in_abstract(abstract: str) -> bool:
    """An abstract may be about withdrawals: only a notice in its place, or a sentence about `this` paper, counts."""
    sentences = list(_sentences(abstract))
    if sentences and len(abstract.strip()) <= _NOTICE and _in_comment(sentences[0]):
        return True
    return any(
        _is_of_this(sentence, match)
        for number, sentence in enumerate(sentences)
        for pattern in (_SAYS_THIS, _WE, _REMOVED)
        # Further in, `This paper was retracted` is told of the paper that the sentence before is about.
        if (match := pattern.search(sentence)) and not (number and re.search("retract| was ", match[0], re.IGNORECASE))
    )


def _is_of_this(sentence: str, match: re.Match[str]) -> bool:
    """Return whether the match is about the record's own paper: it says so, or nothing before it says otherwise."""
    lead = sentence[: match.start()].rstrip().lower()
    if match[0].lower().startswith(("this ", "our ", "my ")) and not lead.endswith(" of"):
        return True
    word = _WORD.search(sentence, match.start())
    return not _OTHER.search(sentence[: word.start() if word else match.start()])


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences and clauses, each on one line and cut to a length that is quickly searched."""
    for sentence in re.split(r"(?<=[.!?]) |[;|]", " ".join(text.split())):
        if sentence.strip():
            yield sentence[:_SENTENCE].strip()
