"""A paper's full text for people: what it was read from, what was left out, then the text itself."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from adapters.terminal.wrap import Wrapped
from bot.models import BlockKind, FullText, TextBlock
from bot.words import Words, one_line, sentences

_INDENT = 2


def full_text(text: FullText, words: Words) -> RenderableType:
    """Return the text with its sections' titles and its blocks' ids, all of it plain."""
    parts: list[RenderableType] = [Wrapped(one_line(text.title), "bold")] if text.title else []
    parts += [Wrapped(line, "dim") for line in _about(text, words)]
    for section in text.sections:
        title = " ".join(filter(None, ["#" * min(section.level, 6), one_line(section.title) or f"({section.id})"]))
        parts += [Text(), Wrapped(title, "bold")]
        parts += [Wrapped(_block(block, words), "", _INDENT) for block in section.blocks]
    return Group(*parts)


def _about(text: FullText, words: Words) -> Iterator[str]:
    facts = [words.say(f"full_text.source.{text.source.value}")]
    if text.version:
        facts.append(words.say("full_text.version", version=text.version))
    if text.licence:
        facts.append(words.say("full_text.licence", licence=one_line(text.licence)))
    yield words.list(facts)
    if text.unread:
        yield words.say("full_text.unread", problems=words.list(sentences.problem(words, code) for code in text.unread))
    blocks = sum(len(section.blocks) for section in text.sections)
    count = sum(1 for _ in text.sentences())
    sections = words.number(len(text.sections))
    size = words.count("full_text.size", count, blocks=words.number(blocks), sections=sections)
    yield words.list([size, words.count("full_text.references", len(text.references))] if text.references else [size])
    if text.dropped:
        yield words.say("full_text.dropped", pieces=words.list(_dropped(kind, n, words) for kind, n in text.dropped))
    if text.url:
        yield one_line(text.url)


def _dropped(kind: str, count: int, words: Words) -> str:
    key = f"full_text.dropped.{kind}"
    return words.say(key, n=words.number(count)) if key in words else f"{one_line(kind)} {words.number(count)}"


def _block(block: TextBlock, words: Words) -> str:
    name = f"[{one_line(block.id)}]"
    if block.kind is not BlockKind.PARAGRAPH:
        name = f"{name} ({words.say(f'full_text.kind.{block.kind.value}')})"
    separator = "\n" if block.kind is BlockKind.CODE else " "
    return f"{name} {separator.join(one_line(sentence) for sentence in block.sentences)}"
