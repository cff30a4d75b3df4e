"""Summaries: written once for each (paper, language, style), checked, and kept for ever.

cached -> claimed -> budgeted -> asked -> checked -> stored. A finding leads to one more try that quotes it, then to the
other model, then to a Failure; no unchecked text leaves this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.checking.check import check_draft, without_links
from bot.common.waiting import repeating, uninterrupted
from bot.errors import BudgetError, ModelError, ModelRefusesUs
from bot.models import Draft, Failure, Finding, Paper, PaperId, Style, Summary, SummaryRequest, Usage
from bot.ports import Progress, Stage, Summarizer
from bot.store.store import Store
from bot.store.summaries import Claimed, Done, Failed
from bot.summaries.budget import Budget, Settle
from bot.tex import readable

Outcome = Summary | Failure

_PURPOSE = "summary"
_NO_KEY = Failure("model.no_key")
_CHECKED_AT_ONCE = 8_000  # characters of a source and a draft together
RETRY_AFTER = timedelta(hours=6)  # after a paper's texts failed the check


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits in seconds."""

    lease: float = (
        60.0  # of a claim, renewed while its owner lives; a killed process blocks a paper no longer than this
    )
    patience: float = 300.0  # with somebody else who is writing the same summary
    poll: float = 1.0
    # How long the first of several papers goes alone: it fills the prompt cache for the others, and finds out about a
    # key that no longer works before they do.
    head_start: float = 10.0


TIMING = Timing()


@dataclass(frozen=True, slots=True)
class _Order:
    """The parameters of one `write`. `stopped` holds the models that must not be asked any more, and why."""

    language: str
    style: Style
    channel: str
    asker: str
    summarizer: Summarizer
    stopped: dict[str, ModelRefusesUs | BudgetError] = field(default_factory=dict)


