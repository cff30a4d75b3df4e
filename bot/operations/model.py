"""A summariser whose calls tell how the language model is."""

from __future__ import annotations

from bot.common.health import Monitor
from bot.errors import ModelError
from bot.models import Draft, SummaryRequest
from bot.ports import Summarizer


class WatchedSummarizer:
    """`bot.ports.Summarizer` around another one; `monitor` hears of each call. A bad answer is an answer."""

    def __init__(self, summarizer: Summarizer, monitor: Monitor) -> None:
        self._summarizer = summarizer
        self._monitor = monitor

    async def summarize(self, request: SummaryRequest) -> Draft:
        """Make one call. Raises ModelError."""
        try:
            draft = await self._summarizer.summarize(request)
        except ModelError as error:
            self._monitor.fails(error.code)
            raise
        self._monitor.works()
        return draft

    def estimate(self, request: SummaryRequest) -> float:
        """Return the most US dollars that the call should cost."""
        return self._summarizer.estimate(request)
