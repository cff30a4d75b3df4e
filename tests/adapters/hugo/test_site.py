"""Posts in a real Hugo site and a real browser: folded abstracts, and hostile text that stays text."""

from __future__ import annotations

import random
import struct
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree, html

from adapters.hugo.escape import destination
from adapters.hugo.platform import write
from bot.models import Digest, Entry
from bot.words import plain
from tests.support.hostile_text import PIECES, hostile, url
from tests.support.hugo_site import DETAILS, LANGUAGES, Site, digest, entry, every_kind
from tests.support.needs import chromium


def shown(text: str) -> str:
    """The text as a reader sees it: white space runs together, the mark inside Hugo's own strings does not show."""
    return " ".join(text.replace("\u2060", "").split())


def address(url: str) -> str:
    """The URL as it is compared: Hugo's link hook percent-encodes more than needed and drops an empty fragment."""
    return unquote(url).rstrip("#")


def papers(page: html.HtmlElement) -> list[list[html.HtmlElement]]:
    """The elements below each paper's heading, the heading first."""
    groups: list[list[html.HtmlElement]] = []
    for element in page.find(".//main"):
        if element.tag == "h2":
            groups.append([element])
        elif element.tag != "hr":
            groups[-1].append(element)
    footer = groups[-1].pop()
    assert [child.tag for child in footer.iter()] == ["p", "em"]
    return groups[1:]


def tags(elements: Sequence[html.HtmlElement]) -> Counter[str]:
    return Counter(str(e.tag) for top in elements for e in top.iter() if isinstance(e.tag, str))


@pytest.mark.parametrize("details", DETAILS.values(), ids=DETAILS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_hugo_folds_the_abstract_in_every_theme(tmp_path: Path, details: str, language: str) -> None:
    site = Site(tmp_path, details)
    for each in ("ja", "en"):
        write(every_kind(each), site.content)
    page = site.read(language)
    assert "2026-02-27" in str(page.findtext(".//title"))
    folded = page.findall(".//details")
    assert len(folded) == 4
    label = {"ja": "原文Abstract", "en": "Original Abstract"}[language]
    for found, its in zip(folded, every_kind(language).entries, strict=False):
        assert found.findtext("summary") == label
        assert shown(found.text_content().removeprefix(label)) == shown(its.paper.abstract)
    assert [e.text_content() for e in page.find(".//main").iter("h2")][1:] == [
        f"{e.rank}. {e.paper.title}" for e in every_kind(language).entries
    ]
    assert [(e.get("src"), e.get("alt")) for e in page.iter("img")] == [
        ("paper_2.png", every_kind(language).entries[1].paper.title)
    ]


def test_hugo_builds_the_published_posts(tmp_path: Path, shared: Path) -> None:
    site = Site(tmp_path, DETAILS["rendered"])
    site.content.mkdir(parents=True)
    seed = shared / "seeds" / "hugo-post-2026-02-27-b.md"
    (site.content / "index.md").write_bytes(seed.read_bytes())
    page = site.read()
    assert len(page.findall(".//details")) == 5
    assert "We present DualPath" in page.findall(".//details")[4].text_content()


def _hostile_digest() -> Digest:
    """Every piece alone in every field, then random sequences, always the same ones."""
    source = random.Random(20260227)

    def made(number: int, text: str | None = None) -> Entry:
        written = entry(
            number,
            title=text or hostile(source, 10),
            text=text or hostile(source, 20),
            abstract=text or hostile(source, 20),
            authors=tuple(f"word{text}" if text else hostile(source, 4) for _ in range(3)),
            arxiv_id=None,
            signals=entry().paper.signals,
            url=url(source),
        )
        return replace(written, figure=f"paper_{number}.png")

    alone = [f"word {piece} word{piece}" for piece in PIECES]
    return digest(*(made(n, text) for n, text in enumerate(alone, 1)), *(made(200 + n) for n in range(60)))


@pytest.mark.parametrize("languages", [LANGUAGES, ""], ids=["two languages", "one language"])
@pytest.mark.parametrize("details", DETAILS.values(), ids=DETAILS)
def test_nothing_that_hostile_text_says_is_obeyed(tmp_path: Path, details: str, languages: str) -> None:
    site = Site(tmp_path, details, languages)
    attack = _hostile_digest()
    write(attack, site.content)
    page = site.read()
    assert not list(page.iter(etree.Comment))
    allowed = {"html", "head", "meta", "title", "body", "nav", "ul", "li", "a", "main", "h2", "h3", "p", "strong", "hr"}
    assert set(tags([page])) == allowed | {"em", "img", "details", "summary"}
    assert {name for e in page.iter() for name in e.attrib} == {"alt", "charset", "href", "id", "lang", "src"}
    assert {str(e.get("href"))[:8] for e in page.find(".//main").iter("a")} <= {"https://", "http://e"}
    for its, (heading, fields, image, label, *texts, folded) in zip(attack.entries, papers(page), strict=True):
        assert shown(heading.text_content()) == shown(f"{its.rank}. {plain(its.paper.title)}")
        assert tags([heading]) == {"h2": 1}
        links = [] if destination(its.paper.url) is None else [its.paper.url]
        assert tags([fields]) == Counter({"ul": 1, "li": 3, "strong": 3, "a": len(links)})
        assert shown(fields[0].text_content()) == shown("著者: " + ", ".join(map(plain, its.paper.authors)))
        assert list(map(address, (a.get("href") for a in fields.iter("a")))) == list(map(address, links))
        assert tags([image]) == {"p": 1, "img": 1}
        assert image[0].get("src") == its.figure
        assert shown(str(image[0].get("alt")).replace("∼", "~")) == shown(plain(its.paper.title))
        assert (label.tag, label.text_content()) == ("h3", "要約")
        assert its.summary is not None
        assert shown(" ".join(e.text_content() for e in texts)) == shown(plain(its.summary.text))
        assert set(tags(texts)) <= {"p", "a"}
        assert shown(folded.text_content().removeprefix("原文Abstract")) == shown(plain(its.paper.abstract))
        assert set(tags([folded])) <= {"details", "summary", "p", "a"}
        # An address is linked only as it stands there.
        assert all(a.get("href") == a.text for e in (*texts, folded) for a in e.iter("a"))


def test_a_piece_left_by_a_crash_is_no_page(tmp_path: Path) -> None:
    site = Site(tmp_path, DETAILS["rendered"])
    path = write(every_kind("ja"), site.content)
    path.with_name(".index.leftover").write_text("half a post", encoding="utf-8")
    site.build()
    assert [p.name for p in site.page().parent.iterdir()] == ["index.html"]


@pytest.mark.needs("chromium")
def test_a_browser_shows_the_folded_abstract(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", DETAILS["rendered"])
    write(every_kind("ja"), site.content)
    site.build()
    picture = tmp_path / "page.png"
    command = [
        *(str(chromium()), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--window-size=900,1400", "--virtual-time-budget=1000"),
    ]
    address = site.page().as_uri()
    subprocess.run([*command, f"--screenshot={picture}", address], check=True, capture_output=True, timeout=300)
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (900, 1400)
    assert len(content) > 20_000
    run = subprocess.run([*command, "--dump-dom", address], check=True, capture_output=True, timeout=300)
    folded = html.document_fromstring(run.stdout.decode()).findall(".//details")
    assert len(folded) == 4
    assert folded[0].get("open") is None
