"""Parts as text in the markup of the tests' chat platform. Pure: values and words in, text out.

Everything that came from outside is escaped, stripped of what cannot be seen, and cut so that the message is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.common.cutting import cut
from bot.models import AnswerView, Card, Greeting, Headline, Layout, News, Notice, Page, PaperView, Part
from bot.words import Words, sentences
from bot.words.answers import answer_lines
from bot.words.details import news_layout
from bot.words.layout import HeadlineLayout, ItemLayout, PaperLayout, greeting_layout, headline_layout, paper_layout

LONGEST = 4_000  # characters of markup that the platform takes in one message
_TITLE = 250
_LINE = 250
_LONGEST_LINK = 500
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def render(part: Part, words: Words) -> str:
    """The part in at most LONGEST characters."""
    match part:
        case Headline():
            return _digest(headline_layout(part, words))
        case Page():
            return _digest(headline_layout(Headline(part.digest, Layout.COMPACT), words))
        case Card():
            return _paper(paper_layout(part.entry, words), f"{part.entry.rank}/{part.of} ")
        case PaperView():
            return _paper(paper_layout(part, words))
        case AnswerView():
            return clip("\n".join(answer_lines(part, words)), LONGEST)
        case Notice():
            return clip(sentences.notice(words, part), LONGEST)
        case News():
            layout = news_layout(part, words)
            title = clip(layout.title, 2 * _LINE)
            return f"{f'<{layout.link}|{title}>' if layout.link else title}\n{layout.text}"
        case Greeting():
            return clip(greeting_layout(words).text, LONGEST)


def clip(text: str, room: int) -> str:
    """The text escaped, cut before the first character that does not fit into `room`; a cut shows as `…`."""
    return cut((_MARKUP.get(character, character) for character in text), room, len)


def _digest(digest: HeadlineLayout) -> str:
    head = [clip(digest.title, _LINE), clip(digest.status, 2 * _LINE)]
    if digest.empty:
        head.append(clip(digest.empty, 2 * _LINE))
    room = LONGEST - sum(len(line) + 1 for line in head)
    share = room // max(len(digest.items), 1) - 1
    return "\n".join([*head, *(_item(item, share) for item in digest.items)])


def _item(item: ItemLayout, room: int) -> str:
    """One paper's lines in a headline."""
    line = f"{item.number}. {_title(item.title, item.link, room // 2)}"
    texts = "\n".join(filter(None, [item.lead, item.text]))
    return f"{line}\n{clip(texts, room - len(line) - 1)}" if texts else line


def _paper(paper: PaperLayout, number: str = "") -> str:
    above = [number + _title(paper.title, paper.link, LONGEST // 4)]
    above.append(clip(" · ".join(fact.text for fact in paper.facts), 2 * _LINE))
    if paper.withdrawn:
        above.append(paper.withdrawn)
    below = [clip(paper.why, 2 * _LINE)] if paper.why else []
    room = LONGEST - sum(len(line) + 1 for line in (*above, *below))
    return "\n".join([*above, clip("\n".join(_texts(paper)), room), *below])


def _texts(paper: PaperLayout) -> Iterator[str]:
    """The summary or, in its place, the honest line and somebody else's text under its label."""
    yield from filter(None, (paper.failure, paper.label, paper.quotation, paper.takeaway))
    for passage in paper.passages:
        yield from filter(None, (passage.heading, passage.text))


def _title(title: str, address: str, room: int) -> str:
    """The linked title; without the link where its address is none or too long to fit."""
    address = clip(address, LONGEST)
    if not address or len(address) > min(_LONGEST_LINK, room // 2):
        return clip(title, min(_TITLE, room))
    return f"<{address}|{clip(title, min(_TITLE, room - len(address)))}>"
