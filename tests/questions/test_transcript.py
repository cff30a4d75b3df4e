"""What a conversation remembers of an answer."""

from __future__ import annotations

from bot.models import Answer, AnswerKind, Claim, PaperId, Quotation, SentenceRef, Turn
from bot.questions.claims import NOT_SAID
from bot.questions.transcript import turn_of

QUOTATION = Quotation(PaperId.arxiv("2602.00001"), SentenceRef("S3.p2", 1), "The gain is 1.87x.")


def test_it_has_the_statements_without_their_quotations() -> None:
    claims = (Claim("According to the paper:"), Claim("It is\n1.87x faster.", (QUOTATION,)))
    assert turn_of(" Why? ", Answer(AnswerKind.ANSWERED, claims)) == Turn(
        "Why?", "According to the paper:\nIt is 1.87x faster."
    )


def test_that_the_paper_does_not_say_is_remembered_and_nothing_else_without_a_statement() -> None:
    assert turn_of("Why?", Answer(AnswerKind.NOT_SAID)) == Turn("Why?", NOT_SAID)
    for kind in (AnswerKind.UNPROVED, AnswerKind.REFUSED):
        assert turn_of("Why?", Answer(kind, dropped=3)) is None
