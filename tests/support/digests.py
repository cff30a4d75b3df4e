"""Invented digests for the tests of words and renderers, and hostile text for use in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bot.models import (
    ChannelKey,
    Digest,
    DigestStatus,
    EmptyReason,
    Entry,
    Excerpt,
    Failure,
    Finding,
    FindingKind,
    Origin,
    Paper,
    PaperId,
    Reason,
    ReasonKind,
    Section,
    SectionKind,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Style,
    Summary,
)

DUE = datetime(2026, 2, 26, 22, 0, tzinfo=UTC)
LISTED = Signal(SourceName.ARXIV, SignalKind.LISTED, 1, DUE)
UPVOTED = Signal(SourceName.HUGGINGFACE, SignalKind.UPVOTES, 128, DUE)

STATUS = DigestStatus(
    1214,
    (
        SourceReport(SourceName.ARXIV, 180),
        SourceReport(SourceName.HUGGINGFACE, 30, 3, "source.timeout"),
        SourceReport(SourceName.SEMANTIC_SCHOLAR, 0, 0, "source.rate_limited"),
    ),
)

FRAGMENTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "-->", "</details>", "<b>", "<http://a.example>",
    "<javascript:alert(1)>", "[a](javascript:x)", "![i](http://e.example/p.png)", "[l]: http://e.example",
    "[^1]: note", "[l][m]", "[", "]", "(", ")", "*", "**b**", "_", "__", "_i_", "`", "```", "~~~", "~~s~~", "~",
    "\\", "\\*", "$x$", "&amp;", "&#60;", "&lt", "# h", "## h", "> q", "- i", "+ i", "1. i", "2) i", "---", "===",
    "***", "___", "| a | b |", "|---|---|", ":-:", "\n", "\n\n", "\n    ", "  \n", "\t", " ", "\r\n",
    "\x1b[31m", "\x1b]8;;http://evil.example\x07", "\x9b2J", "\x07", "\x00", "\u202e", "\u200b", "\u2028", "\ud800",
    "[bold]", "[/]", "[link=http://evil.example]", "{name}", "{0}", "%s", "{{< x >}}", "@everyone", "<!channel>",
    "https://ok.example/a_b", "要約", "である。", "word", "a_b_c", "10%", "x < 5", "1.87\\times",
]  # fmt: skip
hostile = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=60),
)
urls = st.one_of(
    st.sampled_from(
        [
            "https://arxiv.org/abs/2602.00001",
            "http://a.example/(x)[y]?q=<z>&copy;=1",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user:secret@a.example/",
            "https://a.example/ b",
            "",
            "//a.example",
            "https://a.example/\x1b[31m",
        ]
    ),
    hostile,
)


def make_paper(
    title: str = "A Title", abstract: str = "An abstract.", url: str = "https://arxiv.org/abs/2602.00001"
) -> Paper:
    return Paper(
        id=PaperId.arxiv("2602.00001"),
        title=title,
        abstract=abstract,
        authors=("Ada Inkwell", "Len Printwright"),
        published=datetime(2026, 2, 20, 18, 0, tzinfo=UTC),
        url=url,
        arxiv_id="2602.00001",
        signals=(LISTED, UPVOTED),
    )


def brief(headline: str = "見出しの一行", text: str = "一文目である。二文目である。三文目である。") -> Summary:
    return Summary("ja", Style.BRIEF, headline, text, model="claude-haiku-5-5")


def detailed(text: str = "訳したアブストラクトである。", section: str = "本文である。") -> Summary:
    return Summary("ja", Style.DETAILED, "見出し", text, tuple(Section(kind, section) for kind in SectionKind))


UNVERIFIED = Failure("summary.unverified", (Finding(FindingKind.NUMBER, "47.3%"), Finding(FindingKind.NUMBER, "12倍")))
EXCERPT = Excerpt(Origin.TLDR, "We do one thing well.")


def make_digest(*entries: Entry, language: str = "ja", empty: EmptyReason | None = None, holiday: str = "") -> Digest:
    return Digest(
        channel=ChannelKey("terminal", "default"),
        date=date(2026, 2, 27),
        due_at=DUE,
        language=language,
        status=STATUS,
        entries=entries,
        empty=empty,
        holiday=holiday,
    )


def two_entries(paper: Paper | None = None, summary: Summary | None = None, excerpt: Excerpt = EXCERPT) -> Digest:
    """Return a digest of one paper with a verified summary and one without."""
    paper = paper or make_paper()
    reasons = (Reason(ReasonKind.UPVOTES, value=128, share=0.976), Reason(ReasonKind.KEYWORD, "agents"))
    return make_digest(
        Entry(1, paper, 1.25, reasons, summary=summary or brief()),
        Entry(2, paper, 0.5, (Reason(ReasonKind.EXPLORE),), excerpt=excerpt, failure=UNVERIFIED),
    )