class Summaries:
    """The use case that writes summaries, or finds those already written.

    `models` are the one to ask and, optionally, the one to ask if its texts fail the check. Without a `summarizer` (no
    key) only stored summaries are available. `clock` returns the current instant in UTC.
    """

    def __init__(
        self,
        store: Store,
        summarizer: Summarizer | None,
        budget: Budget,
        models: tuple[str, str | None],
        clock: Callable[[], datetime],
        *,
        concurrency: int = 4,
        timing: Timing = TIMING,
    ) -> None:
        self._store = store
        self._summarizer = summarizer
        self._budget = budget
        first, other = models
        self._attempts = (first, first, other) if other and other != first else (first, first)
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._timing = timing

    async def write(
        self,
        papers: Sequence[Paper],
        language: str,
        style: Style,
        *,
        channel: str = "",
        asker: str = "",
        progress: Progress | None = None,
    ) -> dict[PaperId, Outcome]:
        """Return a summary, or the reason for its absence, for each paper. The papers must be stored already.

        Every summary is stored as soon as it is written, so an early end loses none. Spending is recorded under
        `channel` and `asker` (see `Budget.call`). Raises only StoreError: a failure of one paper is a value.
        """
        distinct = {paper.id: paper for paper in papers}
        stored = await self._store.summaries.get(distinct, language, style)
        outcomes: dict[PaperId, Outcome] = {}

        def decide(paper: Paper, outcome: Outcome) -> None:
            outcomes[paper.id] = outcome
            if progress:
                progress(Stage.SUMMARIZE, len(outcomes), len(distinct))

        for paper in distinct.values():
            outcome = _without_asking(paper, stored.get(paper.id)) or (None if self._summarizer else _NO_KEY)
            if outcome:
                decide(paper, outcome)
        if self._summarizer:
            order = _Order(language, style, channel, asker, self._summarizer)

            async def obtain(paper: Paper) -> None:
                decide(paper, await self._obtain(order, paper))

            await self._for_each([paper for paper in distinct.values() if paper.id not in outcomes], obtain)
        return {paper_id: outcomes[paper_id] for paper_id in distinct}

    async def known(self, key: str, language: str, style: Style) -> tuple[Paper, Outcome] | None:
        """Return the paper behind a key and its outcome, if both are available without asking a model. Raises
        StoreError.
        """
        stored_paper = await self._store.summaries.with_paper(key, language, style)
        if stored_paper is None:
            return None
        paper, stored = stored_paper
        outcome = _without_asking(paper, stored)
        return (paper, outcome) if outcome else None

    async def _for_each(self, papers: Sequence[Paper], obtain: Callable[[Paper], Coroutine[Any, Any, None]]) -> None:
        """Process all papers at once, except for the first one's head start."""
        try:
            async with asyncio.TaskGroup() as group:
                for number, paper in enumerate(papers):
                    task = group.create_task(obtain(paper))
                    if number == 0:
                        await asyncio.wait({task}, timeout=self._timing.head_start)
        except ExceptionGroup as group_error:
            raise group_error.exceptions[0] from group_error

    async def _obtain(self, order: _Order, paper: Paper) -> Outcome:
        """Claim and write the summary, or wait for whoever claimed it first."""
        owner = uuid4().hex
        give_up_at = asyncio.get_running_loop().time() + self._timing.patience
        while True:
            async with self._slots:
                if refused := order.stopped.get(self._attempts[0]):
                    return Failure(refused.code)
                claim = await self._store.summaries.claim(
                    paper.id, order.language, order.style, owner, self._clock(), timedelta(seconds=self._timing.lease)
                )
                if isinstance(claim, Done):
                    return claim.summary
                if isinstance(claim, Failed):
                    return claim.failure
                if isinstance(claim, Claimed):
                    return await self._write(order, paper, owner)
            if asyncio.get_running_loop().time() >= give_up_at:
                return Failure("summary.busy")
            await asyncio.sleep(self._timing.poll)

    async def _write(self, order: _Order, paper: Paper, owner: str) -> Outcome:
        """Ask until a text passes the check. Gives the claim back unless a result was stored."""
        try:
            async with self._claim_renewed(order, paper, owner):
                return await self._compose(order, paper, owner)
        except (ModelError, BudgetError) as error:
            return Failure(error.code)
        finally:
            await uninterrupted(self._store.summaries.release(paper.id, order.language, order.style, owner))

    def _claim_renewed(self, order: _Order, paper: Paper, owner: str) -> AbstractAsyncContextManager[None]:
        """Renew the claim while the block runs."""

        async def renew() -> None:
            until = self._clock() + timedelta(seconds=self._timing.lease)
            await self._store.summaries.renew(paper.id, order.language, order.style, owner, until)

        return repeating(renew, self._timing.lease / 3)

    async def _compose(self, order: _Order, paper: Paper, owner: str) -> Outcome:
        findings: tuple[Finding, ...] = ()
        for model in self._attempts:
            written = await self._attempt(
                order, SummaryRequest(paper, order.language, order.style, model, findings), owner
            )
            if isinstance(written, Summary):
                return written
            findings = written
        failure = Failure("summary.unverified", findings)
        retry_at = self._clock() + RETRY_AFTER
        await self._store.summaries.fail(paper.id, order.language, order.style, owner, failure, retry_at)
        return failure

    async def _attempt(self, order: _Order, request: SummaryRequest, owner: str) -> Summary | tuple[Finding, ...]:
        """Ask once. Returns the summary, already stored, or the text's findings. Raises ModelError and BudgetError."""
        if refused := order.stopped.get(request.model):
            raise refused
        estimate = order.summarizer.estimate(request)
        try:
            async with self._budget.call(request.model, estimate, _PURPOSE, order.channel, order.asker) as settle:
                draft = without_links(request.paper, _as_text(await order.summarizer.summarize(request)))
                findings = await _checked(request, draft)
                summary = None if findings else _summary(draft, request)
                # Keep what was paid for, even if somebody presses Ctrl-C now.
                saved = await uninterrupted(self._save(request.paper, owner, settle, draft.usage, summary))
                return saved or findings
        except ModelRefusesUs as error:
            order.stopped[request.model] = error
            raise
        except BudgetError as error:
            order.stopped.update(dict.fromkeys(self._attempts, error))
            raise

    async def _save(
        self, paper: Paper, owner: str, settle: Settle, usage: Usage, summary: Summary | None
    ) -> Summary | None:
        """Record the cost of an answer, and store the summary if it is one. Returns the summary that is stored."""
        await settle(usage)
        if summary is None or await self._store.summaries.finish(paper.id, owner, summary):
            return summary
        # Somebody else took over the claim, perhaps while this machine was suspended. The first text stored stays.
        await self._store.summaries.put(paper.id, summary)
        return (await self._store.summaries.get([paper.id], summary.language, summary.style))[paper.id]


def _without_asking(paper: Paper, stored: Summary | None) -> Outcome | None:
    """Return the outcome if it needs no model, otherwise None."""
    if paper.withdrawn:
        return Failure("summary.withdrawn")
    if stored:
        return stored
    return None if paper.abstract.strip() else Failure("summary.no_text")


def _as_text(draft: Draft) -> Draft:
    """Return the draft with its TeX read, before it is checked: what is checked is what people read."""
    return replace(
        draft,
        headline=readable(draft.headline),
        text=readable(draft.text),
        sections=tuple(replace(section, text=readable(section.text)) for section in draft.sections),
    )


async def _checked(request: SummaryRequest, draft: Draft) -> tuple[Finding, ...]:
    """Check in the event loop what takes milliseconds, and in a thread what would make others wait."""
    size = len(request.paper.abstract) + len(draft.text) + sum(len(section.text) for section in draft.sections)
    if size <= _CHECKED_AT_ONCE:
        return check_draft(request.paper, draft, request.language, request.style)
    return await asyncio.to_thread(check_draft, request.paper, draft, request.language, request.style)


def _summary(draft: Draft, request: SummaryRequest) -> Summary:
    return Summary(request.language, request.style, draft.headline, draft.text, draft.sections, draft.model)
