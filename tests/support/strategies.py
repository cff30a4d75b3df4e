"""Hypothesis strategies for the values of `bot.models`: anything that their types allow, including hostile text.

Instants are aware, in any zone; numbers are finite. Ids are free text or drawn from a few, so that papers coincide.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

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

# No surrogates, which UTF-8 cannot encode; a separate test covers them.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
names = texts.filter(bool)
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10**9)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=zones | st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zones)
languages = st.sampled_from(("ja", "en", "pt-BR", "zh-Hant"))

paper_ids = st.builds(PaperId, st.sampled_from(("arxiv", "doi", "s2", "title")), names)
channel_keys = st.builds(ChannelKey, st.sampled_from(("terminal", "hugo", "slack")), names)
signals = st.builds(Signal, st.sampled_from(SourceName), st.sampled_from(SignalKind), numbers, instants)
findings = st.builds(Finding, st.sampled_from(FindingKind), texts)
failures = st.builds(Failure, st.just("summary.unverified"), st.lists(findings, max_size=2).map(tuple))
reasons = st.builds(Reason, st.sampled_from(ReasonKind), texts, numbers, numbers)
sections = st.builds(Section, st.sampled_from(SectionKind), texts)
excerpts = st.builds(Excerpt, st.sampled_from((Origin.TLDR, Origin.ABSTRACT)), texts, languages)
summaries = st.builds(
    Summary,
    language=languages,
    style=st.sampled_from(Style),
    headline=texts,
    text=texts,
    sections=st.lists(sections, max_size=4).map(tuple),
    model=texts,
    origin=st.sampled_from(Origin),
)


def _some(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=3).map(tuple)


papers = st.builds(
    Paper,
    id=paper_ids,
    title=texts,
    abstract=texts,
    authors=_some(texts),
    published=instants,
    url=texts,
    more_authors=st.booleans(),
    updated=st.none() | instants,
    arxiv_id=st.none() | names,
    doi=st.none() | names,
    s2_id=st.none() | names,
    categories=_some(texts),
    comment=st.none() | texts,
    withdrawn=st.booleans(),
    tldr=st.none() | texts,
    keywords=_some(texts),
    code_url=st.none() | texts,
    project_url=st.none() | texts,
    signals=st.lists(signals, max_size=5, unique=True).map(tuple),
)

entries = st.builds(
    Entry,
    rank=st.integers(1, 50),
    paper=papers,
    score=numbers,
    reasons=st.lists(reasons, max_size=3).map(tuple),
    summary=st.none() | summaries,
    excerpt=st.none() | excerpts,
    failure=st.none() | failures,
    figure=st.none() | texts,
)

digests = st.builds(
    Digest,
    channel=channel_keys,
    date=st.dates(),
    due_at=instants,
    language=languages,
    status=st.builds(
        DigestStatus,
        counts,
        st.lists(
            st.builds(SourceReport, st.sampled_from(SourceName), counts, counts, st.none() | texts), max_size=3
        ).map(tuple),
    ),
    entries=st.lists(entries, max_size=4, unique_by=lambda entry: entry.paper.id).map(tuple),
    empty=st.none() | st.sampled_from(EmptyReason),
    holiday=texts,
)


@st.composite
def related_papers(draw: st.DrawFn) -> list[Paper]:
    """Draw papers that sometimes share ids and titles, like those of several sources."""
    few = st.sampled_from(("1", "2", "3"))
    ids = st.builds(PaperId, st.sampled_from(("arxiv", "doi", "s2")), few)
    titles = st.sampled_from(("On the weight of paper lanterns", "Lanterns, weighed twice over", "Brief"))

    def paper(name: PaperId, title: str, arxiv_id: str | None, doi: str | None, seen: tuple[Signal, ...]) -> Paper:
        return Paper(
            id=name,
            title=title,
            abstract="",
            authors=(),
            published=datetime(2031, 5, 14, tzinfo=UTC),
            url="",
            arxiv_id=name.value if name.scheme == "arxiv" else arxiv_id,
            doi=name.value if name.scheme == "doi" else doi,
            s2_id=name.value if name.scheme == "s2" else None,
            signals=seen,
        )

    some_signals = st.lists(signals, max_size=2).map(tuple)
    one = st.builds(paper, ids, titles, st.none() | few, st.none() | few, some_signals)
    return draw(st.lists(one, max_size=6))


# Numbers as text: beyond the range of `float` or `int`, in other scripts, and text that only looks like one.
_DIGITS = ("0", "1", "7", "9", "１", "٣", "²", "①", "一", ".", ",", "_", "-", "+", "e", "E", "．", "½")
numerals = st.one_of(
    st.text(st.sampled_from(_DIGITS), min_size=1, max_size=12),
    st.integers().map(str),
    st.floats().map(str),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(("", "-", "+", "−")),
        st.builds(lambda digit, times: digit * times, st.sampled_from("019１"), st.sampled_from((1, 20, 400, 4_400))),
        st.sampled_from(("", ".0", "." + "9" * 400)),
        st.sampled_from(("", "e-999", "e999", "E+309", "^999", "^-999", "×10^-999", "%", "倍", "万")),
    ),
    st.sampled_from(("nan", "NaN", "inf", "-inf", "Infinity", "-0", "-0.0", "1e400", "1_000", "0x1F", "")),
)
