"""Prewritten summaries of the sample's papers: no model is asked and nothing is spent."""

from __future__ import annotations

from bot.errors import ModelRefusesUs
from bot.models import Draft, StopReason, Style, SummaryRequest, Usage
from bot.sample.papers import sample_papers

MODEL = "sample"


class SampleSummarizer:
    """Answers with the bundled texts, which pass the same check as a model's."""

    async def summarize(self, request: SummaryRequest) -> Draft:
        """Return the bundled brief summary. Raises ModelRefusesUs (`model.sample`) for another paper, language or
        style.
        """
        paper = sample_papers().get(request.paper.id)
        text = paper.summaries.get(request.language.split("-", maxsplit=1)[0].lower()) if paper else None
        if text is None or request.style is not Style.BRIEF:
            raise ModelRefusesUs("model.sample")
        return Draft(MODEL, StopReason.COMPLETE, Usage(), text.headline, text.text)

    def estimate(self, request: SummaryRequest) -> float:  # noqa: ARG002 - the port's signature
        """Return 0: the sample costs nothing."""
        return 0.0
