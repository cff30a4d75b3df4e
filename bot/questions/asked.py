"""Decide whether a question, as typed, can be answered, before anything is read or paid for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.checking.text import base, scripts
from bot.errors import InputError, shortened
from bot.models import Paper, PaperId, PaperRef, RefKind, Turn
from bot.papers.refs import named_in
from bot.words.plain import plain

LONGEST = 1_000  # characters of a question
MOST_PAPERS = 2
_MOST_TURNS = 6
_LONGEST_TURN = 1_500  # characters of an earlier answer
_LONGEST_TALK = 8_000  # characters of all earlier turns together

_FENCE = re.compile(r"```[\w+-]{0,20}|~~~[\w+-]{0,20}")
_CODE_LINE = re.compile(
    r"^\s*(?:(?:def|class|import|from|for|while|if|elif|else|try|except|with|return|print|var|let|const|function|public"
    r"|private|static|void|int|struct|enum|#include|package|using|fn|SELECT|INSERT|UPDATE|DELETE|CREATE)\b.*[:;({=*]"
    r"|(?:return|import|break|continue|pass|yield|raise)\b"
    r"|[}\])]+[;,]?$|[@#]\w|\$ \w|>>> )|[;{}]\s*$|^\s*[\w.\[\]]+\s*(?:=|\+=|:=)\s*\S|^\s*[\w.]+\([^)]*\)\s*;?$"
)
_SIGNS = re.compile(r"[(){}\[\];=<>]")
_WORDS = re.compile(r"[^\W\d_]{2,}")

# The first language of each script is taken where the usual one is written in another.
_LANGUAGES = {
    "kana": ("ja",),
    "hangul": ("ko",),
    "han": ("ja", "zh", "yue"),
    "cyrillic": ("ru", "uk", "bg", "be", "mk", "kk", "ky", "mn", "sr", "bs", "uz", "az", "tg"),
    "arabic": ("ar", "fa", "ur", "ps"),
    "hebrew": ("he", "yi"),
    "devanagari": ("hi", "mr", "ne"),
    "bengali": ("bn",),
    "tamil": ("ta",),
    "telugu": ("te",),
    "thai": ("th",),
    "greek": ("el",),
    "georgian": ("ka",),
    "armenian": ("hy",),
}
_NOT_IN_LATIN = frozenset(language for languages in _LANGUAGES.values() for language in languages) - {
    "sr", "bs", "uz", "az", "tg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one or two papers. `language` is the usual one where it is asked, as a BCP 47 tag.

    `exactly` keeps to that language, whatever the question is written in. `asker` is a pseudonym, "" for the operator;
    `channel` is the channel's key as text and `zone` its time zone, for the budget.
    """

    papers: tuple[Paper, ...]
    question: str
    language: str
    exactly: bool = False
    turns: tuple[Turn, ...] = ()
    asker: str = ""
    channel: str = ""
    zone: tzinfo | None = None


def checked_question(asked: Asked) -> str:
    """Return the question as it is put to the model.

    Raises InputError: `input.question_empty`, `.question_long`, `.question_code`, `.question_papers` for more than two
    papers, `.question_other` for one that names a paper that is not among those asked about, `.question_withdrawn`.
    """
    if len(asked.question) > LONGEST:
        raise InputError("input.question_long", limit=LONGEST)
    question = " ".join(_FENCE.sub(" ", line) for line in plain(asked.question).splitlines()).strip()
    question = " ".join(question.split())
    if not _WORDS.search(question) and not any(map(str.isalnum, question)):
        raise InputError("input.question_empty")
    if _is_code(_FENCE.sub("\n", plain(asked.question))):
        raise InputError("input.question_code")
    if not 0 < len(asked.papers) <= MOST_PAPERS:
        raise InputError("input.question_papers", limit=MOST_PAPERS)
    for paper in asked.papers:
        if paper.withdrawn:
            raise InputError("input.question_withdrawn", text=shortened(paper.title))
    others = [ref.value for ref in named_in(question) if not any(_means(ref, paper) for paper in asked.papers)]
    if others:
        raise InputError("input.question_other", papers=tuple(others))
    return question


def answer_language(asked: Asked) -> str:
    """Return the tag of the language to answer in: the language of the question, as far as its letters tell.

    Letters that the usual language is written in leave it at that one.
    """
    if asked.exactly:
        return asked.language
    counts = scripts(asked.question)
    usual = base(asked.language)
    if counts["kana"]:
        return asked.language if usual == "ja" else "ja"
    # Names of methods are in Latin letters whatever the language: another script counts for more.
    others = {script: number for script, number in counts.items() if script in _LANGUAGES and number}
    if others and 4 * max(others.values()) >= counts["latin"]:
        languages = _LANGUAGES[max(others, key=lambda script: others[script])]
        return asked.language if usual in languages else languages[0]
    if counts["latin"] and usual in _NOT_IN_LATIN:
        return "en"
    return asked.language


def recent(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the last turns of a conversation, as many and as long as a question may carry."""
    kept: list[Turn] = []
    room = _LONGEST_TALK
    for turn in reversed(turns[-_MOST_TURNS:]):
        short = Turn(shortened(turn.question, LONGEST), shortened(turn.answer, _LONGEST_TURN))
        room -= len(short.question) + len(short.answer)
        if room < 0:
            break
        kept.append(short)
    return tuple(reversed(kept))


def _means(ref: PaperRef, paper: Paper) -> bool:
    if ref.kind is RefKind.ARXIV:
        return str(PaperId.arxiv(ref.value)) in paper.keys
    if ref.kind is RefKind.DOI:
        return str(PaperId.doi(ref.value)) in paper.keys
    return f"s2:{ref.value}" in paper.keys


def _is_code(text: str) -> bool:
    """Whether most lines are a program's; one line counts if it has hardly a word beside its calls and signs."""
    lines = [line for line in text.splitlines() if line.strip()]
    code = sum(bool(_CODE_LINE.search(line)) for line in lines)
    asks = any(line.rstrip().endswith(("?", "？", "か。", "か")) for line in lines)
    if len(lines) == 1:
        return bool(code and _SIGNS.search(text)) and not asks and len(_WORDS.findall(text)) < 6
    return code >= 0.6 * len(lines) and not asks
