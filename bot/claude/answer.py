"""Answers from papers' own texts by Claude. The result is unchecked: `bot.questions.claims` decides what is shown."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import cache
from hashlib import sha256

from pydantic import BaseModel, Field

from bot.claude.client import CitedQuestion, Claude, Question
from bot.claude.prompting import as_json, effort, language_name, prompt
from bot.models import AnswerRequest, NextRequest, Usage
from bot.ports import DraftStream

_MAX_TOKENS = 4_000  # thinking included; the longest answers have about 500
_NEXT_TOKENS = 1_000
_OUTLINE = 60  # section titles; more tell nothing new
_TITLE_LENGTH = 300


class _Next(BaseModel):
    """Two questions to ask next."""

    questions: list[str] = Field(description="Two short questions.")


class ClaudeAnswerer:
    """An Answerer (see `bot.ports`) that makes one streamed call for each question."""

    def __init__(self, claude: Claude) -> None:
        self._claude = claude

    @property
    def prompt(self) -> str:
        """A name of the instructions that changes with them, for whoever keeps answers."""
        return _version()

    async def count(self, request: AnswerRequest) -> int:
        """Return the tokens of the prompt. Costs nothing. Raises ModelBusy and ModelRefusesUs."""
        return await self._claude.count(_question(request))

    def most_tokens(self, request: AnswerRequest) -> int:
        """Return more tokens than the prompt has, without asking anybody."""
        return _question(request).most_tokens()

    def estimate(self, request: AnswerRequest, tokens: int) -> float:
        """Return the most that the call should cost in US dollars, with a prompt of so many tokens."""
        return _question(request).estimate(tokens)

    def answer(self, request: AnswerRequest, tokens: int) -> AbstractAsyncContextManager[DraftStream]:
        """Ask. The stream raises ModelBusy if it breaks off; entering raises ModelBusy and ModelRefusesUs."""
        return self._claude.stream(_question(request), tokens)

    async def suggest(self, request: NextRequest) -> tuple[tuple[str, ...], Usage]:
        """Return questions to ask next, none if the answer is unusable. Raises ModelBusy and ModelRefusesUs."""
        answer = await self._claude.ask(_next(request))
        return tuple(answer.content.questions) if answer.content else (), answer.usage

    def estimate_suggestions(self, request: NextRequest) -> float:
        return _next(request).estimate()


def _question(request: AnswerRequest) -> CitedQuestion:
    task = {
        "conversation_so_far": [{"question": turn.question, "answer": turn.answer} for turn in request.turns],
        "question": request.question,
        "language_tag": request.language,
        "language": language_name(request.language),
    }
    return CitedQuestion(
        model=request.model,
        system=prompt("answer"),
        texts=request.texts,
        content=f"<task>\n{as_json(task)}\n</task>",
        max_tokens=_MAX_TOKENS,
        effort=effort(request.model),
    )


def _next(request: NextRequest) -> Question[_Next]:
    task = {
        "titles": request.titles,
        "sections": [title[:_TITLE_LENGTH] for title in request.outline[:_OUTLINE]],
        "question": request.question,
        "answer": request.claims,
        "language_tag": request.language,
        "language": language_name(request.language),
    }
    return Question(
        model=request.model,
        system=prompt("next"),
        content=f"<task>\n{as_json(task)}\n</task>",
        shape=_Next,
        max_tokens=_NEXT_TOKENS,
        effort=effort(request.model),
    )


@cache
def _version() -> str:
    return sha256(prompt("answer").encode()).hexdigest()[:12]
