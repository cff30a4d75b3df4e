"""Is one statement about a paper true to the sentences that are given as its proof?

What is looked for in a summary, numbers, names, intrusions and hidden characters, is looked for in the statement too,
with those sentences as its source; beside it, statements that they deny, grave ones that they do not bear out, ones
that they have nothing to do with, and ones in another language than the answer's. How long a summary should be is no
question here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.checking.denials import denial_findings
from bot.checking.grave import grave_findings
from bot.checking.hidden import hidden_findings
from bot.checking.intrusions import intrusion_findings
from bot.checking.language import foreign_words
from bot.checking.names import Vocabulary, name_findings
from bot.checking.numbers import Numbers, number_findings
from bot.checking.orders import order_findings
from bot.checking.text import base, plain, scripts, tamed
from bot.models import Finding, FindingKind
from bot.tex import readable

LONGEST = 1_000  # characters of one statement

# That a paper lacks something is shown by no sentence of it, unless one says so.
_ABSENCE = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have)(?: not|n't)\s(?:\w{2,12}\s)?"
    r"(?:sa(?:y|id)|stated?|mention(?:ed)?|report(?:ed)?|specif(?:y|ied)|provided?|discuss(?:ed)?|given?|gave|addressed?"
    r"|describe[ds]?|disclosed?|explain(?:ed)?|evaluated?|stated)\b"
    r"|\b(?:never|nowhere)\s(?:says?|states?|mention(?:s|ed)?|reports?|specif(?:ies|ied)|discuss(?:es|ed)?)\b"
    r"|\bno (?:mention|information|details?|figures?|statement) (?:of|about|on|is|are|for)\b"
    r"|(?:言及|記述|記載|説明|報告|明記|議論|評価)(?:は|が|も|を)?(?:し|され|なされ)?(?:て(?:い)?|ていま)?(?:ない|ません|いない|いません|おらず|おりません)"
    r"|(?:述べ|示|触れ|書か)(?:され|られ|れ)?て(?:い)?(?:ない|ません|いない|おらず)|(?:言及|記述|記載|説明)(?:は|が)(?:ない|ありません|見られない|見当たらない)",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|none|never|neither|nor|without|cannot|omit(?:s|ted)?|lacks?|lacking|leaves?|left|beyond|unknown|future|defer(?:red)?)\b"
    r"|n't\b|ない|ません|ず(?:に|、)|せず|未",
    re.IGNORECASE,
)
# What tells a model what to say. A step of an algorithm (`Return the best tree`, `Output: a tree`) does not.
_DICTATION = re.compile(
    r"(?:^|[.;:!?]\s{0,3}|[\"“(\[])(?:(?:please|now|then|always|only|just|instead|and|system|assistant|note)[,:]?\s){0,3}"
    r"(?:answer|respond|reply|say|tell|claim|repeat|assert|mention|write)\s(?:back\s|only\s|exactly\s|always\s){0,2}"
    r"(?:with|that|as|to|the (?:users?|readers?|following|words|sentence|text)"
    r"|users?|readers?|everyone|exactly|verbatim|[:\"“'])"
    r"|(?:と|を)(?:必ず|だけ|のみ)?(?:答え|回答し|返答し|出力し|述べ|書い|伝え|言っ|記載し)(?:て(?:ください|下さい)|なさい|ろ(?:。|$)|よ(?:。|$))",
    re.IGNORECASE | re.MULTILINE,
)
# Commands of this bot: whoever reads one in an answer may type it.
_COMMAND = re.compile(r"(?<![\w/.~-])/(?:digest|paper|kawaraban)\b(?!/)|\bkawaraban\s[a-z]{2,12}\b", re.IGNORECASE)
_ROLES = re.compile(r"<\|[a-z_ ]{2,40}\|>|\[/?INST\]|<</?SYS>>|^\s*(?:system|assistant)\s*:", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{4,}")
_SAYS_LITTLE = frozenset(
    "about above after also although among approach approaches authors based because been before being below between "
    "both each from have here into itself less like method methods model models more most much only other over paper "
    "papers proposed same show shown shows some such than that their them then there these they this those through "
    "under used uses using very were what when where which while will with within without work study report reports "
    "reported states stated describes described according result results".split()
)
_FEW = 3  # words with a meaning of their own; fewer decide nothing
_MANY = 4  # at least one in so many of them stands in the proof as well


def claim_findings(title: str, sentences: Sequence[str], text: str, language: str) -> tuple[Finding, ...]:
    """Return what is wrong with a statement that rests on `sentences` of the paper with that title.

    Names may stand in the title as well; numbers must stand in the sentences. `language` is the BCP 47 tag that the
    statement was asked for in. Any text and any tag may be given; never raises.
    """
    if len(text) > LONGEST:
        return (Finding(FindingKind.LENGTH, f"{len(text)} characters, not up to {LONGEST}"),)
    return tuple(dict.fromkeys(_findings(title, sentences, text, language)))


def is_order(text: str) -> bool:
    """Return whether a sentence of a paper tells a model or its readers what to do.

    Such a sentence proves nothing: whoever hides it in a paper would have it quoted as the proof of what it dictates.
    """
    prose = plain(tamed(text))
    if _COMMAND.search(prose):
        return True
    # As its own title: only what no title says either is counted, not every `you` and not every step of an algorithm.
    return bool(_DICTATION.search(prose) or _ROLES.search(prose)) or any(order_findings(prose, prose))


def _findings(title: str, sentences: Sequence[str], text: str, language: str) -> Iterator[Finding]:
    yield from hidden_findings(text, language)
    text = tamed(text)
    if not any(map(str.isalnum, text)):
        yield Finding(FindingKind.EMPTY, "no text")
        return
    if foreign := foreign_words(text, language):
        yield Finding(FindingKind.LANGUAGE, foreign)
    language = _spoken(text, language)
    source = _known("\n".join(map(tamed, sentences)))
    both = f"{_known(tamed(title))}\n{source}"
    vocabulary = Vocabulary(both)
    yield from intrusion_findings(title, both, text)
    yield from number_findings(Numbers(source, vocabulary), source, text, language)
    yield from name_findings(vocabulary, text, english=language == "en")
    yield from denial_findings(sentences, text)
    yield from grave_findings(f"{source}\n{_known(tamed(title))}", text)
    if command := _COMMAND.search(plain(text)):
        yield Finding(FindingKind.INSTRUCTION, command[0].strip())
    if (absence := _ABSENCE.search(plain(text))) and not _NEGATION.search(plain(source)):
        yield Finding(FindingKind.OTHER_PAPER, absence[0])
    if _shares_nothing(title, source, text):
        yield Finding(FindingKind.OTHER_PAPER, "hardly a word of the sentences")


def _known(source: str) -> str:
    """Return the source with what its TeX says: a statement may write it either way."""
    read = readable(source)
    return source if read == source else f"{source}\n{read}"


def _spoken(text: str, language: str) -> str:
    """Return the primary tag of the language that a statement is read in: the one asked for, if its letters fit."""
    letters = scripts(plain(text))
    if letters["kana"]:
        return "ja"
    wanted = base(language)
    dense = letters["han"] + letters["hangul"]
    return "en" if wanted in ("ja", "zh", "yue", "ko") and not dense else wanted


def _shares_nothing(title: str, source: str, text: str) -> bool:
    """Whether an English statement shares hardly a word with its English proof, those of the paper's title aside."""
    told, known = plain(text).casefold(), plain(source).casefold()
    counts = scripts(known)
    if not told.isascii() or counts["latin"] <= 0.7 * sum(counts.values()):
        return False
    words = _stems(told) - _stems(plain(title).casefold())
    return len(words) >= _FEW and len(words & _stems(known)) < max(1, len(words) // _MANY)


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that say something."""
    return {word[:5] for word in _WORD.findall(text) if word not in _SAYS_LITTLE}
