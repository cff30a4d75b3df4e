"""Choose the blocks of a full text that a question is answered from, where the whole text would be too long.

Kept are the abstract, the outline (the titles of all sections), and the blocks most likely to hold the answer, whole
and in reading order: a table with its caption, a formula with the paragraph around it.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from bot.models import BlockKind, FullText, TextBlock, TextSection
from bot.ports import Embedder
from bot.questions.glossary import in_english
from bot.questions.relevance import Scores, relevance, standard
from bot.questions.terms import folded, terms, without_stop_words

# Find search phrases in the language of a paper, given the question, the paper's title and its outline. Empty if there
# are none to be had.
Phrasing = Callable[[str, str, Sequence[str]], Awaitable[tuple[str, ...]]]

_ABSTRACTS = frozenset(
    "abstract summary 概要 要旨 摘要 抄録 초록 résumé resumen resumo zusammenfassung riassunto samenvatting".split()
)
_ABSTRACT_SHARE = 0.5  # of the budget, for what calls itself the abstract
_OUTLINE_SHARE = 0.25
_LONGEST_TITLE = 300
_LARGEST_UNIT = 3_000  # characters that are kept or left out together
_LONGEST_EMBEDDED = 1_000  # characters of a sentence; longer ones are none
_QUESTION_LENGTH = 2_000
_PHRASES = 5
_PHRASE_LENGTH = 200
# The least share of a question's words that a paper in its language has; it has nearly all of the small words.
_OWN_WORDS = 0.5
# What a longer block counts less when room is short, in standard scores for each e-fold: two short ones may hold more
# than one long one.
_LENGTH = 0.5
_SMALL = 60  # characters; the shortest blocks are no bargain


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen of a text. `text` has its ids, anchors and order; sections without a chosen block keep their
    titles. `omitted` is the number of blocks left out.
    """

    text: FullText
    omitted: int = 0
    phrases: tuple[str, ...] = ()


class Passages:
    """Chooses passages by their words and by vectors of `embedder`.

    `phrases` is called for a question that is not in the paper's language; without it, what both have in common must
    do.
    """

    def __init__(self, embedder: Embedder, phrases: Phrasing | None = None) -> None:
        self._embedder = embedder
        self._phrases = phrases

    async def choose(self, text: FullText, question: str, limit: int) -> Chosen:
        """Return what to answer the question from, at most `limit` characters of sentences and titles.

        A text within the limit is returned whole, and no phrases are asked for.
        """
        if length(text) <= limit:
            return Chosen(text)
        phrases: tuple[str, ...] = ()
        foreign = await asyncio.to_thread(needs_phrases, text, question)
        if foreign and self._phrases:
            phrases = bounded(await self._phrases(question, text.title, outline(text)))
        scores = await self.score(text, question, phrases)
        return replace(await asyncio.to_thread(select, text, scores, limit), phrases=phrases)

    async def score(self, text: FullText, question: str, phrases: Sequence[str] = ()) -> Scores:
        """Return the relevance of every block in reading order; `phrases` put the question in the paper's language."""
        wanted = await asyncio.to_thread(queries, text, question, phrases)
        similarities = await self.similarities(text, wanted)
        return await asyncio.to_thread(_scores, text, wanted, similarities)

    async def similarities(self, text: FullText, wanted: Sequence[str]) -> Scores:
        """Return how close each sentence is to what is wanted, as the mean cosine."""
        sentences = [sentence[:_LONGEST_EMBEDDED] for _, sentence in text.sentences()]
        embedded = await self._embedder.embed([*sentences, *map(without_stop_words, wanted)])
        points = _unit(np.frombuffer(embedded.floats, dtype=np.float32).reshape(-1, embedded.width))
        similarities: Scores = (points[: len(sentences)] @ points[len(sentences) :].T).mean(axis=1, dtype=np.float64)
        return similarities


def _scores(text: FullText, wanted: Sequence[str], similarities: Scores) -> Scores:
    of_blocks: list[list[str]] = []
    of_sentences: list[list[str]] = []
    owners: list[int] = []
    for section, of_titles in zip(text.sections, _title_terms(text.sections), strict=True):
        for block in section.blocks:
            sentences = [terms(sentence) for sentence in block.sentences]
            owners += [len(of_blocks)] * len(sentences)
            of_blocks.append([*of_titles, *(term for sentence in sentences for term in sentence)])
            of_sentences += sentences
    asked = [term for query in wanted for term in terms(query)]
    return relevance(of_blocks, of_sentences, owners, asked, similarities)


def _title_terms(sections: Iterable[TextSection]) -> Iterator[list[str]]:
    """Yield for each section the terms of its title and of those above it."""
    above: list[tuple[int, list[str]]] = []
    for section in sections:
        above = [(level, title) for level, title in above if level < section.level]
        above.append((section.level, terms(section.title[:_LONGEST_TITLE])))
        yield [term for _, title in above for term in title]


