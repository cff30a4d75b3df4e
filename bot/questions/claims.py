"""Decide what to show of a drafted answer: statements that the paper's own sentences prove. Pure.

A statement becomes a claim if sentences are cited for it and only glue stands beside what they are cited for; if its
numbers and names stand in those sentences; if what it puts between quotation marks stands in the paper; and if nothing
in it speaks to the reader. The quotations below it are the paper's own sentences, by number. They cannot be false;
whether they are the best ones is the reader's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.checking.addresses import without_addresses
from bot.checking.claims import claim_findings, is_order
from bot.models import Answer, AnswerKind, Claim, DraftEnd, DraftPiece, FullText, Quotation, StopReason
from bot.questions.glue import is_glue
from bot.questions.ground import has_common_ground
from bot.questions.quoted import quoted_in, stands_in
from bot.questions.statements import Statement, Statements
from bot.questions.texts import AskedText
from bot.tex import readable
from bot.words.plain import one_line, without_bold

NOT_SAID = "NOT_IN_PAPER"  # the whole answer of a model that finds nothing; see bot/claude/prompts/answer.md
MOST_CLAIMS = 12
MOST_QUOTATIONS = 12  # sentences for one claim; who cites half a paper proves nothing

# The same line, as a model writes it that gets it wrong.
_SILENCE = re.compile(r"\bnot[\s_-]in[\s_-]paper\b", re.IGNORECASE)

# Whether a text contains a quotation (see `quoted.stands_in`).
Finds = Callable[[FullText, str], bool]


class Claims:
    """The claims of one answer, as its pieces come. `finds` holds a quotation against a text."""

    def __init__(self, texts: Sequence[AskedText], language: str, finds: Finds = stands_in) -> None:
        self._texts = texts
        self._language = language
        self._finds = finds
        self._statements = Statements()
        self._claims: list[Claim] = []
        self._glue: Claim | None = None  # waits for the claim that it introduces
        self._dropped = 0
        self._silent = False

    def add(self, piece: DraftPiece) -> bool:
        """Take a piece of the answer. Returns whether there is a new claim."""
        before = len(self._claims)
        for statement in self._statements.add(piece):
            self._take(statement)
        return len(self._claims) > before

    def answer(self) -> Answer:
        """Return the answer as far as it is proved by now."""
        kind = AnswerKind.ANSWERED if self._claims else AnswerKind.UNPROVED
        return Answer(kind, tuple(self._claims), self._dropped)

    def finish(self, end: DraftEnd | None) -> Answer:
        """Return the answer after its last piece; `end` is None if the stream broke off or time ran out.

        A refusal takes back what came before it. What a broken-off answer says last may be half of a sentence, and
        is left out.
        """
        if end is None or end.stop is not StopReason.COMPLETE:
            if end and end.stop is StopReason.REFUSED:
                return Answer(AnswerKind.REFUSED)
            return replace(self.answer(), partial=True)
        for statement in self._statements.end():
            self._take(statement)
        if self._silent and not self._claims and not self._dropped:
            return Answer(AnswerKind.NOT_SAID)
        answer = self.answer()
        return replace(answer, dropped=answer.dropped + 1) if self._silent else answer

    def _take(self, statement: Statement) -> None:
        text = statement.text
        if not statement.cited and text.rstrip(".。") == NOT_SAID:
            self._silent = True
        elif not statement.cited and is_glue(text):
            self._glue = Claim(_shown(text))
        elif len(self._claims) < MOST_CLAIMS and (claim := self._proved(statement)):
            self._claims += [*([self._glue] if self._glue else []), claim]
            self._glue = None
        else:
            self._dropped += 1
            self._glue = None

    def _proved(self, statement: Statement) -> Claim | None:
        """Return the statement with its proof; None if it is not proved."""
        if not statement.cited or not all(map(is_glue, statement.uncited)):
            return None
        quotations = tuple(self._quotations(statement))
        if not 0 < len(quotations) <= MOST_QUOTATIONS or _SILENCE.search(statement.text):
            return None
        proof = [one.text for one in quotations]
        if any(map(is_order, proof)):
            return None
        texts = [self._texts[number] for number in dict.fromkeys(place.text for place in statement.cited)]
        # Whoever hides an order in a title would have its words taken for names of the paper.
        title = "\n".join(text.title for text in texts if not is_order(text.title))
        # The sentence with the address stands below, with a link to its place.
        text = without_addresses(without_bold(readable(statement.text)), "\n".join(proof))
        if claim_findings(title, proof, text, self._language) or not has_common_ground(proof, text):
            return None
        quoted = quoted_in(text)
        if quoted is None or not all(any(self._finds(one.full, words) for one in texts) for words in quoted):
            return None
        return Claim(_shown(text), quotations)

    def _quotations(self, statement: Statement) -> Iterator[Quotation]:
        seen = set()
        for place in statement.cited:
            for quotation in self._texts[place.text].quoted(place):
                if (key := (quotation.paper, quotation.sentence)) not in seen:
                    seen.add(key)
                    yield quotation


def _shown(text: str) -> str:
    return one_line(without_bold(text)).strip(" ,、")
