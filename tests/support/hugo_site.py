"""An invented digest, and a real Hugo site around its posts."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from lxml import html

from bot.models import (
    ChannelKey,
    Digest,
    DigestStatus,
    Entry,
    Excerpt,
    Failure,
    Finding,
    FindingKind,
    Origin,
    Paper,
    PaperId,
    Signal,
    SignalKind,
    SourceName,
    Style,
    Summary,
)

CHANNEL = ChannelKey("hugo", "blog")
DAY = date(2026, 2, 27)
DUE = datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC)
SUMMARIES = {
    "ja": "長い文書を短い下書きに畳んでから読むFoldReaderを提案する。12個の課題で平均9.4点の改善を示した。",
    "en": "The paper proposes FoldReader, which folds long documents before reading. It gains 9.4 points on 12 tasks.",
}

# The shortcode used in the blog's posts, as themes define it.
DETAILS = {
    "rendered": '{{ .Inner | .Page.RenderString (dict "display" "block") }}',
    "markdownified": "{{ .Inner | markdownify }}",
    "raw": "{{ .Inner }}",
}
# Every Goldmark extension that Hugo can enable, except the typographer, which only changes quotation marks and dashes.
CONFIG = r"""
baseURL = "https://blog.example/"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404"]
enableEmoji = true
defaultContentLanguage = "ja"
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.parser.attribute]
block = true
title = true
[markup.goldmark.extensions.typographer]
disable = true
[markup.goldmark.extensions.cjk]
enable = true
[markup.goldmark.extensions.extras]
insert = {enable = true}
mark = {enable = true}
subscript = {enable = true}
superscript = {enable = true}
[markup.goldmark.extensions.passthrough]
enable = true
[markup.goldmark.extensions.passthrough.delimiters]
block = [["$$", "$$"], ["\\[", "\\]"]]
inline = [["$", "$"], ["\\(", "\\)"]]
"""
# On a multilingual site, Hugo renders links and images by its own hooks.
LANGUAGES = """
[languages.ja]
weight = 1
[languages.en]
weight = 2
"""
PAGE = """<!doctype html><html lang="{{ .Language.Lang }}">
<head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><nav>{{ .TableOfContents }}</nav><main>{{ .Content }}</main></body></html>"""


def paper(number: int = 1, **changed: object) -> Paper:
    """Return an invented paper, listed by Hugging Face."""
    values: dict[str, object] = {
        "id": PaperId.arxiv(f"2602.9900{number}"),
        "title": f"FoldReader {number}: Reading Long Documents in Folds",
        "abstract": "Long documents strain attention (see Sec. 3).\n  We fold them -- twice -- and gain 9.4 points.",
        "authors": ("Aya Morino", "Ben Ostrow"),
        "published": datetime(2026, 2, 24, tzinfo=UTC),
        "url": f"https://arxiv.org/abs/2602.9900{number}",
        "arxiv_id": f"2602.9900{number}",
        "signals": (Signal(SourceName.HUGGINGFACE, SignalKind.LISTED, 1.0, DUE),),
    }
    return Paper(**(values | changed))  # type: ignore[arg-type]  # the table above holds the fields' own types


def entry(number: int = 1, language: str = "ja", **changed: object) -> Entry:
    """Return an invented paper with a summary."""
    text = str(changed.pop("text", SUMMARIES.get(language, SUMMARIES["en"])))
    summary = Summary(language, Style.BRIEF, "", text, origin=Origin.IMPORTED)
    return Entry(number, paper(number, **changed), 0.0, (), summary=summary)


def digest(*entries: Entry, language: str = "ja") -> Digest:
    return Digest(CHANNEL, DAY, DUE, language, DigestStatus(len(entries)), entries)


def every_kind(language: str) -> Digest:
    """Return a digest with one entry of each kind: plain, complete, without a summary for two reasons, minimal."""
    listed = tuple(Signal(source, SignalKind.LISTED, 1.0, DUE) for source in SourceName)
    many = tuple(f"Author {letter}" for letter in "ABCDEFG")
    full = entry(2, language, authors=many, signals=listed, title="Fold++: 90% of `R&D`, <b>bold</b> [sic]")
    failed = Failure("summary.unverified", (Finding(FindingKind.NUMBER, "99%"),))
    doi = "10.5555/fold.5"
    unfolded = paper(5, arxiv_id=None, id=PaperId.doi(doi), url=f"https://doi.org/{doi}", abstract="")
    return digest(
        entry(1, language),
        Entry(2, full.paper, 0.0, (), summary=full.summary, figure="paper_2.png"),
        Entry(3, paper(3), 0.0, (), failure=failed, excerpt=Excerpt(Origin.ABSTRACT, "Long documents strain.")),
        Entry(4, paper(4), 0.0, (), failure=Failure("model.no_key"), excerpt=Excerpt(Origin.TLDR, "It folds *twice*.")),
        Entry(5, unfolded, 0.0, ()),
        language=language,
    )


class Site:
    """A Hugo site in its own folder; posts go below `content`."""

    def __init__(self, folder: Path, details: str, languages: str = LANGUAGES) -> None:
        self.folder = folder
        self.content = folder / "content" / "post"
        files = {
            "hugo.toml": CONFIG + languages,
            "layouts/_default/single.html": PAGE,
            "layouts/_default/list.html": "{{ range .Pages }}{{ .Title }}{{ end }}",
            "layouts/shortcodes/details.html": f"<details><summary>{{{{ .Get 0 }}}}</summary>{details}</details>",
        }
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def build(self) -> None:
        """Build the site. Raises AssertionError with Hugo's output if that fails."""
        command = [sys.executable, "-m", "hugo", "--source", str(self.folder), "--logLevel", "warn"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert run.returncode == 0, run.stdout + run.stderr

    def page(self, language: str = "ja") -> Path:
        folder = self.folder / "public" / ("" if language == "ja" else language)
        return folder / f"llm-papers-{DAY.isoformat()}" / "index.html"

    def read(self, language: str = "ja") -> html.HtmlElement:
        self.build()
        return html.document_fromstring(self.page(language).read_text(encoding="utf-8"))
