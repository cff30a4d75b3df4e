"""Search phrases for a question that is not in its paper's language, by Claude in one small call."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from bot.claude.client import Claude, Question
from bot.claude.prompting import as_json, effort, prompt
from bot.models import SearchPhrases

_MAX_TOKENS = 1_000
_QUESTION_LENGTH = 2_000
_TITLE_LENGTH = 500
_OUTLINE = 60  # titles
_OUTLINE_TITLE_LENGTH = 120
_PHRASES = 5
_PHRASE_LENGTH = 200


class _Phrases(BaseModel):
    """What to search a paper for."""

    phrases: list[str] = Field(description="Three to five search phrases in the language of the paper.")


class ClaudePhrases:
    """A PhraseWriter (see `bot.ports`) that asks `model`."""

    def __init__(self, claude: Claude, model: str) -> None:
        self._claude = claude
        self._model = model

    async def write(self, question: str, title: str, outline: Sequence[str]) -> SearchPhrases:
        """Return up to five phrases of at most 200 characters, none if the answer is unusable. Raises ModelBusy and
        ModelRefusesUs.
        """
        answer = await self._claude.ask(self._question(question, title, outline))
        phrases = answer.content.phrases if answer.content else ()
        lines = (" ".join(phrase.split())[:_PHRASE_LENGTH] for phrase in phrases)
        return SearchPhrases(tuple(dict.fromkeys(filter(None, lines)))[:_PHRASES], answer.usage)

    def estimate(self, question: str, title: str, outline: Sequence[str]) -> float:
        """Return the most that one attempt should cost, in US dollars."""
        return self._question(question, title, outline).estimate()

    def _question(self, question: str, title: str, outline: Sequence[str]) -> Question[_Phrases]:
        return Question(
            model=self._model,
            system=prompt("phrases"),
            content=_content(question, title, outline),
            shape=_Phrases,
            max_tokens=_MAX_TOKENS,
            effort=effort(self._model),
        )


def _content(question: str, title: str, outline: Sequence[str]) -> str:
    """Return the user's turn: everything from outside as data between tags that nothing inside can close."""
    asked = {
        "question": question[:_QUESTION_LENGTH],
        "title": title[:_TITLE_LENGTH],
        "sections": [one[:_OUTLINE_TITLE_LENGTH] for one in outline[:_OUTLINE]],
    }
    return f"<data>\n{as_json(asked)}\n</data>\n\nWrite the search phrases."
