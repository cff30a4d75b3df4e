"""Render parts as Discord messages. Pure: values and words in, the JSON of a message out.

Untrusted text is stripped of invisible characters, escaped (see `text`), and cut to Discord's limits: 256 units for an
embed's title, 4096 for its description, 6000 for all embeds of a message together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.common.cutting import cut, units
from adapters.discord import questions
from adapters.discord.buttons import Action, Click, Colour, Json, button, choice, fits, link, rows, share_action
from adapters.discord.mentions import NO_IDS, Ids
from adapters.discord.sizes import COLOUR, DESCRIPTION, FOOTER, TITLE, TOTAL, length
from adapters.discord.text import LONGEST_CONTENT, clip, clip_plain, sentence, title_line
from bot.models import (
    AnswerView,
    Card,
    Greeting,
    Headline,
    News,
    NextStep,
    Notice,
    Page,
    Paper,
    PaperDetails,
    PaperView,
    Part,
)
from bot.words import Words, one_line, sentences
from bot.words.details import NewsLayout, details_layout, news_layout
from bot.words.layout import (
    Button,
    ButtonKind,
    FactKind,
    ItemLayout,
    PaperLayout,
    choice_layout,
    digest_title,
    greeting_layout,
    headline_layout,
    paper_layout,
    title_of,
)

NOBODY: Json = {"parse": []}  # no text may notify anybody
SUPPRESS_EMBEDS = 1 << 2  # no link previews

_TAKEAWAY = 400
_FACTS = 300
_LONGEST_URL = 2048
_SUBTEXT, _QUOTE, _HEADING = "-# ", "> ", "### "


def message(part: Part, words: Words, key: str, ids: Ids = NO_IDS, unthreaded: Sequence[str] = ()) -> Json:
    """Return the request body that creates a message for the part. Raises ValueError for a Page.

    `ids` are those of the commands; `unthreaded` is as for `body`.
    """
    content = body(part, words, ids, unthreaded)
    return {**content, "components": _components(part, words, key), "allowed_mentions": NOBODY}


def edited(part: Part, words: Words, unthreaded: Sequence[str] = ()) -> Json:
    """Return the request body that replaces a message's content but not its buttons. Raises ValueError for a Page."""
    return {"content": "", "embeds": [], **body(part, words, unthreaded=unthreaded), "allowed_mentions": NOBODY}


def body(part: Part, words: Words, ids: Ids = NO_IDS, unthreaded: Sequence[str] = ()) -> Json:
    """Render the part without its buttons. Raises ValueError for a Page.

    `unthreaded` are the permissions without which a headline's cards are not in its thread, as it then says.
    """
    match part:
        case Headline():
            return {"embeds": [_headline(part, words, unthreaded)]}
        case Card():
            return {"embeds": _paper(paper_layout(part.entry, words))}
        case PaperView():
            return {"embeds": _paper(paper_layout(part, words))}
        case Notice():
            return {"content": _notice(part, words, ids), "flags": SUPPRESS_EMBEDS}
        case News():
            return {"content": _news(news_layout(part, words), words), "flags": SUPPRESS_EMBEDS}
        case AnswerView():
            return {"embeds": questions.embeds(part, words)}
        case Greeting():
            text = "".join(sentence(greeting_layout(words).text, ids))
            return {"embeds": [{"description": text, "color": COLOUR}]}
        case Page():
            raise ValueError("a page has no place in a chat")


def name(part: Part, words: Words) -> str:
    """Return the name of the thread or forum post that the part opens: one line of at most 100 units.

    A card's thread is named after its digest.
    """
    match part:
        case Headline():
            text = digest_title(part.digest.date, words)
        case Card():
            text = digest_title(part.date, words)
        case PaperView() | News():
            text = title_of(part.paper, words)
        case Notice():
            text = sentences.notice(words, part)
        case AnswerView():
            text = part.question
        case _:
            text = words.say("chat.name")
    return clip_plain(one_line(text), 100) or words.say("chat.name")


# --- the headline -----------------------------------------------------------------------------


def hint_without_thread(words: Words, permissions: Sequence[str]) -> str:
    """Return a headline's hint where its cards stand in the channel, for want of the permissions or of threads."""
    if not permissions:
        return words.say("headline.hint.channel")
    names = words.list(words.say(f"permission.{name}") for name in permissions)
    return words.say("headline.hint.unthreaded", permissions=names)


