"""Render the core's replies as Discord messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.discord import render, sizes, text
from adapters.discord.buttons import NO_KEY, Json, row
from bot.models import Document, PaperView, Reply
from bot.words import Words, words_for
from bot.words.layout import paper_layout
from bot.words.replies import reply_lines

_LONGEST_CODE = 1_800


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of an answer: its JSON body and its files."""

    body: Json
    files: Sequence[Document] = field(default=())


def answers(reply: Reply, *, share: bool = False) -> list[Answer]:
    """Render a reply as one message, or several if it does not fit into one.

    With `share`, a paper in it gets a button that posts it to the channel.
    """
    words = words_for(reply.language)
    lines = list(reply_lines(words, reply, lambda user: f"<@{user}>"))
    files = [one for one in reply.documents if not _is_short(one)]
    content, *further = text.pages(lines)
    for one in reply.documents:
        if _is_short(one):
            content += f"\n```\n{one.text.strip()}\n```"
    components: list[Json] = []
    embeds: list[Json] = []
    for part in reply.parts:
        rendered = render.body(part, words)
        embeds += rendered.get("embeds", ())
        content = "\n".join(filter(None, [content, rendered.get("content", "")]))[: text.LONGEST_CONTENT]
        if isinstance(part, PaperView):
            components = row(render.buttons(paper_layout(part, words, share=share).buttons, words, NO_KEY))
    if reply.choices:
        components = render.choices(reply.choices, words)
        content = content or words.say("paper.choose")
    messages = _messages(content or ("" if embeds else "…"), embeds, components, files)
    return messages + [Answer({"content": page, "allowed_mentions": render.NOBODY}) for page in further]


def _messages(content: str, embeds: list[Json], components: list[Json], files: list[Document]) -> list[Answer]:
    first, *others = sizes.packed(embeds) or [[]]
    flags = {"flags": render.SUPPRESS_EMBEDS} if not embeds else {}
    body: Json = {"content": content, "embeds": first, "components": components, **flags}
    if files:
        body["attachments"] = [{"id": number, "filename": one.name} for number, one in enumerate(files)]
    messages = [Answer({**body, "allowed_mentions": render.NOBODY}, files)]
    return messages + [Answer({"embeds": one, "allowed_mentions": render.NOBODY}) for one in others]


def said(words: Words, key: str) -> Answer:
    """Return an answer with a single catalogue sentence."""
    return Answer({"content": text.lines([words.say(key)]), "allowed_mentions": render.NOBODY})


def _is_short(document: Document) -> bool:
    """Return whether the document is short enough for a code block instead of an attachment."""
    return len(document.text) <= _LONGEST_CODE and "```" not in document.text
