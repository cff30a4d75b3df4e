"""Questions about papers, and answers whose claims rest on sentences of the papers' own texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.models.fulltext import SentenceRef, TextSource
from bot.models.papers import Paper, PaperId
from bot.models.summaries import StopReason, Usage


class AnswerKind(StrEnum):
    """`answered`: at least one proved claim. `not_said`: the paper does not say. `unproved`: claims were made, and none
    of them could be proved. `refused`: the model declined.
    """

    ANSWERED = "answered"
    NOT_SAID = "not_said"
    UNPROVED = "unproved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Sentences of a paper that a claim rests on, in the paper's own characters. `url` leads to the place in its text,
    `section` is the title of the section around it.
    """

    paper: PaperId
    sentence: SentenceRef
    text: str
    section: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer and the quotations that prove it. Glue ("In short:") has none; it claims nothing."""

    text: str
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and what was shown as its answer, in plain text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question. `dropped` counts the statements that were left out because nothing proved them;
    `partial` is True if time ran out, or the model stopped, before the answer was complete. `abstract_only` is True if
    no more than the abstract of some paper could be read, and `omitted` counts the blocks of text that the model was
    not shown because the text is too long. `sources` say what each paper's text was read from, in the papers' order.
    """

    kind: AnswerKind
    claims: tuple[Claim, ...] = ()
    dropped: int = 0
    partial: bool = False
    next_questions: tuple[str, ...] = ()
    abstract_only: bool = False
    omitted: int = 0
    sources: tuple[TextSource, ...] = ()


class AskedState(StrEnum):
    """How far a question is: nothing is proved yet, claims are there, it is over, or whoever asked has cancelled it."""

    READING = "reading"
    ANSWERING = "answering"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question and as much of its answer as there is by now: what a chat shows.

    `turn` is the question's id, by which it is cancelled, continued and shared. `papers` come without their abstracts.
    `language` is the answer's, a BCP 47 tag. `asker` is the platform's id of whoever asked, who alone may cancel; it
    is empty once the answer is shared.
    """

    turn: str
    question: str
    papers: tuple[Paper, ...]
    language: str
    answer: Answer | None = None
    state: AskedState = AskedState.READING
    asker: str = ""

    @property
    def working(self) -> bool:
        """Whether more is to come."""
        return self.state in (AskedState.READING, AskedState.ANSWERING)


@dataclass(frozen=True, slots=True)
class CitableText:
    """A paper's text as the model gets it: its sentences in reading order, so that a number names one of them."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One question to a model about one or two texts. `language` is the BCP 47 tag of the answer."""

    model: str
    question: str
    texts: tuple[CitableText, ...]
    language: str
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceRange:
    """Sentences `start` up to, not including, `end` of the text with the number `text`, all counted from 0."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftPiece:
    """A piece of an unchecked answer, in the order of writing, and the sentences that the model cites for it.

    A sentence of the answer may be several pieces, and a piece several sentences.
    """

    text: str
    cited: tuple[SentenceRange, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftEnd:
    """How a drafted answer ended. `invalid` counts citations that lead nowhere."""

    stop: StopReason
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class NextRequest:
    """A request for questions that a reader may ask next. `outline` are the section titles of the texts."""

    model: str
    question: str
    claims: tuple[str, ...]
    titles: tuple[str, ...]
    outline: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What makes two questions the same, so that one answer serves both.

    `texts` are the papers with the version that was read, in the order asked; `question` is as typed; `prompt` names
    the instructions of the model; `turns` are those of the conversation so far; `source` says what was read.
    """

    texts: tuple[tuple[PaperId, int | None], ...]
    question: str
    language: str
    model: str
    prompt: str
    turns: tuple[Turn, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class SearchPhrases:
    """What a model would look for in a paper, in the paper's language, and what asking it has cost."""

    texts: tuple[str, ...]
    usage: Usage