def _unit(points: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(points, axis=1, keepdims=True).astype(np.float32)
    norms[norms == 0] = 1
    scaled: NDArray[np.float32] = points / norms
    return scaled


def length(text: FullText) -> int:
    """Return the characters of all sentences and titles."""
    return sum(len(section.title) for section in text.sections) + sum(_size(block) for _, block in text.blocks())


def outline(text: FullText) -> tuple[str, ...]:
    """Return the titles of the sections in order."""
    return tuple(section.title for section in text.sections if section.title)


def needs_phrases(text: FullText, question: str) -> bool:
    """Return whether the question is not in the paper's language, judged by how many of its words the paper has."""
    asked = folded(question[:_QUESTION_LENGTH])
    if not asked:
        return False
    known = {word for _, sentence in text.sentences() for word in folded(sentence)}
    return sum(word in known for word in asked) < _OWN_WORDS * len(asked)


def queries(text: FullText, question: str, phrases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what to look for: the question, or for one in another language the phrases and what is the same in both.

    That is its numbers, its names in Latin letters, and the terms of the field that a table has.
    """
    question = question[:_QUESTION_LENGTH]
    if not needs_phrases(text, question):
        return (question,)
    common = in_english(question)
    return tuple(filter(None, (*bounded(phrases), common))) or (question,)


def bounded(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return the phrases on one line each, without empty and repeated ones, no more and no longer than is of use."""
    tidy = (" ".join(unicodedata.normalize("NFKC", phrase).split())[:_PHRASE_LENGTH].strip() for phrase in phrases)
    return tuple(dict.fromkeys(phrase for phrase in tidy if re.search(r"\w", phrase)))[:_PHRASES]


def select(text: FullText, scores: Scores, limit: int) -> Chosen:
    """Return the text with its abstract, its outline, and the blocks of the highest scores that fit. Pure.

    `scores` has one value for each block in reading order.
    """
    sections, scores = text.sections, standard(scores)
    blocks = [(number, block) for number, section in enumerate(sections) for block in section.blocks]
    titled = _outlined(sections, int(limit * _OUTLINE_SHARE))
    kept: set[int] = set()
    room = limit - sum(len(sections[number].title) for number in titled)

    def cost(unit: Sequence[int]) -> int:
        untitled = {blocks[n][0] for n in unit} - titled
        return sum(len(sections[number].title) for number in untitled) + sum(_size(blocks[n][1]) for n in unit)

    def keep(unit: Sequence[int]) -> None:
        kept.update(unit)
        titled.update(blocks[n][0] for n in unit)

    allowance = int(room * _ABSTRACT_SHARE)
    for n, (number, _) in enumerate(blocks):
        if is_abstract(sections[number]) and (needed := cost((n,))) <= allowance:
            keep((n,))
            room, allowance = room - needed, allowance - needed
    worth = {unit: _worth(scores[list(unit)], sum(_size(blocks[n][1]) for n in unit)) for unit in units(blocks)}
    for unit in sorted(worth, key=lambda unit: -worth[unit]):
        left = [n for n in unit if n not in kept]
        if left and (needed := cost(left)) <= room:
            keep(left)
            room -= needed
    return Chosen(_with_blocks(text, titled, kept), len(blocks) - len(kept))


def _with_blocks(text: FullText, titled: Container[int], kept: Container[int]) -> FullText:
    """Return the text with those sections and blocks, by number."""
    numbers = count()
    sections = [
        replace(section, blocks=tuple(block for block in section.blocks if next(numbers) in kept))
        for section in text.sections
    ]
    return replace(text, sections=tuple(section for n, section in enumerate(sections) if n in titled))


def _worth(scores: Scores, size: int) -> float:
    """Return what a unit of so many characters is worth when room is short."""
    return float(scores.max() - _LENGTH * np.log(size + _SMALL))


def _outlined(sections: Sequence[TextSection], room: int) -> set[int]:
    """Return the numbers of the sections whose titles are kept: all, or the highest levels if there is no room."""
    titled: set[int] = set()
    for number in sorted(range(len(sections)), key=lambda number: sections[number].level):
        size = len(sections[number].title)
        if size <= min(room, _LONGEST_TITLE):
            titled.add(number)
            room -= size
    return titled


def is_abstract(section: TextSection) -> bool:
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKC", section.title)).casefold() in _ABSTRACTS


def units(blocks: Sequence[tuple[int, TextBlock]]) -> list[tuple[int, ...]]:
    """Return the blocks that are of use only together, as their numbers, in order: each is in exactly one unit.

    `blocks` are given with the number of their section.
    """
    grouped: list[list[int]] = []
    size = 0
    for n, (section, block) in enumerate(blocks):
        before = blocks[n - 1] if n else None
        belongs = before is not None and before[0] == section and _continues(before[1], block)
        size = size + _size(block) if belongs else _size(block)
        if belongs and size <= _LARGEST_UNIT:
            grouped[-1].append(n)
        else:
            grouped.append([n])
            size = _size(block)
    return [tuple(unit) for unit in grouped]


def _continues(before: TextBlock, block: TextBlock) -> bool:
    """Whether a block cannot be understood without the one before it."""
    if block.kind is BlockKind.ROW:
        return before.kind in (BlockKind.CAPTION, BlockKind.ROW)
    if block.kind is BlockKind.CAPTION:
        return before.kind is BlockKind.ROW
    if block.kind is BlockKind.FORMULA:
        return before.kind in (BlockKind.PARAGRAPH, BlockKind.FORMULA)
    # "where x is the number of …" goes on after a formula.
    start = block.sentences[0][:1] if block.sentences else ""
    return block.kind is BlockKind.PARAGRAPH and before.kind is BlockKind.FORMULA and start.islower()


def _size(block: TextBlock) -> int:
    return sum(map(len, block.sentences))
