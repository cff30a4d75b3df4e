"""Twenty invented papers whose sentences are known, and sixty questions about them with the sentences that answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.models import (
    BlockKind,
    FullText,
    Paper,
    PaperId,
    SentenceRef,
    TextBlock,
    TextSection,
    TextSource,
)
from tests.support.digests import make_paper

COUNT = 20
_NAMES = (
    "Orvex", "Tamlin", "Quorra", "Belfry", "Sundial", "Marrow", "Lantern", "Pewter", "Gimbal", "Thistle",
    "Cobalt", "Harrow", "Juniper", "Kestrel", "Nimbus", "Osprey", "Ravine", "Saffron", "Umber", "Vellum",
)  # fmt: skip
_FILLER = (
    "Earlier systems keep every intermediate state in memory.",
    "This section describes the notation that the remainder relies on.",
    "Each curve is averaged over several random seeds.",
    "The appendix lists all prompts in full.",
    "We thank the anonymous reviewers for their comments.",
    "Readers who know the setting may skip ahead.",
    "Ablations follow the protocol of the previous table.",
    "Longer contexts make the gap wider in absolute terms.",
)


class Premise(StrEnum):
    """What a question takes for granted: the truth, something that the paper contradicts, or what it does not say."""

    TRUE = "true"
    FALSE = "false"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Planted:
    """A question about a paper. `answer` is the sentence that answers or contradicts it, None if there is none."""

    paper: Paper
    question: str
    language: str
    premise: Premise
    answer: SentenceRef | None
    wrong: str = ""  # the figure or name that a false premise has


def planted_paper(number: int) -> tuple[Paper, FullText]:
    """Return the paper with that number, from 0, and its text."""
    fact = _Facts(number)
    arxiv = f"26{1 + number % 12:02}.{10_000 + number}"
    paper = replace(
        make_paper(f"{fact.name}: Decoding with Fewer States", f"We present {fact.name}."),
        id=PaperId.arxiv(arxiv),
        arxiv_id=arxiv,
        url=f"https://arxiv.org/abs/{arxiv}",
    )
    planted = {
        "S1.p2": (fact.speed, _FILLER[number % 8]),
        "S2.p1": (_FILLER[(number + 1) % 8], fact.training),
        "S2.p2": (fact.frozen, _FILLER[(number + 2) % 8]),
        "S3.p1": (_FILLER[(number + 3) % 8], fact.denial),
    }
    blocks = {
        "abstract1.p1": (f"We present {fact.name}, a decoder that keeps fewer states.", _FILLER[(number + 4) % 8]),
        "S1.p1": (_FILLER[(number + 5) % 8], _FILLER[(number + 6) % 8]),
        **planted,
        "S4.p1": (_FILLER[(number + 7) % 8],),
    }
    sections = [
        _section("abstract1", "Abstract", blocks),
        _section("S1", "1 Results", blocks),
        _section("S2", "2 Training", blocks),
        _section("S3", "3 Limits", blocks),
        _section("S4", "Acknowledgements", blocks),
    ]
    url = f"https://arxiv.org/html/{arxiv}v1"
    return paper, FullText(paper.id, TextSource.HTML, tuple(sections), url=url, version=1, title=paper.title)


def _section(name: str, title: str, blocks: dict[str, tuple[str, ...]]) -> TextSection:
    kept = tuple(
        TextBlock(block, BlockKind.PARAGRAPH, sentences, anchor=block)
        for block, sentences in blocks.items()
        if block.partition(".")[0] == name
    )
    return TextSection(name, title, 1, kept)


class _Facts:
    """The planted sentences of one paper."""

    def __init__(self, number: int) -> None:
        self.name = f"{_NAMES[number]}Net"
        self.base = f"{_NAMES[(number + 7) % COUNT]}Base"
        self.data = f"{_NAMES[(number + 3) % COUNT].upper()}QA"
        self.gain = round(1.2 + number * 0.13, 2)
        self.gpus = 8 + 4 * number
        self.hours = 30 + 7 * number
        self.speed = f"{self.name} decodes {self.gain}x faster than {self.base} on the {self.data} benchmark."
        self.training = f"We train {self.name} on {self.gpus} GPUs for {self.hours} hours."
        self.frozen = f"The encoder of {self.name} stays frozen during the second stage."
        self.denial = f"{self.name} does not rely on reinforcement learning at any stage."


def planted_questions() -> tuple[Planted, ...]:
    """Return three questions for each paper: a true one in English, one in Japanese, one with a false premise."""
    asked: list[Planted] = []
    for number in range(COUNT):
        paper, _ = planted_paper(number)
        fact = _Facts(number)
        speed = f"How much faster does {fact.name} decode than {fact.base} on the {fact.data} benchmark?"
        frozen = f"Which part of {fact.name} stays frozen during the second stage?"
        asked.append(
            Planted(paper, frozen, "en", Premise.TRUE, SentenceRef("S2.p2", 0))
            if number % 2
            else Planted(paper, speed, "en", Premise.TRUE, SentenceRef("S1.p2", 0))
        )
        japanese = f"{fact.name}は{fact.data}で{fact.base}の何倍速いのか？"
        asked.append(Planted(paper, japanese, "ja", Premise.TRUE, SentenceRef("S1.p2", 0)))
        asked.append(_false(number, paper, fact))
    return tuple(asked)


def _false(number: int, paper: Paper, fact: _Facts) -> Planted:
    if number % 3 == 0:
        wrong = f"{fact.gain + 3:g}x"
        question = f"Why does {fact.name} decode {wrong} faster than {fact.base} on the {fact.data} benchmark?"
        return Planted(paper, question, "en", Premise.FALSE, SentenceRef("S1.p2", 0), wrong)
    if number % 3 == 1:
        question = f"How does {fact.name} rely on reinforcement learning at any stage?"
        return Planted(paper, question, "en", Premise.FALSE, SentenceRef("S3.p1", 1), "rely on reinforcement")
    wrong = f"{_NAMES[(number + 11) % COUNT]}Teacher"
    question = f"Which checkpoint of {wrong} is distilled into smaller students?"
    return Planted(paper, question, "en", Premise.UNSAID, None, wrong)


class PlantedReader:
    """A Reader of the planted papers, and of any others that it is given."""

    def __init__(self, *others: FullText) -> None:
        self.texts = {paper.id: text for paper, text in map(planted_paper, range(COUNT))}
        self.texts |= {text.paper: text for text in others if text.paper}
        self.read_papers: list[PaperId] = []

    async def read(self, paper: Paper) -> FullText:
        self.read_papers.append(paper.id)
        return self.texts[paper.id]


def full_text(paper: Paper, *paragraphs: Sequence[str]) -> FullText:
    """Return a text of one section with these paragraphs."""
    blocks = tuple(
        TextBlock(f"S1.p{number}", BlockKind.PARAGRAPH, tuple(sentences), anchor=f"S1.p{number}")
        for number, sentences in enumerate(paragraphs, 1)
    )
    section = TextSection("S1", "1 Method", 1, blocks)
    return FullText(paper.id, TextSource.HTML, (section,), url="https://arxiv.org/html/2602.00001v1", version=1)
