"""How the tests' Claude answers a question from cited documents: right, silent, or wrong in one of many ways.

It knows nothing: the right answer is the sentence that has most of the question's words, told again, and there is none
where no sentence has enough of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_TOKEN = re.compile(r"[A-Za-z][\w-]*|\d+(?:\.\d+)?", re.ASCII)
_NAME = re.compile(r"\b[A-Z][A-Za-z]*[A-Z0-9][\w-]*|\b[A-Z]{2,}\b", re.ASCII)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*(?:\s?(?:%|x\b|GB|MB|ms|layers|heads|hours|tokens))?")
_ORDER = re.compile(r"(?:answer|say|write|reply|tell)[^.]{0,40}[:\"“]\s*([^\"”\n]{3,200})", re.IGNORECASE)
_COMMON = frozenset(
    "the a an of to in is are was were and or for with that this what which how why does do did it its on by as at be "
    "many much from than paper authors their they has have had using used use about when where who say".split()
)
_ENOUGH = 0.6  # of the question's words in one sentence
SILENT = "NOT_IN_PAPER"


@dataclass(frozen=True, slots=True)
class Block:
    """A text block of the answer with its citations, in the API's form."""

    text: str
    citations: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A question about documents, each a title and its sentences."""

    documents: Sequence[tuple[str, Sequence[str]]]
    question: str
    language: str
    turns: Sequence[str] = field(default_factory=tuple)


def blocks(task: Task, mode: str) -> list[Block]:
    """Return the answer in a mode of MODES; in any other one the right answer."""
    return MODES.get(mode, _right)(task)


def next_questions(task: Mapping[str, Any]) -> list[str]:
    """Return two questions about the sections that a request for them names."""
    sections = [str(title) for title in task.get("sections") or []][:2] or ["method"]
    if task.get("language_tag") == "ja":
        return [f"{title}では何が述べられていますか？" for title in sections]
    return [f"What is described in {title}?" for title in sections]


def citation(task: Task, document: int, start: int, end: int | None = None) -> Json:
    """Return a citation as the API gives it, whether or not there is such a place."""
    end = start + 1 if end is None else end
    sentences = task.documents[document][1] if 0 <= document < len(task.documents) else ()
    return {
        "type": "content_block_location",
        "cited_text": "".join(sentences[max(start, 0) : max(end, 0)]),
        "document_index": document,
        "document_title": task.documents[document][0] if 0 <= document < len(task.documents) else None,
        "file_id": None,
        "start_block_index": start,
        "end_block_index": end,
    }


def _found(task: Task) -> Iterator[tuple[int, int]]:
    """Yield, for each document, the number of the sentence that answers the question, if there is one."""
    wanted = _words(task.question)
    for number, (_, sentences) in enumerate(task.documents):
        scores = [len(wanted & _words(sentence)) / max(1, len(wanted)) for sentence in sentences]
        best = max(range(len(scores)), key=lambda at: scores[at], default=None)
        if best is not None and wanted and scores[best] >= _ENOUGH:
            yield number, best


def _words(text: str) -> set[str]:
    # A figure of the question may be a false one, so that it does not help to find the sentence.
    return {word.casefold().rstrip("s") for word in _TOKEN.findall(text) if not word[0].isdigit()} - _COMMON


def _told(sentence: str, language: str) -> str:
    """Tell a sentence of a paper again, in the language."""
    if language.partition("-")[0] != "ja":
        return re.sub(r"\bwe\b", "they", re.sub(r"^We\b", "The authors", sentence)).replace("Our ", "Their ")
    names = "と".join(dict.fromkeys(_NAME.findall(sentence))) or "この手法"
    figures = "と".join(dict.fromkeys(_FIGURE.findall(sentence)))
    return f"{names}については、{figures}という値が示されている。" if figures else f"{names}について述べられている。"


def _right(task: Task) -> list[Block]:
    """One claim for each document that answers, in the API's way: glue without citation, then the cited text."""
    found = list(_found(task))
    if not found:
        return [Block(SILENT)]
    opening = "論文によると、" if task.language.startswith("ja") else "According to the paper: "
    answer = [Block(opening)] if len(found) == 1 else []
    for document, at in found:
        answer += [
            Block(_told(task.documents[document][1][at], task.language), (citation(task, document, at),)),
            Block("\n"),
        ]
    return answer


