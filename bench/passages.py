"""Measure how well the passages chosen for a question hold its evidence, beside BM25 alone and vectors alone.

    python -m bench.passages [FILE ...] [--limit N] [--self-check]

Without a file, the data sets of the shared material are used (`reading/qa` of the folder named by KAWARABAN_SHARED, or
`../shared`): COVID-QA, articles with their full texts; and QASPER, of which only questions and their evidence are
there, so that each paper is made of its own evidence and that of the papers with the most similar titles, 97 paragraphs
in all.

A FILE is JSON of this form; what has a `?` may be left out:

    {"papers": [{"title": "...", "abstract?": "...",
                 "sections": [{"title": "...", "level?": 1, "paragraphs": ["...", ...]}, ...],
                 "questions": [{"question": "...", "evidence": ["...", ...], "language?": "en",
                                "phrases?": ["...", ...]}, ...]}, ...]}

`evidence` are paragraphs of the paper, or pieces of them; a list of lists has those of several annotators, and the best
one counts. `phrases` stand for what a model would answer when it is asked for search phrases in the paper's language.
Evidence that the paper does not have, such as figures, is left out and counted.

R@k is the share of the evidence paragraphs among the k of the highest scores. "Within" is their share in what is chosen
of so many characters, titles and abstract included. Both are means over the questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.checking.text import sentences
from bot.models import BlockKind, FullText, TextBlock, TextSection, TextSource
from bot.questions.passages import Passages, length, needs_phrases, queries, select
from bot.questions.relevance import Scores, best, bm25
from bot.questions.terms import terms
from bot.taste.embedding.word_vectors import WordVectors

ROOT = Path(__file__).resolve().parents[1]
RANKS = (1, 5, 10, 20)
LIMITS = (4_000, 8_000, 16_000, 24_000)
METHODS = ("BM25 alone", "vectors alone", "both")
QASPER_PAPERS, QASPER_PARAGRAPHS = 400, 97
_TELLING = 60  # letters and digits
# Least figures of `both`, by data set.
BARS = {"COVID-QA": {"R@5": 0.88, "16k": 0.96}}


@dataclass(frozen=True, slots=True)
class Case:
    """One question. `evidence` has the numbers of its blocks, by annotator."""

    question: str
    evidence: tuple[frozenset[int], ...]
    language: str = "en"
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    text: FullText
    cases: tuple[Case, ...]


@dataclass
class Figures:
    """The values of each question, by method and measure."""

    values: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    chosen: list[float] = field(default_factory=list)  # largest share of a limit that was used

    def add(self, method: str, measure: str, value: float) -> None:
        self.values.setdefault((method, measure), []).append(value)

    def mean(self, method: str, measure: str) -> float:
        return float(np.mean(self.values[method, measure]))

    @property
    def count(self) -> int:
        return len(self.values.get(("both", "R@1"), ()))


def full_text(title: str, sections: Iterable[Mapping[str, Any]], abstract: str = "") -> FullText:
    """Return a text of plain paragraphs. Raises KeyError and TypeError for another form."""
    given = [{"title": "Abstract", "paragraphs": [abstract]}] if abstract.strip() else []
    made = []
    for number, section in enumerate([*given, *sections]):
        blocks = tuple(
            TextBlock(f"s{number}.p{n}", BlockKind.PARAGRAPH, tuple(s for s in sentences(paragraph) if s.strip()))
            for n, paragraph in enumerate(section["paragraphs"])
            if paragraph.strip()
        )
        made.append(TextSection(f"s{number}", section.get("title") or "", int(section.get("level") or 1), blocks))
    return FullText(None, TextSource.HTML, tuple(made), title=title)


def joined(block: TextBlock) -> str:
    return _letters(" ".join(block.sentences))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def found(evidence: Sequence[str], blocks: Sequence[str]) -> tuple[frozenset[int], int]:
    """Return the blocks that the evidence stands in, and how many pieces stand in none."""
    numbers: set[int] = set()
    lost = 0
    for piece in map(_letters, evidence):
        its = {n for n, block in enumerate(blocks) if piece and (piece in block or _is_part(block, piece))}
        lost += not its
        numbers |= its
    return frozenset(numbers), lost


def _is_part(block: str, piece: str) -> bool:
    """Whether the evidence goes over the whole block, which is long enough not to stand in it by chance."""
    return len(block) > _TELLING and block in piece


def read(document: Mapping[str, Any]) -> tuple[list[Paper], int, int]:
    """Return the papers of a document of the form above, how many pieces of evidence they do not have, and how many
    questions are left out because none is left. Raises KeyError and TypeError for another form.
    """
    papers, lost, without = [], 0, 0
    for paper in document["papers"]:
        text = full_text(paper["title"], paper["sections"], paper.get("abstract") or "")
        blocks = [joined(block) for _, block in text.blocks()]
        cases = []
        for one in paper["questions"]:
            given = one["evidence"]
            annotators = [a for a in (given if given and isinstance(given[0], list) else [given]) if a]
            located = [found(annotator, blocks) for annotator in annotators]
            lost += sum(missing for _, missing in located)
            evidence = tuple(numbers for numbers, _ in located if numbers)
            without += not evidence
            if evidence:
                phrases = tuple(one.get("phrases") or ())
                cases.append(Case(one["question"], evidence, one.get("language") or "en", phrases))
        papers.append(Paper(text, tuple(cases)))
    return papers, lost, without


def covid_qa(path: Path) -> dict[str, Any]:
    """Return COVID-QA's articles, one paragraph a line, in the form above."""
    papers = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for part in article["paragraphs"]:
            lines, start = [], 0
            for line in part["context"].splitlines(keepends=True):
                if line.strip():
                    lines.append((start, start + len(line), line.strip()))
                start += len(line)
            questions = [
                {
                    "question": one["question"],
                    "evidence": [
                        [text for begin, end, text in lines if begin < at + len(answer["text"].strip()) and end > at]
                        for answer in one["answers"]
                        for at in (answer["answer_start"],)
                    ],
                }
                for one in part["qas"]
            ]
            abstract = [text for *_, text in lines if text.startswith("Abstract:")]
            body = [text for *_, text in lines if not text.startswith("Abstract:")]
            sections = [{"title": "Abstract", "paragraphs": abstract}, {"title": "", "paragraphs": body}]
            papers.append({"title": lines[0][2], "sections": sections, "questions": questions})
    return {"papers": papers}


