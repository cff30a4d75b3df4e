"""Split text into sentences. Pure, the same each time, and without losing anything but blanks between sentences.

A full stop ends a sentence unless it belongs to an abbreviation, an initial or a number. Formulas between dollar signs
are never split. Japanese and Chinese sentences end with their own full stop, whatever follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 2_000  # characters; a longer sentence, such as a megabyte of one word, is cut

_FORMULA = re.compile(r"(?<!\\)\$(?=\S)(?:[^$\\]|\\.)*+(?<=\S)\$", re.DOTALL)
_MASK = "\ue000"  # stands for a formula's characters; private use, so that no text means anything by it
_CLOSING = "\"'”’»)]}"
_END = re.compile(rf"(?P<mark>[.!?…]+)[{re.escape(_CLOSING)}]*\s+|(?:[。！？｡]|．(?!\d))+(?P<quoted>[」』）”’]*)\s*")
_LAST_WORD = re.compile(r"[^\s(\[{\"“‘'/–—]*$")
_NEXT_WORD = re.compile(r"[\"“‘'«(\[{¿¡]*(?P<word>[^\W\d_][\w’'-]*)?")
# What follows the abbreviation in "Fig. 3", "Fig. S1", "Sec. $k$", "App. A", "Eq. (3)" or "Vol. XI".
_NUMBER = re.compile(rf"[\[(]?(?:\d|{_MASK}|[A-Z]\d|[A-Z](?![a-z])|[IVXLC]+\b)")
_INITIALS = re.compile(r"[^\W\d_](?:[.-]{1,2}[^\W\d_])*", re.UNICODE)
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[ivxlc]{1,6}|[A-Za-z])(?:\.\d{1,3})*\)?", re.ASCII)
_PARTICLES = "とがはをにのもで"  # behind a closing bracket they continue the sentence around it

# Abbreviations that always have something behind them.
_NEVER_LAST = frozenset("approx ca cf dr e.g eg hon i.e ie mr mrs ms mt prof resp s.t st viz vs w.r.t wrt".split())
# Abbreviations before a number or a letter. Elsewhere some of them are words.
_BEFORE_NUMBER = frozenset(
    """alg algs app appx art ch chap cor def defs eq eqn eqns eqs ex exp fig figs lem no nos p para pp prop ref refs sec
    sect secs sects suppl tab tabs thm vol vols""".split()
)
# Abbreviations that may end a sentence.
_MAYBE_LAST = frozenset("a.k.a a.m al co corp dept etc i.i.d inc jr ltd p.m ph.d sr u.k u.s univ".split())
# With one of these words behind such an abbreviation, a new sentence begins.
_OPENERS = frozenset(
    """a additionally after all also although an and another any are as at because before besides both but by can
    compared consequently conversely despite do does due during each even every existing experiments finally first
    following for from further furthermore given hence here how however if in indeed instead interestingly is it its
    last lastly let like many more moreover most much nevertheless next none not note notably now of on once one only
    or other our overall previous previously prior recall recent recently results second several since so some
    specifically still such that the their then there therefore these they this those though three thus to together two
    under unlike until using we what when where whereas whether which while who why will with without yet you
    your""".split()
)


def split(text: str) -> tuple[str, ...]:
    """Return the sentences of the text, in order and stripped; none for blank text.

    Only blanks between sentences are left out. A sentence beyond `LONGEST` characters is cut, at a blank if it has one.
    """
    return tuple(piece for sentence in _sentences(text) for piece in _pieces(sentence.strip()))


def _sentences(text: str) -> Iterator[str]:
    masked = _FORMULA.sub(_mask, text)
    start = 0
    for match in _END.finditer(masked):
        if _is_end(masked, start, match):
            yield text[start : match.end()]
            start = match.end()
    yield text[start:]


def _mask(formula: re.Match[str]) -> str:
    """Return as many characters as the formula has, with its last full stop, if it ends with one, as the last."""
    inside = formula[0][:-1].rstrip()
    return _MASK * (len(formula[0]) - 1) + ("." if inside.endswith((".", "!", "?")) else _MASK)


def _is_end(masked: str, start: int, match: re.Match[str]) -> bool:
    rest = masked[match.end() : match.end() + 40]
    if not rest:
        return True
    if match["mark"] is None:
        return not (match["quoted"] and rest[0] in _PARTICLES)
    following = _NEXT_WORD.match(rest)
    word = (following["word"] if following else None) or ""
    if word[:1].islower():
        return False
    if match["mark"] != ".":
        return True
    before = masked[max(start, match.start() - 40) : match.start()]
    if len(before) < 40 and _NUMBERING.fullmatch(before.strip()):
        return False
    return before.endswith(tuple(_CLOSING)) or not _is_abbreviated(before, rest, word)


def _is_abbreviated(before: str, rest: str, word: str) -> bool:
    """Return whether a full stop belongs to the word before it. `word` is the first one of the `rest`."""
    last = _LAST_WORD.search(before)
    abbreviation = (last[0] if last else "").casefold()
    if abbreviation in _NEVER_LAST:
        return True
    if abbreviation in _BEFORE_NUMBER:
        return bool(_NUMBER.match(rest))
    may_be = abbreviation in _MAYBE_LAST or _INITIALS.fullmatch(abbreviation)
    return bool(may_be) and word.casefold() not in _OPENERS


def _pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", LONGEST // 2, LONGEST)
        if cut < 0:
            cut = LONGEST
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    if sentence:
        yield sentence
