"""Decide what a reader sees around a paper: its pages, similar papers, what became of it. Pure.

As in `bot.words.layout`, texts are plain and stripped, and still need escaping. Buttons lead to known hosts only: of
another, the name is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from bot.models import News, NewsKind, Paper, PaperDetails, SourceName
from bot.words import sentences
from bot.words.code_hosts import alphaxiv_page, code_host, code_page, paper_page
from bot.words.layout import Button, ButtonKind, choice_layout, title_of
from bot.words.words import Words


@dataclass(frozen=True, slots=True)
class SimilarLayout:
    """One similar paper: `paper` is its id, `link` its page or empty, `about` says who and when."""

    paper: str
    title: str
    link: str
    about: str


@dataclass(frozen=True, slots=True)
class DetailsLayout:
    """What is around a paper. `hosts` name pages without a button; `none` stands for similar papers if there are none,
    and `failed` says whom nobody could ask for them.
    """

    title: str
    link: str
    links_heading: str
    links: tuple[Button, ...]
    hosts: tuple[str, ...]
    similar_heading: str
    similar: tuple[SimilarLayout, ...]
    none: str
    failed: str


@dataclass(frozen=True, slots=True)
class NewsLayout:
    """What became of a paper: `text` below its title, and where to look."""

    title: str
    link: str
    text: str
    buttons: tuple[Button, ...]


def details_layout(details: PaperDetails, words: Words) -> DetailsLayout:
    paper = details.paper
    similar = tuple(_similar(one, words) for one in details.similar)
    names = words.list(sentences.source_name(words, source) for source in details.failed)
    return DetailsLayout(
        title=title_of(paper, words),
        link=paper_page(paper.url),
        links_heading=words.say("details.links"),
        links=tuple(_link(kind, address, paper, words) for kind, address in links(paper)),
        hosts=tuple(_hosts(paper, words)),
        similar_heading=words.say("details.similar"),
        similar=similar,
        none="" if similar else words.say("details.similar.none"),
        failed=words.say("details.similar.failed", sources=names) if details.failed else "",
    )


def news_layout(news: News, words: Words) -> NewsLayout:
    paper = news.paper
    more = Button(ButtonKind.MORE, words.say("button.more"), str(paper.id), spoken=_spoken("button.more", paper, words))
    return NewsLayout(title_of(paper, words), paper_page(paper.url), _became(news, words), (more, *_pages(news, words)))


def links(paper: Paper) -> Iterator[tuple[ButtonKind, str]]:
    """Yield the paper's pages on known hosts. Each is known to exist but arXiv's HTML, which lacks of few papers."""
    if paper.pdf_url:
        yield ButtonKind.PDF, paper.pdf_url
    if paper.html_url:
        yield ButtonKind.HTML, paper.html_url
    if code := code_page(paper.code_url or ""):
        yield ButtonKind.CODE, code
    if project := code_page(paper.project_url or ""):
        yield ButtonKind.PROJECT, project
    if paper.pdf_url and SourceName.HUGGINGFACE in paper.sources:
        yield ButtonKind.HUGGINGFACE, f"https://huggingface.co/papers/{quote(paper.arxiv_id or '')}"
    if alphaxiv := alphaxiv_page(paper.project_url or "", paper.code_url or ""):
        yield ButtonKind.ALPHAXIV, alphaxiv


def _link(kind: ButtonKind, address: str, paper: Paper, words: Words) -> Button:
    key = f"button.{kind.value}"
    return Button(kind, words.say(key), address=address, spoken=_spoken(key, paper, words))


def _spoken(key: str, paper: Paper, words: Words) -> str:
    return f"{words.say(key)}: {title_of(paper, words)}"


def _hosts(paper: Paper, words: Words) -> Iterator[str]:
    """Yield where else the code and the project page are, by the host's name: a button would hide where it leads."""
    for key, address in (("paper.code.at", paper.code_url or ""), ("details.project.at", paper.project_url or "")):
        if not (code_page(address) or alphaxiv_page(address)) and (host := code_host(address)):
            yield words.say(key, host=host)


def _similar(paper: Paper, words: Words) -> SimilarLayout:
    choice = choice_layout(paper, words)
    return SimilarLayout(choice.paper, choice.title, paper_page(paper.url), choice.about)


def _became(news: News, words: Words) -> str:
    match news.kind:
        case NewsKind.VERSION:
            return words.say("news.version", version=news.version)
        case NewsKind.WITHDRAWN:
            return words.say("news.withdrawn")
        case NewsKind.CODE:
            host = "" if code_page(news.address) else code_host(news.address)
            return words.say("news.code.at", host=host) if host else words.say("news.code")


def _pages(news: News, words: Words) -> Iterator[Button]:
    paper = news.paper
    if news.kind is NewsKind.CODE:
        if code := code_page(news.address):
            yield _link(ButtonKind.CODE, code, paper, words)
    elif news.kind is NewsKind.VERSION and paper.pdf_url:
        label = words.say("button.version", version=news.version)
        address = f"{paper.pdf_url.replace('/pdf/', '/abs/')}v{news.version}"
        yield Button(ButtonKind.VERSION, label, address=address, spoken=f"{label}: {title_of(paper, words)}")
