"""Generate days of papers that do not exist from a seed: the same ones in every process and on every machine.

Six days of announcements with a weekend among them, as arXiv lists them and Hugging Face picks from them. Nothing here
was ever published: ids are of the 90,000s, which no month of arXiv has reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from tests.fakes.invented_texts import Facts, Texts, abstract_of, texts_of
from tests.fakes.invented_words import FAMILY, FORMS, GIVEN, THEMES, TOOLS, TWISTS, Theme
from tests.fakes.sources_corpus import Corpus, Json, Record, submission_span

SEED = "lanterns and pebbles"
# How many papers arXiv announced, and how many Hugging Face listed. A week has more than one page of arXiv's.
SIZES = {
    date(2026, 2, 20): (110, 14),
    date(2026, 2, 23): (70, 7),
    date(2026, 2, 24): (190, 12),
    date(2026, 2, 25): (120, 18),
    date(2026, 2, 26): (110, 16),
    date(2026, 2, 27): (130, 15),
}
COMMENTS = (
    "12 pages, 4 figures",
    "Accepted at the Workshop on Patient Machines",
    "Code will come",
    "v1",
    None,
    None,
)


@dataclass(frozen=True, slots=True)
class InventedPaper:
    """A paper as arXiv has it, what it is about, and a careful reader's texts about it by language."""

    record: Record
    facts: Facts
    texts: dict[str, Texts]


LANDMARK = Facts(
    "TwinLock",
    THEMES[0],
    TOOLS[0],
    gain="38.2",
    speed="1.87",
    count=12,
    title="TwinLock: Halving the Queue at Canal Locks with Paired Basins",
)
"""One paper that tests know by name, announced and listed on LANDMARK_DAY; `landmark()` is its record."""
LANDMARK_DAY = date(2026, 2, 26)


def landmark() -> Record:
    """Return the paper that tests may know by name."""
    return next(paper.record for paper in papers().values() if paper.facts is LANDMARK)


@cache
def papers() -> dict[str, InventedPaper]:
    """Return every invented paper by its title."""
    return {paper.record.title: paper for paper in _papers(Random(SEED))}


@cache
def _daily() -> dict[date, list[Json]]:
    source = Random(f"{SEED}, voted on")
    by_day: dict[date, list[InventedPaper]] = {day: [] for day in SIZES}
    for paper in papers().values():
        by_day[paper.record.listed].append(paper)
    return {
        day: [_item(one, day, source) for one in _picked(by_day[day], size, source)] for day, (_, size) in SIZES.items()
    }


def days() -> Corpus:
    """Return the days as the sources' stand-in plays them. Today is the last one."""
    records = {paper.record.id: paper.record for paper in papers().values()}
    return Corpus(max(SIZES), records, dict(_daily()))


def _papers(source: Random) -> Iterator[InventedPaper]:
    names = {theme: [f"{twist}{theme.noun}{form}" for twist in TWISTS for form in FORMS] for theme in THEMES}
    for unused in names.values():
        source.shuffle(unused)
    number = 90_000
    for day, (announced, picked) in SIZES.items():
        # A third of what Hugging Face picks is in no listing of the categories that were recorded.
        unannounced = picked // 3
        start, end = submission_span(day)
        instants = sorted(start + (end - start) * source.random() for _ in range(announced + unannounced))
        hidden = dict(zip(source.sample(range(len(instants)), unannounced), _others(source), strict=False))
        marked = source.choice([n for n in range(len(instants)) if n not in hidden]) if day == LANDMARK_DAY else None
        for n, instant in enumerate(instants):
            number += source.randint(1, 3)
            theme = hidden.get(n) or source.choice(THEMES)
            facts = LANDMARK if n == marked else _facts(names[theme].pop(), theme, source)
            crossed = n not in hidden and n != marked and source.random() < 0.01
            yield _paper(facts, number, instant, day, source, announced=n not in hidden, crossed=crossed)


def _others(source: Random) -> list[Theme]:
    """Return all themes but the landmark's, shuffled."""
    return source.sample([theme for theme in THEMES if theme != LANDMARK.theme], len(THEMES) - 1)