async def qasper(path: Path, limit: int) -> dict[str, Any]:
    """Return papers made of QASPER's evidence, in the form above; see the module."""
    given = [
        paper for paper in json.loads(path.read_text(encoding="utf-8")) if any(q["evidence"] for q in paper["qas"])
    ]
    own = [list(dict.fromkeys(piece for one in paper["qas"] for piece in one["evidence"])) for paper in given]
    vectors = await WordVectors().embed([paper["title"] for paper in given])
    points = np.frombuffer(vectors.floats, dtype=np.float32).reshape(len(given), -1)
    points = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    chance = random.Random(1)
    papers = []
    for number in chance.sample(range(len(given)), min(limit, len(given))):
        others = (piece for n in np.argsort(-(points @ points[number])) if n != number for piece in own[n])
        paragraphs = list(dict.fromkeys([*own[number], *others]))[: max(QASPER_PARAGRAPHS, len(own[number]))]
        chance.shuffle(paragraphs)
        questions = [one for one in given[number]["qas"] if one["evidence"]]
        sections = [{"title": "", "paragraphs": paragraphs}]
        papers.append({"title": given[number]["title"], "sections": sections, "questions": questions})
    return {"papers": papers}


async def measure(papers: Sequence[Paper]) -> dict[str, Figures]:
    """Return the figures by language."""
    passages = Passages(WordVectors())
    by_language: dict[str, Figures] = {}
    for paper in papers:
        of_blocks = [[term for one in block.sentences for term in terms(one)] for _, block in paper.text.blocks()]
        owners = [n for n, (_, block) in enumerate(paper.text.blocks()) for _ in block.sentences]
        ids = [block.id for _, block in paper.text.blocks()]
        for case in paper.cases:
            figures = by_language.setdefault(case.language, Figures())
            began = time.perf_counter()
            both = await passages.score(paper.text, case.question, case.phrases)
            select(paper.text, both, LIMITS[-1])
            figures.seconds.append(time.perf_counter() - began)
            wanted = queries(paper.text, case.question, case.phrases)
            words = bm25(of_blocks, [term for query in wanted for term in terms(query)])
            meaning = best(await passages.similarities(paper.text, wanted), owners, len(ids))
            for method, scores in zip(METHODS, (words, meaning, both), strict=True):
                _judge(figures, method, paper.text, ids, scores, case)
    return by_language


def _judge(figures: Figures, method: str, text: FullText, ids: Sequence[str], scores: Scores, case: Case) -> None:
    order = np.argsort(-scores, kind="stable")
    for rank in RANKS:
        figures.add(method, f"R@{rank}", _share(case, set(order[:rank].tolist())))
    for limit in LIMITS:
        chosen = select(text, scores, limit).text
        kept = {block.id for _, block in chosen.blocks()}
        figures.add(method, f"{limit // 1000}k", _share(case, {n for n, name in enumerate(ids) if name in kept}))
        figures.chosen.append(length(chosen) / limit)


