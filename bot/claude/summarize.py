"""Summaries of single papers by Claude. The result is unchecked: `bot.checking.check` judges it."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from string import Template

from pydantic import BaseModel, Field

from bot.claude.client import Claude, Question
from bot.claude.prompting import as_json, effort, language_name, prompt, subtag
from bot.models import Draft, FindingKind, Section, SectionKind, Style, SummaryRequest
from bot.tex import readable

# Longer than any real abstract; anything beyond is not worth paying for.
_ABSTRACT_LENGTH = 20_000
_TITLE_LENGTH = 1_000
_FINDINGS = 12
_FINDING_LENGTH = 200
_MAX_TOKENS = {Style.BRIEF: 2_000, Style.DETAILED: 6_000}
_WITH_NOTES = ("en", "ja")


class _Shape(BaseModel):
    """The fields for the model to fill in. Their names and descriptions reach it as a JSON schema, without limits."""

    headline: str = Field(description="One line: the takeaway for a busy reader.")

    @abstractmethod
    def fill(self, draft: Draft) -> Draft:
        """Return the draft with these texts."""


class _Brief(_Shape):
    """A short summary of one paper."""

    summary: str = Field(description="The summary: three to five sentences of plain text.")

    def fill(self, draft: Draft) -> Draft:
        return replace(draft, headline=_plain(self.headline), text=_plain(self.summary))


class _Detailed(_Shape):
    """A long summary of one paper."""

    abstract: str = Field(description="The whole abstract, translated.")
    background: str = Field(description="Purpose and background of the research.")
    method: str = Field(description="What the authors propose and how it works.")
    results: str = Field(description="What they found, with the figures of the abstract.")
    outlook: str = Field(description="Implications, limits and future work.")

    def fill(self, draft: Draft) -> Draft:
        texts = {
            SectionKind.BACKGROUND: self.background,
            SectionKind.METHOD: self.method,
            SectionKind.RESULTS: self.results,
            SectionKind.OUTLOOK: self.outlook,
        }
        sections = tuple(Section(kind, text.strip()) for kind, text in texts.items())
        return replace(draft, headline=self.headline.strip(), text=self.abstract.strip(), sections=sections)


def _plain(text: str) -> str:
    """Remove `**bold**`, which models write even when asked for plain text."""
    return re.sub(r"\*\*(?=[^\s*])([^*\n]{1,80})(?<=\S)\*\*", r"\1", text.strip())


_SHAPES: Mapping[Style, type[_Shape]] = {Style.BRIEF: _Brief, Style.DETAILED: _Detailed}


class ClaudeSummarizer:
    """A Summarizer (see `bot.ports`) that asks one question for each call."""

    def __init__(self, claude: Claude) -> None:
        self._claude = claude

    async def summarize(self, request: SummaryRequest) -> Draft:
        """Return one draft about the request's paper. Raises ModelBusy and ModelRefusesUs."""
        answer = await self._claude.ask(_question(request))
        draft = Draft(request.model, answer.stop, answer.usage)
        return answer.content.fill(draft) if answer.content else draft

    def estimate(self, request: SummaryRequest) -> float:
        """Return the most that one attempt at this request should cost, in US dollars."""
        return _question(request).estimate()


def _question(request: SummaryRequest) -> Question[_Shape]:
    # After a truncated text, double the limit: thinking may have used up most of it.
    cut_off = any(finding.kind is FindingKind.TRUNCATED for finding in request.findings)
    return Question(
        model=request.model,
        system=_system(request.language, request.style),
        content=_content(request),
        shape=_SHAPES[request.style],
        max_tokens=_MAX_TOKENS[request.style] * (2 if cut_off else 1),
        effort=effort(request.model),
    )


@cache
def _system(language: str, style: Style) -> str:
    """Return the system prompt, the same for every paper of a language and style so that the API can cache it."""
    notes = subtag(language)
    return Template(prompt("rules")).substitute(
        language=language_name(language),
        tag=language,
        notes=prompt(notes) if notes in _WITH_NOTES else "",
        form=prompt(style),
    )


def _content(request: SummaryRequest) -> str:
    """Return the user's turn: the paper as data between tags that nothing inside can close, then the task."""
    paper = {
        # As text: a model copies the TeX that it is given.
        "title": readable(request.paper.title[:_TITLE_LENGTH]),
        "abstract": readable(request.paper.abstract[:_ABSTRACT_LENGTH]),
    }
    findings = [
        {"kind": finding.kind.value, "text": finding.text[:_FINDING_LENGTH]} for finding in request.findings[:_FINDINGS]
    ]
    task = {
        **({"findings_about_your_last_text": findings} if findings else {}),
        "style": request.style.value,
        "language_tag": request.language,
        "language": language_name(request.language),
    }
    return f"<paper>\n{as_json(paper)}\n</paper>\n\n<task>\n{as_json(task)}\n</task>"