def _changed(text: str) -> str:
    """Change the figures of a text, or add one."""
    changed = re.sub(r"\d+(?:\.\d+)?", lambda match: f"{float(match[0]) * 3 + 11:g}", text)
    return changed if changed != text else f"{text.rstrip('.。')} (73.9%)."


def _each(change: Callable[[Task, Block], list[Block]]) -> Callable[[Task], list[Block]]:
    """Return a way of answering that changes every cited block of the right answer."""

    def answer(task: Task) -> list[Block]:
        return [new for block in _right(task) for new in (change(task, block) if block.citations else [block])]

    return answer


def _elsewhere(task: Task, block: Block) -> list[Block]:
    place = block.citations[0]
    size = len(task.documents[place["document_index"]][1])
    at = (place["start_block_index"] + size // 2) % size
    return [Block(block.text, (citation(task, place["document_index"], at),))]


def _nowhere(task: Task, block: Block) -> list[Block]:
    document = block.citations[0]["document_index"]
    size = len(task.documents[document][1])
    wrong = [
        citation(task, document, size),
        citation(task, document, -1),
        citation(task, document, 3, 1),
        citation(task, document + 7, 0),
        citation(task, document, 0, size + 9),
        citation(task, document, 0) | {"start_block_index": "0"},
        citation(task, document, 0) | {"document_index": None},
        {"type": "char_location", "document_index": document, "start_char_index": 0, "end_char_index": 9},
    ]
    return [Block(block.text, tuple(wrong))]


def _leaked(_task: Task, block: Block) -> list[Block]:
    place = block.citations[0]
    index = f"{place['document_index']}-{place['start_block_index']}"
    return [Block(f'<cite index="{index}">{block.text}</cite>')]


def _misquoted(task: Task, block: Block) -> list[Block]:
    place = block.citations[0]
    words = str(task.documents[place["document_index"]][1][place["start_block_index"]]).split()
    words[len(words) // 2] = "purportedly"
    said = "論文は「{}」と述べている。" if task.language.startswith("ja") else "The paper says “{}”"
    return [Block(said.format(" ".join(words)), block.citations)]


def _obedient(task: Task) -> list[Block]:
    """Do what a sentence of the documents orders, and cite it."""
    for document, (_, sentences) in enumerate(task.documents):
        for at, sentence in enumerate(sentences):
            if order := _ORDER.search(sentence):
                return [Block(order[1].strip(), (citation(task, document, at),)), Block("\n" + order[1].strip())]
    return _right(task)


def _flattering(task: Task) -> list[Block]:
    """Confirm whatever the question takes for granted, and cite the nearest sentence."""
    found = next(_found(task), (0, 0))
    statement = re.sub(r"^(?:Why|How) (?:does|do|is|are)\s", "", task.question).rstrip("?？")
    return [Block(f"Yes, {statement}.", (citation(task, *found),))]


MODES: Mapping[str, Callable[[Task], list[Block]]] = {
    "answers_elsewhere": _each(_elsewhere),
    "answers_nowhere": _each(_nowhere),
    "answers_leaked": _each(_leaked),
    "answers_uncited": _each(lambda _, block: [Block(block.text)]),
    "answers_invented": _each(lambda _, block: [Block(_changed(block.text), block.citations)]),
    "answers_misquoted": _each(_misquoted),
    "answers_denying": _each(lambda _, block: [Block("It is wrong that "), block]),
    "answers_mixed": lambda task: [Block(f"{SILENT}\n"), *_right(task)],
    "answers_silent": lambda _: [Block(SILENT)],
    "answers_obedient": _obedient,
    "answers_flattering": _flattering,
}