def _share(case: Case, numbers: set[int]) -> float:
    return max(len(annotator & numbers) / len(annotator) for annotator in case.evidence)


def report(name: str, by_language: Mapping[str, Figures]) -> list[str]:
    """Print the figures. Returns what is below its bar."""
    faults = []
    for language, figures in sorted(by_language.items()):
        millis = 1000 * float(np.median(figures.seconds))
        print(f"\n{name}, {language}: {figures.count} questions, {millis:.0f} ms each")
        measures = [f"R@{rank}" for rank in RANKS] + [f"{limit // 1000}k" for limit in LIMITS]
        print(f"  {'':14}" + "".join(f"{measure:>7}" for measure in measures))
        for method in METHODS:
            print(f"  {method:14}" + "".join(f"{figures.mean(method, measure):7.3f}" for measure in measures))
        if max(figures.chosen) > 1:
            faults.append(f"{name}: more was chosen than the limit")
        for measure, bar in BARS.get(name, {}).items():
            if figures.mean("both", measure) < bar:
                faults.append(f"{name}: {measure} {figures.mean('both', measure):.3f} is below {bar}")
    return faults


async def run(name: str, document: Mapping[str, Any]) -> list[str]:
    papers, lost, without = read(document)
    if lost or without:
        print(f"{name}: {lost} pieces of evidence are not in their paper, {without} questions have no others")
    foreign = [
        case for p in papers for case in p.cases if case.language == "en" and needs_phrases(p.text, case.question)
    ]
    faults = report(name, await measure(papers))
    if foreign:
        print(
            f"  {len(foreign)} English questions were taken for another language's, such as: {foreign[0].question[:80]}"
        )
    return faults


def invented(seed: int = 7) -> dict[str, Any]:
    """Return papers in which one paragraph each answers a question, in other words of the same stem."""
    chance = random.Random(seed)
    names = [f"{a}{b}" for a in ("bel", "cor", "dax", "fen", "gol", "hum") for b in ("ani", "eru", "ito", "osu", "uma")]
    filler = "we study models that learn from data and report results on several tasks with common settings".split()
    papers = []
    for number in range(6):
        chance.shuffle(names)
        sections, questions = [], []
        for at in range(8):
            name, value = names[at], chance.randint(10, 99)
            paragraphs = [" ".join(chance.choices(filler, k=40)).capitalize() + "." for _ in range(6)]
            place = chance.randrange(6)
            answer = f"{paragraphs[place]} The latency of {name} drops to {value} milliseconds after pruning."
            paragraphs[place] = answer
            sections.append({"title": f"Part {at + 1}: {name}", "paragraphs": paragraphs})
            ask = (f"How many milliseconds is the latency of {name}?", "en"), (f"{name}のレイテンシは何ミリ秒か", "ja")
            questions += [{"question": text, "language": tag, "evidence": [answer]} for text, tag in ask]
        papers.append(
            {"title": f"Paper {number}", "abstract": "We prune.", "sections": sections, "questions": questions}
        )
    return {"papers": papers}


async def self_check() -> list[str]:
    """Check invented papers in a few seconds, and return what is wrong."""
    papers, lost, without = read(invented())
    faults = [f"{lost + without} pieces of evidence are lost"] if lost or without else []
    for language, figures in (await measure(papers)).items():
        for measure_, bar in (("R@5", 0.95), ("8k", 0.95)):
            if (value := figures.mean("both", measure_)) < bar:
                faults.append(f"{language}: {measure_} {value:.3f} is below {bar}")
        if max(figures.chosen) > 1:
            faults.append(f"{language}: more was chosen than the limit")
    return faults


def data_sets() -> Iterator[tuple[str, Path]]:
    folder = Path(os.environ.get("KAWARABAN_SHARED", ROOT.parent / "shared")) / "reading" / "qa"
    yield "COVID-QA", folder / "covidqa_200423.json"
    yield "QASPER", folder / "qasper_train_questions_evidence_813papers.json"


async def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--limit", type=int, default=QASPER_PAPERS, help="papers of QASPER")
    parser.add_argument("--self-check", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_check:
        faults = await self_check()
    else:
        faults = []
        for path in arguments.files:
            try:
                faults += await run(path.name, json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                print(f"{path} cannot be read: {type(error).__name__}: {error}", file=sys.stderr)
                return 2
        for name, path in () if arguments.files else data_sets():
            if not path.exists():
                print(f"{name} is skipped: there is no {path}")
                continue
            faults += await run(name, covid_qa(path) if name == "COVID-QA" else await qasper(path, arguments.limit))
    for fault in faults:
        print(f"FAILED: {fault}")
    if arguments.self_check and not faults:
        print("bench.passages: evidence is found in invented papers")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