def _headline(part: Headline, words: Words, unthreaded: Sequence[str]) -> Json:
    digest = headline_layout(part, words)
    head = [_SUBTEXT + clip(digest.status, 2 * _FACTS)]
    if digest.empty:
        head.append("\n" + clip(digest.empty, 2 * _FACTS))
    room = DESCRIPTION - sum(units(line) + 1 for line in head)
    share = room // max(len(digest.items), 1) - 2
    items = ("\n" + _item(item, words, share) for item in digest.items)
    title = clip_plain(digest.title, TITLE)
    embed: Json = {"title": title, "description": "\n".join([*head, *items]), "color": COLOUR}
    hint = hint_without_thread(words, unthreaded) if digest.hint and unthreaded else digest.hint
    return {**embed, "footer": {"text": hint}} if hint else embed


def _item(item: ItemLayout, words: Words, room: int) -> str:
    """Return one paper's lines in a headline, in at most `room` units."""
    number = f"**{item.number}.** "
    lines = [number + title_line(item.title, item.link, words.say("paper.link"), min(600, (room - units(number)) // 2))]
    room -= units(lines[0])
    if item.lead and room > 2:
        lines.append(clip(item.lead, min(_TAKEAWAY, room - 1)))
        room -= units(lines[-1]) + 1
    if item.text and room > len(_QUOTE) + 4:
        lines.append(_QUOTE + clip(_unbroken(item.text), room - 1 - len(_QUOTE)))
    return "\n".join(lines)


def _unbroken(text: str) -> str:
    """Return the text on one line, because a quotation on Discord ends with its line."""
    return " ".join(text.split())


# --- one paper --------------------------------------------------------------------------------


def _paper(paper: PaperLayout) -> list[Json]:
    """Return the paper's embed, and a second one for the sections of a detailed summary."""
    first: Json = {**_titled(paper), "color": COLOUR}
    footer = clip_plain(paper.why, FOOTER // 4)
    sections = paper.sections
    room = min(TOTAL - length([first]) - units(footer), DESCRIPTION * (2 if sections else 1))
    share = room // (len(sections) + 2) if sections else room
    texts = [*_facts(paper), *_instead(paper, room // 2)]
    left = min(2 * share if sections else room, DESCRIPTION) - units("\n\n".join(texts))
    # A heading has room of its own above it.
    first["description"] = "\n\n".join([*texts, *_summary(paper, left)]).replace(f"\n\n{_HEADING}", f"\n{_HEADING}")
    embeds = [first]
    if sections:
        heads = [f"{_HEADING}{section.heading}\n" for section in sections]
        each = min(share, DESCRIPTION // len(sections)) - 2
        pairs = zip(heads, sections, strict=True)
        longer = "\n".join(head + clip(section.text, each - units(head)) for head, section in pairs)
        embeds.append({"description": longer, "color": COLOUR})
    if footer:
        embeds[-1]["footer"] = {"text": footer}
    return [{name: value for name, value in one.items() if value not in ("", [])} for one in embeds]


def _titled(paper: PaperLayout) -> Json:
    """Return the title, linked to the paper's page."""
    number = f"{paper.number}. " if paper.number is not None else ""
    embed: Json = {"title": number + clip(paper.title, TITLE - units(number))}
    return {**embed, "url": paper.link} if paper.link and units(paper.link) <= _LONGEST_URL else embed


def _facts(paper: PaperLayout) -> Iterator[str]:
    """Yield small print: who on one line, when and where on the next.

    Embed fields would put them into columns too narrow for names.
    """
    who = [fact.text for fact in paper.facts if fact.kind is FactKind.AUTHORS]
    where = [fact.text for fact in paper.facts if fact.kind is not FactKind.AUTHORS]
    yield "\n".join(_SUBTEXT + clip(" · ".join(line), _FACTS) for line in (who, where) if line)
    if paper.withdrawn:
        yield f"⚠️ **{paper.withdrawn}**"


def _instead(paper: PaperLayout, room: int) -> Iterator[str]:
    """Yield the reason for a missing summary, and the quotation under its label."""
    if paper.failure:
        yield "⚠️ " + clip(paper.failure, room // 2)
    if paper.label:
        label = f"**{clip(paper.label, room // 4)}**"
        yield f"{label}\n{_QUOTE}{clip(_unbroken(paper.quotation), room // 2)}"


def _summary(paper: PaperLayout, room: int) -> Iterator[str]:
    """Yield the takeaway, and the text that precedes the sections."""
    takeaway = clip(paper.takeaway, _TAKEAWAY)
    if takeaway:
        yield f"**{takeaway}**"
    label = f"{_HEADING}{paper.text.heading}\n" if paper.text.heading else ""
    if text := clip(paper.text.text, room - units(takeaway) - units(label) - 8):
        yield label + text


# --- short messages ---------------------------------------------------------------------------


def _notice(notice: Notice, words: Words, ids: Ids) -> str:
    about = ""
    if notice.about and (channel := notice.about.name.rpartition("/")[2]).isdecimal():
        about = f" <#{channel}>"
    return cut(sentence(sentences.notice(words, notice), ids), LONGEST_CONTENT - units(about)) + about


def _news(news: NewsLayout, words: Words) -> str:
    return f"{title_line(news.title, news.link, words.say('paper.link'), TITLE)}\n{clip(news.text, _FACTS)}"


# --- around a paper ---------------------------------------------------------------------------


def around(details: PaperDetails, words: Words) -> Json:
    """Return the embed and the buttons of what is around a paper: its pages, and similar papers to choose from."""
    layout = details_layout(details, words)
    texts = []
    if layout.links or layout.hosts:
        texts.append(
            "\n".join([f"### {layout.links_heading}", *(_SUBTEXT + clip(host, _FACTS) for host in layout.hosts)])
        )
    lines = [
        f"- {title_line(one.title, one.link, words.say('paper.link'), TITLE)}\n  {_SUBTEXT}{clip(one.about, _FACTS)}"
        for one in layout.similar
    ]
    texts.append("\n".join([f"### {layout.similar_heading}", *lines, *filter(None, (layout.none, layout.failed))]))
    embed: Json = {"title": clip(layout.title, TITLE), "description": "\n".join(texts), "color": COLOUR}
    if layout.link and units(layout.link) <= _LONGEST_URL:
        embed["url"] = layout.link
    pages = rows(one for shown in layout.links for one in link(shown.label, shown.address))
    similar = choice(words.say("choices.placeholder"), [(one.paper, one.title, one.about) for one in layout.similar])
    return {"embeds": [embed], "components": [*pages, *similar]}


# --- buttons ----------------------------------------------------------------------------------

_ACTIONS = {
    ButtonKind.DETAILS: Action.DETAILS,
    ButtonKind.ASK: Action.ASK,
    ButtonKind.BIBTEX: Action.CITE,
    ButtonKind.MORE: Action.MORE,
    ButtonKind.SUBSCRIBE: Action.FORM,
    ButtonKind.PREVIEW: Action.PREVIEW,
}


def _components(part: Part, words: Words, key: str) -> list[Json]:
    """Return the rows of buttons of a message in a channel."""
    if isinstance(part, AnswerView) and (below := questions.components(part, words, key)):
        return below
    return rows(_buttons(part, words, key))


def _buttons(part: Part, words: Words, key: str) -> Iterable[Json]:
    """Return the buttons of a message in a channel, at least one of which carries the key."""
    match part:
        case Card():
            return buttons(paper_layout(part.entry, words, ask=True).buttons, words, key)
        case PaperView():
            return buttons(paper_layout(part, words, ask=True).buttons, words, key)
        case News():
            return buttons(news_layout(part, words).buttons, words, key)
        case Greeting():
            return buttons(greeting_layout(words).buttons, words, key)
        case _:
            return [_settings(words, key)]


def buttons(shown: Iterable[Button], words: Words, key: str) -> Iterator[Json]:
    """Yield the buttons whose address or id fits. At least one carries the key, *Settings* if no other does."""
    shown = list(shown)
    own = [(one, Click(_action(one), key, one.paper)) for one in shown if not one.address]
    fitting = [(one, click) for one, click in own if fits(click)]
    for one, click in fitting:
        yield button(one.label, click, Colour.PRIMARY if one.primary else Colour.SECONDARY)
    if not fitting:
        yield _settings(words, key)
    for one in shown:
        yield from link(one.label, one.address)


def _action(shown: Button) -> Action:
    return share_action(shown.style) if shown.kind is ButtonKind.SHARE else _ACTIONS[shown.kind]


def _settings(words: Words, key: str) -> Json:
    return button(words.say("button.settings"), Click(Action.STATUS, key))


def choices(papers: Sequence[Paper], words: Words, asked: str = "") -> list[Json]:
    """Return a menu of papers to choose one from, for the question with the id `asked` if there is one."""
    laid_out = [choice_layout(paper, words) for paper in papers]
    options = [(one.paper, one.title, one.about) for one in laid_out]
    return choice(words.say("choices.placeholder"), options, Click(Action.CHOOSE, subject=asked))


def steps(offered: Sequence[NextStep], words: Words) -> list[Json]:
    """Return a menu of what can be done next."""
    options = [(one.value, words.say(f"step.{one.value}"), words.say(f"step.{one.value}.about")) for one in offered]
    return choice(words.say("steps.placeholder"), options, Click(Action.STEP))
