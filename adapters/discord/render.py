"""Parts as messages of Discord. Pure: values and words in, the JSON of a message out.

What came from outside is stripped of what cannot be seen, escaped (see `text`), and cut so that Discord takes the
message: 256 units of an embed's title, 4096 of its description, 6000 of everything in all embeds of a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.common.cutting import cut, units
from adapters.discord.buttons import Action, Click, Colour, Json, button, choice, fits, link, row, share_action
from adapters.discord.sizes import TOTAL, length
from adapters.discord.text import LONGEST_CONTENT, clip, clip_plain, sentence, title_line
from bot.models import (
    Card,
    Entry,
    Excerpt,
    Failure,
    Greeting,
    Headline,
    Layout,
    Notice,
    Page,
    Paper,
    PaperView,
    Part,
    Style,
    Summary,
)
from bot.papers.refs import pdf_url
from bot.words import Words, one_line, plain, sentences, web_link, without_bold

NOBODY: Json = {"parse": []}  # text of ours or of others never notifies anybody
SUPPRESS_EMBEDS = 1 << 2  # no previews of links

TITLE, DESCRIPTION, FOOTER = 256, 4096, 2048
COLOUR = 0xB5452C  # the vermilion of a print's seal
_TAKEAWAY = 400
_FACTS = 300
_SUBTEXT, _QUOTE = "-# ", "> "


def message(part: Part, words: Words, key: str) -> Json:
    """The part as the body of a request that creates a message. Raises ValueError for a Page."""
    shown = body(part, words)
    return {**shown, "components": [*row(_buttons(part, words, key))], "allowed_mentions": NOBODY}


def edited(part: Part, words: Words) -> Json:
    """The body of a request that replaces what a message says; its buttons stay. Raises ValueError for a Page."""
    return {"content": "", "embeds": [], **body(part, words), "allowed_mentions": NOBODY}


def body(part: Part, words: Words) -> Json:
    """What is read in the part, without its buttons."""
    match part:
        case Headline():
            return {"embeds": [_headline(part, words)]}
        case Card():
            return {"embeds": _card(part, words)}
        case PaperView():
            return {"embeds": _sheet(part, words)}
        case Notice():
            return {"content": _notice(part, words), "flags": SUPPRESS_EMBEDS}
        case Greeting():
            return {"embeds": [{"description": words.say("greeting.text"), "color": COLOUR}]}
        case Page():
            raise ValueError("a page has no place in a chat")


def name(part: Part, words: Words) -> str:
    """What a thread or a forum's post is called that the part opens: one line of at most 100 units.

    A card names the thread of its digest.
    """
    match part:
        case Headline():
            said = words.say("digest.title", date=words.day(part.digest.date))
        case Card():
            said = words.say("digest.title", date=words.day(part.date))
        case PaperView():
            said = _title(part.paper, words)
        case Notice():
            said = sentences.notice(words, part)
        case _:
            said = words.say("chat.name")
    return clip_plain(one_line(said), 100) or words.say("chat.name")


# --- the headline -----------------------------------------------------------------------------


def _headline(part: Headline, words: Words) -> Json:
    digest = part.digest
    title = clip_plain(words.say("digest.title", date=words.day(digest.date)), TITLE)
    hint = words.say(f"headline.hint.{part.layout.value}") if digest.entries else ""
    head = [_SUBTEXT + clip(sentences.status_line(words, digest), 2 * _FACTS)]
    if why_not := sentences.empty(words, digest):
        head.append("\n" + clip(why_not, 2 * _FACTS))
    room = DESCRIPTION - sum(units(line) + 1 for line in head)
    share = room // max(len(digest.entries), 1) - 2
    more = part.layout is Layout.COMPACT
    items = ("\n" + _item(entry, words, share, more=more) for entry in digest.entries)
    shown: Json = {"title": title, "description": "\n".join([*head, *items]), "color": COLOUR}
    return {**shown, "footer": {"text": hint}} if hint else shown


def _item(entry: Entry, words: Words, room: int, *, more: bool) -> str:
    """One paper's lines in a headline, in at most `room` units."""
    number = f"**{entry.rank}.** "
    line = number + title_line(
        _title(entry.paper, words), entry.paper.url, words.say("paper.link"), min(600, (room - units(number)) // 2)
    )
    said = [line]
    room -= units(line)
    takeaway = _takeaway(entry, words)
    if takeaway and room > 2:
        said.append(clip(takeaway, min(_TAKEAWAY, room - 1)))
        room -= units(said[-1]) + 1
    if more and entry.summary and room > len(_QUOTE) + 4:
        text = " ".join(_body(entry.summary.text).split("\n"))
        said.append(_QUOTE + clip(text, room - 1 - len(_QUOTE)))
    return "\n".join(said)


def _takeaway(entry: Entry, words: Words) -> str:
    if entry.summary:
        return one_line(entry.summary.headline)
    return sentences.failure(words, entry.failure) if entry.failure else ""


# --- one paper --------------------------------------------------------------------------------


def _card(card: Card, words: Words) -> list[Json]:
    entry = card.entry
    why = sentences.why(words, entry.reasons)
    return _paper(
        entry.paper,
        words,
        f"{entry.rank}. ",
        (entry.summary, entry.failure, entry.excerpt),
        clip_plain(why, FOOTER // 4),
    )


def _sheet(sheet: PaperView, words: Words) -> list[Json]:
    return _paper(sheet.paper, words, "", (sheet.summary, sheet.failure, sheet.excerpt), "")


def _paper(
    paper: Paper,
    words: Words,
    number: str,
    texts: tuple[Summary | None, Failure | None, Excerpt | None],
    footer: str,
) -> list[Json]:
    """The embed of a paper; where its text has sections, they stand in one of their own."""
    title, told = _titled(paper, words, number)
    first: Json = {**title, "color": COLOUR}
    summary, failure, excerpt = texts
    sections = summary.sections if summary else ()
    room = min(TOTAL - length([first]) - units(footer), DESCRIPTION * (2 if sections else 1))
    share = room // (len(sections) + 2) if sections else room
    told += _said(failure, excerpt, words, room // 2)
    if summary:
        told += _summary(summary, words, min(2 * share if sections else room, DESCRIPTION) - units("\n\n".join(told)))
    first["description"] = "\n\n".join(told)
    shown = [first]
    if sections:
        heads = [f"**{words.say(f'paper.section.{section.kind.value}')}**\n" for section in sections]
        each = min(share, DESCRIPTION // len(sections)) - 2
        pairs = zip(heads, sections, strict=True)
        longer = "\n\n".join(head + clip(_body(section.text), each - units(head)) for head, section in pairs)
        shown.append({"description": longer, "color": COLOUR})
    if footer:
        shown[-1]["footer"] = {"text": footer}
    return [{name: value for name, value in one.items() if value not in ("", [])} for one in shown]


def _titled(paper: Paper, words: Words, number: str) -> tuple[Json, list[str]]:
    """The title, which opens the paper's page, and what is to be read before all else."""
    shown: Json = {"title": number + clip(_title(paper, words), TITLE - units(number))}
    address = web_link(paper.url)
    if address and units(address) <= 2048:
        shown["url"] = address
    withdrawn = [f"⚠️ **{words.say('paper.withdrawn')}**"] if paper.withdrawn else []
    return shown, ["\n".join(_facts(paper, words)), *withdrawn]


def _facts(paper: Paper, words: Words) -> Iterator[str]:
    """Small lines below the title: who, when, where. As fields they would stand in columns too narrow for names."""
    sources = words.list(sentences.source_name(words, source) for source in paper.sources)
    arxiv_id = one_line(paper.arxiv_id or "")
    where = [words.date(paper.published.date()), sources, f"arXiv:{arxiv_id}" if arxiv_id else ""]
    for said in (words.authors(paper), " · ".join(filter(None, where))):
        if said.strip():
            yield _SUBTEXT + clip(said, _FACTS)


def _said(failure: Failure | None, excerpt: Excerpt | None, words: Words, room: int) -> Iterator[str]:
    """The honest line in the place of a summary, and somebody else's text under its label."""
    if failure:
        yield "⚠️ " + clip(sentences.failure(words, failure), room // 2)
    if excerpt:
        label = f"**{clip(sentences.excerpt_label(words, excerpt), room // 4)}**"
        quoted = clip(" ".join(plain(excerpt.text).split()), room // 2)
        yield f"{label}\n> {quoted}" if quoted else label


def _summary(summary: Summary, words: Words, room: int) -> Iterator[str]:
    takeaway = clip(one_line(summary.headline), _TAKEAWAY)
    if takeaway:
        yield f"**{takeaway}**"
    label = f"**{words.say('paper.abstract')}**\n" if summary.sections else ""
    text = clip(_body(summary.text), room - units(takeaway) - units(label) - 8)
    if text:
        yield label + text


def _title(paper: Paper, words: Words) -> str:
    return one_line(paper.title) or words.say("paper.untitled")


def _body(text: str) -> str:
    return without_bold(plain(text)).strip()


# --- short messages ---------------------------------------------------------------------------


def _notice(notice: Notice, words: Words) -> str:
    about = ""
    if notice.about and (channel := notice.about.name.rpartition("/")[2]).isdecimal():
        about = f" <#{channel}>"
    return cut(sentence(sentences.notice(words, notice)), LONGEST_CONTENT - units(about)) + about


# --- buttons ----------------------------------------------------------------------------------


def _buttons(part: Part, words: Words, key: str) -> Iterator[Json]:
    """The buttons of a message in a channel; one of them at least carries the key."""
    match part:
        case Card():
            yield from paper_buttons(part.entry.paper, words, Style.BRIEF, key)
        case PaperView():
            yield from paper_buttons(part.paper, words, part.style, key)
        case Greeting():
            yield button(words.say("greeting.subscribe"), Click(Action.FORM, key), Colour.PRIMARY)
            yield button(words.say("greeting.preview"), Click(Action.PREVIEW, key))
        case _:
            yield button(words.say("button.settings"), Click(Action.STATUS, key))


def paper_buttons(paper: Paper, words: Words, style: Style, key: str, *, share: bool = False) -> Iterator[Json]:
    """What can be done with a paper; `share`: also to post it into the channel."""
    subject = str(paper.id)
    own = [(Action.CITE, "button.bibtex", Colour.SECONDARY)]
    if style is Style.BRIEF:
        own.insert(0, (Action.DETAILS, "button.details", Colour.SECONDARY))
    if share:
        own.insert(0, (share_action(style), "button.share", Colour.PRIMARY))
    fitting = [(label, Click(action, key, subject), colour) for action, label, colour in own]
    fitting = [one for one in fitting if fits(one[1])]
    yield from (button(words.say(label), click, colour) for label, click, colour in fitting)
    if not fitting:
        yield button(words.say("button.settings"), Click(Action.STATUS, key))
    yield from link(words.say("button.pdf"), pdf_url(paper))
    yield from link(words.say("button.code"), paper.code_url)


def choices(papers: Sequence[Paper], words: Words) -> list[Json]:
    """A menu of papers of which one is to be chosen."""
    options = [
        (str(paper.id), _title(paper, words), f"{words.authors(paper, 3)}, {paper.published.year}") for paper in papers
    ]
    return choice(words.say("paper.choose"), options)
