"""Invented questions and answers, as the core hands them to a chat."""

from __future__ import annotations

from dataclasses import replace

from bot.models import (
    Answer,
    AnswerKind,
    AnswerView,
    AskedState,
    Claim,
    Paper,
    Quotation,
    SentenceRef,
    TextSource,
)
from tests.conformance import parts

TURN = "0123456789abcdef"
TIDE = replace(
    parts.paper(1),
    arxiv_id="2602.00001",
    title="TideCache: Streaming Key-Value Caches That Forget on Schedule",
    url="https://arxiv.org/abs/2602.00001",
)
LANTERN = replace(
    parts.paper(2),
    arxiv_id="2602.00002",
    title="Lantern: Reading Long Documents with a Cache of Summaries",
    url="https://arxiv.org/abs/2602.00002",
)
QUESTIONS = {"ja": "なぜ1.87倍速いのか", "en": "Why is it 1.87 times faster?"}
STATED = {
    "ja": (
        "古いキーと値を予定どおりに捨てるので、キャッシュは一定の大きさに収まる。",
        "8kトークンの文書では、スループットが1.87倍になった。",
        "捨てる予定は層ごとに学習される。",
    ),
    "en": (
        "Old keys and values are dropped on a schedule, so the cache keeps a constant size.",
        "On documents of 8k tokens, throughput rises 1.87 times.",
        "The schedule of each layer is learned.",
    ),
}
FURTHER = {
    "ja": ("忘れる予定はどう学習する？", "精度は落ちない？"),
    "en": ("How is the schedule learned?", "Does accuracy suffer?"),
}
SENTENCES = (
    (
        "Entries leave the cache on a schedule that is fixed per layer, which bounds its size by a constant.",
        "3.1 Cache",
    ),
    (
        "On 8k-token documents TideCache raises decoding throughput by a factor of 1.87 over the full cache.",
        "5 Results",
    ),
    ("We learn one schedule per layer by a straight-through estimator on the retention gate.", "3.2 Schedules"),
)

# What Discord's clients would make a mention, a link, a command, an emoji or a format of.
LIVE = (
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</digest now:1>", "<t:1:F>", "<:a:1>", ":smile:",
    "https://evil.example", "[x](https://evil.example)", "<https://evil.example>", "http://evil.example/a_b",
    "||hidden||", "**bold**", "# heading", "> quoted", "-# small", "```code```", "\n\n@everyone", "1. list", "\\@here",
    "[x][y] (https://evil.example)", "](https://evil.example)", "discord.gg/evil", "\u202e@everyone", "\x02<@1>\x03",
)  # fmt: skip


def quotation(number: int, paper: Paper = TIDE) -> Quotation:
    text, section = SENTENCES[number % len(SENTENCES)]
    url = f"https://arxiv.org/html/{paper.arxiv_id}v1#S{number + 1}.p2"
    return Quotation(paper.id, SentenceRef(f"S{number + 1}.p2", 0), text, section, url)


def claims(language: str, paper: Paper = TIDE) -> tuple[Claim, ...]:
    first, second, third = STATED[language]
    return (
        Claim(first, (quotation(0, paper),)),
        Claim(second, (quotation(1, paper), quotation(0, paper))),
        Claim(third, (quotation(2, paper),)),
    )


def view(language: str = "ja", answer: Answer | None = None, state: AskedState = AskedState.DONE) -> AnswerView:
    """Return a question about one paper with that answer, a whole one by default."""
    whole = Answer(AnswerKind.ANSWERED, claims(language), next_questions=FURTHER[language], sources=(TextSource.HTML,))
    return AnswerView(TURN, QUESTIONS[language], (TIDE,), language, answer or whole, state, "1")


def reading(language: str = "ja") -> AnswerView:
    return replace(view(language), answer=None, state=AskedState.READING)


def growing(language: str = "ja") -> AnswerView:
    answer = Answer(AnswerKind.ANSWERED, claims(language)[:1], sources=(TextSource.HTML,))
    return view(language, answer, AskedState.ANSWERING)


def not_said(language: str = "ja") -> AnswerView:
    return view(language, Answer(AnswerKind.NOT_SAID, next_questions=FURTHER[language], sources=(TextSource.PDF,)))


def partial(language: str = "ja") -> AnswerView:
    answer = Answer(
        AnswerKind.ANSWERED,
        claims(language)[:2],
        dropped=2,
        partial=True,
        abstract_only=True,
        sources=(TextSource.ABSTRACT,),
    )
    return view(language, answer)


def compared(language: str = "ja") -> AnswerView:
    """Return a question about two papers."""
    both = (*claims(language)[:2], *claims(language, LANTERN)[1:])
    answer = Answer(AnswerKind.ANSWERED, both, next_questions=FURTHER[language], sources=(TextSource.HTML,) * 2)
    question = {"ja": "2602.00001と2602.00002ではどちらが速い？", "en": "Which of the two is faster?"}[language]
    return replace(view(language, answer), question=question, papers=(TIDE, LANTERN))