def _facts(method: str, theme: Theme, source: Random) -> Facts:
    kind = source.random()
    return Facts(
        method,
        theme,
        source.choice(TOOLS),
        gain=f"{source.uniform(1, 60):.1f}" if kind > 0.15 else "",
        speed=f"{source.uniform(1.1, 9.9):.2f}" if kind > 0.4 else "",
        count=source.randint(13, 980),
        wording=source.randrange(3),
    )


def _paper(
    facts: Facts, number: int, instant: datetime, day: date, source: Random, *, announced: bool, crossed: bool
) -> InventedPaper:
    # A paper that is cross-listed is older than the listing, and its id tells so.
    submitted = (instant - timedelta(days=source.randint(70, 110)) if crossed else instant).replace(microsecond=0)
    others = [c for c in ("cs.LG", "cs.HC", "stat.ML", "eess.AS") if c not in facts.theme.categories]
    more = (source.choice(others),) if source.random() < 0.3 else ()
    record = Record(
        id=f"{submitted:%y%m}.{number}",
        version=2 if source.random() < 0.1 else 1,
        title=facts.full_title,
        authors=_authors(source),
        abstract=abstract_of(facts),
        categories=(*facts.theme.categories, *more),
        comment=source.choice(COMMENTS),
        published=submitted.astimezone(UTC),
        listed=day,
        announced=announced,
    )
    return InventedPaper(record, facts, {language: texts_of(facts, language) for language in ("ja", "en")})


def _authors(source: Random) -> tuple[str, ...]:
    count = source.choice((1, 2, 3, 3, 4, 5, 6, 9, 24))
    names = (f"{source.choice(GIVEN)} {source.choice(FAMILY)}" for _ in range(count))
    return tuple(dict.fromkeys(names))


def _picked(listed: list[InventedPaper], size: int, source: Random) -> list[Record]:
    """Return what Hugging Face lists on the day: all unannounced papers, then others on themes not yet taken."""
    chosen = [paper for paper in listed if not paper.record.announced or paper.facts is LANDMARK]
    others = [paper for paper in listed if paper not in chosen and paper.record.published.month == 2]
    source.shuffle(others)
    while len(chosen) < size:
        themes = {paper.facts.theme for paper in chosen}
        another = next((paper for paper in others if paper.facts.theme not in themes), others[0])
        others.remove(another)
        chosen.append(another)
    source.shuffle(chosen)
    return [paper.record for paper in chosen]


def _item(record: Record, day: date, source: Random) -> Json:
    """Return one item of Hugging Face's list. Optional fields are left out for most papers, as in real lists."""
    submitted = datetime(day.year, day.month, day.day, source.randrange(1, 22), source.randrange(60), tzinfo=UTC)
    upvotes = min(80, int(2 * source.paretovariate(0.9)))
    if record.title == LANDMARK.title:
        upvotes = 90
    elif not record.announced:  # what is of no listed category finds fewer friends
        upvotes //= 3
    # Hugging Face keeps the line breaks with which the authors sent the abstract.
    broken = record.abstract.replace(". We ", ".\nWe ", 1) if source.random() < 0.3 else record.abstract
    inner: Json = {
        "id": record.id,
        "authors": [
            {"_id": f"{source.getrandbits(96):024x}", "name": name, "hidden": False} for name in record.authors
        ],
        "publishedAt": f"{record.published:%Y-%m-%dT%H:%M:%S.000Z}",
        "submittedOnDailyAt": f"{submitted:%Y-%m-%dT%H:%M:%S.000Z}",
        "title": record.title,
        "summary": broken,
        "upvotes": upvotes,
        "discussionId": f"{source.getrandbits(96):024x}",
        "ai_summary": f"{record.title} is invented.",
        "ai_keywords": list(record.categories),
    }
    if source.random() < 0.5:
        inner |= {"githubRepo": "https://github.com/example/invented", "githubRepoAddedBy": "user"}
        inner |= {"githubStars": source.randrange(900)} if source.random() < 0.8 else {}
    if source.random() < 0.3:
        inner["projectPage"] = f"https://example.org/{record.id}"
    return {
        "paper": inner,
        "publishedAt": inner["publishedAt"],
        "title": record.title,
        "summary": broken,
        "thumbnail": f"https://example.org/{record.id}.png",
        "numComments": source.randrange(6),
        "isAuthorParticipating": source.random() < 0.2,
    }
