"""What a conversation remembers of an answer. Pure."""

from __future__ import annotations

from bot.models import Answer, AnswerKind, Turn
from bot.questions.claims import NOT_SAID
from bot.words.plain import one_line


def turn_of(question: str, answer: Answer) -> Turn | None:
    """Return a question and its answer as the next question carries them, None where nothing was answered.

    An answer is what was shown of it, in plain text; that the paper does not say is told in the model's own words.
    """
    if answer.claims:
        return Turn(question.strip(), "\n".join(one_line(claim.text) for claim in answer.claims))
    return Turn(question.strip(), NOT_SAID) if answer.kind is AnswerKind.NOT_SAID else None
