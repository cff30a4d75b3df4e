"""Render the core's replies as Discord messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.common.cutting import units
from adapters.discord import questions, render, sizes, text
from adapters.discord.buttons import NO_KEY, Json, rows
from adapters.discord.mentions import NO_IDS, Ids
from bot.models import Document, PaperView, Reply
from bot.words import words_for
from bot.words.layout import paper_layout
from bot.words.replies import ReplyStyle, reply_lines

_LONGEST_CODE = 1_800  # units
# A command of an app that a person installed gets one answer and five more messages; a longer text becomes a file.
_MOST_PAGES = 6
_MOST_FILES = 10  # of one message


def _instant(at: datetime) -> str:
    """Return the instant as each reader's client shows it: in their own language and time zone."""
    return text.live(f"<t:{int(at.timestamp())}:F>")


_STYLE = ReplyStyle(
    person=lambda user: text.live(f"<@{user}>"),
    instant=_instant,
    heading=lambda said: text.live("### ") + said.rstrip(":："),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of an answer: its JSON body and its files."""

    body: Json
    files: Sequence[Document] = field(default=())


def answers(reply: Reply, *, share: bool = False, ids: Ids = NO_IDS) -> list[Answer]:
    """Render a reply as one message, or several if it does not fit into one; a text of many pages becomes a file.

    With `share`, a paper or an answer in it gets a button that posts it to the channel. `ids` are those of commands.
    """
    words = words_for(reply.language)
    lines = reply_lines(words, reply, _STYLE)
    texts: list[str] = []
    files = [one for one in reply.documents if not _is_short(one)]
    texts += [f"```\n{one.text.strip()}\n```" for one in reply.documents if _is_short(one)]
    components: list[Json] = []
    embeds: list[Json] = []
    for part in reply.parts:
        rendered = render.body(part, words)
        embeds += rendered.get("embeds", ())
        texts += filter(None, [rendered.get("content", "")])
        if isinstance(part, PaperView):
            shown = paper_layout(part, words, share=share, ask=True).buttons
            components = rows(render.buttons(shown, words, NO_KEY))
    if view := reply.answer:
        spoken = words_for(view.language)
        embeds += questions.embeds(view, spoken)
        components = questions.components(view, spoken, share=share)
    if reply.choices:
        components = render.choices(reply.choices, words, reply.asked)
        texts = texts if texts or lines else [words.say("paper.choose")]
    if reply.details:
        around = render.around(reply.details, words)
        embeds += around["embeds"]
        components += around["components"]
    components += render.steps(reply.steps, words)
    content, *further = text.joined([*(text.pages(lines, ids=ids) if lines else ()), *texts])
    if len(further) >= _MOST_PAGES:
        whole = "\n".join([*reply_lines(words, reply), *texts])
        files.append(Document("answer.txt", "text/plain; charset=utf-8", whole))
        further = [text.lines([words.say("chat.attached")])]
    messages = _messages(content or ("" if embeds or files else words.say("chat.empty")), embeds, components, files)
    return messages + [Answer({"content": page, "allowed_mentions": render.NOBODY}) for page in further]


def in_full(reply: Reply) -> list[Answer]:
    """Render an answer to a question with every quotation whole."""
    if reply.answer is None:
        return answers(reply)
    first, *further = questions.pages(reply.answer, words_for(reply.answer.language))[:_MOST_PAGES]
    bodies: list[Json] = [{"content": page, "allowed_mentions": render.NOBODY} for page in (first, *further)]
    return [Answer({**body, "flags": render.SUPPRESS_EMBEDS}) for body in bodies]


def _messages(content: str, embeds: list[Json], components: list[Json], files: list[Document]) -> list[Answer]:
    first, *others = sizes.packed(embeds) or [[]]
    flags = {"flags": render.SUPPRESS_EMBEDS} if not embeds else {}
    body: Json = {"content": content, "embeds": first, "components": components, **flags}
    messages = [_with_files({**body, "allowed_mentions": render.NOBODY}, files[:_MOST_FILES])]
    messages += [Answer({"embeds": one, "allowed_mentions": render.NOBODY}) for one in others]
    for start in range(_MOST_FILES, len(files), _MOST_FILES):
        messages.append(_with_files({"allowed_mentions": render.NOBODY}, files[start : start + _MOST_FILES]))
    return messages


def _with_files(body: Json, files: list[Document]) -> Answer:
    if not files:
        return Answer(body)
    return Answer({**body, "attachments": [{"id": n, "filename": one.name} for n, one in enumerate(files)]}, files)


def _is_short(document: Document) -> bool:
    """Return whether the document is short enough for a code block instead of an attachment, and may be one."""
    return (
        not document.kept
        and bool(document.text.strip())
        and units(document.text) <= _LONGEST_CODE
        and "```" not in document.text
    )
