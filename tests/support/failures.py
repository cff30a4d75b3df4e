"""Use cases that fail in every way, and answers of every size, for walks through all that people can ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

from bot import errors
from bot.errors import BotError
from bot.models import Document, Part, Reply, say
from tests.conformance.parts import card, entry, headline, notice

FILLER = "鳥"  # one character of an answer's text, which no sentence of the catalogues has
SIZES = (1, 1_999, 2_000, 2_001, 4_000, 10_000, 30_000)
_BLANK = " "

ERRORS: tuple[Exception, ...] = (
    BotError("run.something_new"),
    errors.InputError("input.language", text="klingon"),
    errors.SettingsError([("DIGEST_SIZE", "settings.number", "x")]),
    errors.SourceError("source.timeout", source="arxiv"),
    errors.ReadingError("reading.something_new"),
    errors.ModelError("model.something_new"),
    errors.ModelBusy("model.overloaded"),
    errors.ModelRefusesUs("model.auth"),
    errors.BudgetError("budget.day", cap_usd=1.0, resets_at=datetime(2026, 3, 1, tzinfo=UTC)),
    errors.StoreError("store.locked", path="kawaraban.db"),
    errors.OutputError("output.unwritable", path="out"),
    errors.PlatformError("platform.something_new", platform="discord"),
    errors.PermanentError("platform.forbidden", platform="discord"),
    errors.TransientError("platform.rate_limited", seconds=900.0, platform="discord"),
    errors.AmbiguousError("platform.lost_answer", platform="discord"),
    RuntimeError("an unexpected error"),
)


def kinds(kind: type[BotError] = BotError) -> Iterator[type[BotError]]:
    """Yield the classes of the tree in `bot.errors`."""
    if kind.__module__ == errors.__name__:
        yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def raising(error: Exception, *, late: bool) -> Callable[..., AsyncIterator[Reply]]:
    """Return a use case that raises the error, with `late` only after an interim reply."""

    async def handle(*_: object) -> AsyncIterator[Reply]:
        if late:
            yield Reply("ja", "Asia/Tokyo", (say("paper.working.looking"),), working=True)
        raise error

    return handle


def replying(*replies: Reply) -> Callable[..., AsyncIterator[Reply]]:
    """Return a use case with these replies."""

    async def handle(*_: object) -> AsyncIterator[Reply]:
        for reply in replies:
            yield reply

    return handle


def sentence_of(size: int, *, blanks: bool = False) -> Reply:
    """Return a reply of one sentence with `size` fillers, with `blanks` after every ninth of them."""
    text = "".join(FILLER + (_BLANK if blanks and n % 9 == 8 else "") for n in range(size))
    return Reply("ja", "UTC", (say("channels.set.keywords", names=text),))


def sentences_of(size: int) -> Reply:
    """Return a reply of sentences with `size` fillers together, 40 in each."""
    lengths = [min(40, size - start) for start in range(0, size, 40)]
    return Reply("ja", "UTC", tuple(say("channels.set.keywords", names=FILLER * length) for length in lengths))


def document_of(size: int) -> Reply:
    """Return a reply of a sentence of 100 fillers and a document with `size` of them."""
    document = Document("papers.txt", "text/plain; charset=utf-8", FILLER * size)
    return Reply("ja", "UTC", (say("channels.set.keywords", names=FILLER * 100),), documents=(document,))


def parts() -> Iterator[tuple[Part, ...]]:
    """Yield 30 parts in three ways: a digest, cards alone, short notices."""
    cards = tuple(card(entry(number=number)) for number in range(1, 30))
    yield (headline(size=20), *cards)
    yield (*cards, card(entry(number=30)))
    yield (notice(),) * 30
