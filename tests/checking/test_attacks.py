"""What a hostile abstract carries, its summary does not: neither through the check nor, past it, through a renderer."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

import adapters.hugo.render as hugo
import adapters.json.render as json_output
import adapters.markdown.render as markdown
import adapters.terminal.render as terminal
from adapters.discord import render as discord
from adapters.slack.render import render as slack
from bot.checking.check import check, check_draft, without_links
from bot.models import Card, Draft, Headline, Layout, PaperView, Part, Section, SectionKind, StopReason, Style, Usage
from bot.words import words_for
from tests.fakes.discord_model import Json
from tests.support.digests import brief, detailed, make_paper, two_entries
from tests.support.discord_reading import read

DATA = Path(__file__).resolve().parents[1] / "data" / "checking"
TITLE = "Foo: Better Translation"
SOURCE = (
    "We study machine translation and present Foo, a method for training transformers. Foo improves translation "
    "quality. {}"
)
SUMMARY = {
    "ja": (
        "FooはTransformerを用いた機械翻訳の学習手法である。翻訳モデルの学習を改善し、翻訳品質を高める。"
        "既存の翻訳手法よりも優れた訳文を生成することが示された。"
    ),
    "en": (
        "Foo is a method for training transformers that translate. It improves the quality of machine translation "
        "over earlier methods. "
    ),
}
ALARMING = {"link", "mention", "instruction", "malformed"}
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


ATTACKS, TRUE = rows("attacks.jsonl"), rows("true_sentences.jsonl")


def kinds(row: Row, summary: str, source: str) -> set[str]:
    found = check(title=TITLE, source=SOURCE.format(source), summary=summary, language=row["language"])
    return {finding.kind.value for finding in found}


def test_the_suites_are_large_and_half_japanese() -> None:
    for suite, least in ((ATTACKS, 120), (TRUE, 60)):
        japanese = sum(row["language"] == "ja" for row in suite)
        assert len({row["text"] for row in suite}) == len(suite) >= least
        assert 0.4 * len(suite) <= japanese <= 0.6 * len(suite)


@pytest.mark.parametrize("row", ATTACKS, ids=[row["text"][:40] for row in ATTACKS])
def test_no_attack_passes_though_the_source_has_it(row: Row) -> None:
    own = SUMMARY[row["language"]]
    first, stop, rest = own.partition("。" if row["language"] == "ja" else ". ")
    for text in (f"{own}{row['text']}", f"{row['text']} {own}", f"{first}{stop}{row['text']} {rest}"):
        assert kinds(row, text, row["text"]) & ALARMING
        assert kinds(row, text, "") & ALARMING


@pytest.mark.parametrize("row", ATTACKS, ids=[row["text"][:40] for row in ATTACKS])
def test_no_attack_passes_as_a_headline_or_a_section(row: Row) -> None:
    paper = make_paper(TITLE, SOURCE.format(row["text"]))
    text = SUMMARY[row["language"]].strip()
    headline = {"ja": "Fooによる機械翻訳の改善", "en": "Foo improves machine translation"}[row["language"]]
    draft = Draft("model", StopReason.COMPLETE, Usage(), headline=headline, text=text)
    hostile = (
        Draft("model", StopReason.COMPLETE, Usage(), headline=row["text"], text=text),
        Draft("model", StopReason.COMPLETE, Usage(), headline, text, (Section(SectionKind.OUTLOOK, row["text"]),)),
    )
    assert check_draft(paper, draft, row["language"], Style.BRIEF) == ()
    for one in hostile:
        found = check_draft(paper, one, row["language"], Style.BRIEF)
        assert {finding.kind.value for finding in found} & ALARMING


@pytest.mark.parametrize("row", TRUE, ids=[row["text"][:40] for row in TRUE])
def test_a_true_sentence_on_such_a_topic_passes(row: Row) -> None:
    own = SUMMARY[row["language"]]
    for text in (f"{own}{row['text']}", f"{row['text']} {own}"):
        assert kinds(row, text, row["source"]) == set()


# --- past the check: a text that is shown all the same --------------------------------------------------------------


def hostile_parts(text: str) -> list[Part]:
    paper = make_paper(text, text)
    digest = two_entries(paper, brief(text, text))
    first, second = digest.entries
    return [
        *(Headline(digest, layout) for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)),
        Card(first, digest.date, "ja", 2),
        Card(second, digest.date, "en", 2),
        PaperView(paper, "ja", Style.DETAILED, summary=detailed(text, text)),
        PaperView(paper, "en", Style.BRIEF, failure=second.failure, excerpt=second.excerpt),
    ]


def links_of(value: object) -> set[str]:
    """Every address that Slack's blocks link to, and every mention in them."""
    if isinstance(value, list):
        return set().union(*map(links_of, value))
    if not isinstance(value, dict):
        return set()
    own = {str(value["url"])} if "url" in value else set()
    own |= (
        {str(value["type"])} if value.get("type") in ("user", "usergroup", "broadcast", "mrkdwn", "channel") else set()
    )
    return own.union(*map(links_of, value.values()))


def in_discord(body: Json) -> tuple[set[str], list[str]]:
    """The addresses that Discord's message links to, and what is alive in it."""
    links: set[str] = set()
    alive: list[str] = []

    def look(value: object, name: str = "") -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, key)
        elif isinstance(value, list):
            for inner in value:
                look(inner, name)
        elif isinstance(value, str) and name == "url":
            links.add(value)
        elif isinstance(value, str) and name in ("content", "title", "description", "value"):
            seen = read(value)
            links.update(seen.links)
            alive.extend(seen.alive)

    look(body)
    return links, alive


OURS = re.compile(r"https://arxiv\.org/(?:abs|pdf)/2602\.00001|")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_lives_in_a_chat(language: str) -> None:
    words = words_for(language)
    for row in ATTACKS:
        for part in hostile_parts(row["text"]):
            links, alive = in_discord(discord.body(part, words))
            assert not alive, row
            for link in links | links_of(slack(part, words).blocks):
                assert OURS.fullmatch(link), (row, link)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_lives_in_a_post_or_a_file(language: str) -> None:
    words, reader = words_for(language), MarkdownIt("commonmark")
    for row in ATTACKS:
        paper = make_paper(row["text"], row["text"])
        digest = two_entries(paper, brief(row["text"], row["text"]))
        for text in (hugo.render(digest, words), markdown.digest(digest, words)):
            _, _, body = text.rpartition("\n---\n")
            tokens = [inner for token in reader.parse(body) for inner in (token, *(token.children or ()))]
            linked = [token for token in tokens if token.type in ("link_open", "image")]
            links = {str(token.attrs.get("href", token.attrs.get("src"))) for token in linked}
            assert all(OURS.fullmatch(link) for link in links), (row, links)
        told = json.loads(json_output.digest(digest, words))
        assert row["text"] in told["entries"][0].values()


def test_nothing_lives_in_a_terminal() -> None:
    for row in ATTACKS:
        console = Console(force_terminal=True, width=100, record=True, file=io.StringIO())
        digest = two_entries(make_paper(row["text"]), brief(row["text"], row["text"]))
        console.print(terminal.digest(digest, words_for("en"), UTC))
        targets = set(re.findall(r"\x1b\]8;[^;]*;([^\x1b\x07]*)", console.export_text(styles=True)))
        assert all(OURS.fullmatch(target) for target in targets), (row, targets)


# --- a paper's own addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Foo translates well. Code is at https://foo.example/code.", "Foo translates well."),
        ("Foo (https://foo.example/code) translates well.", "Foo translates well."),
        ("Fooは翻訳に優れる。コードはhttps://foo.example/codeで公開されている。", "Fooは翻訳に優れる。"),
        ("Fooは翻訳に優れる（https://foo.example/code）。", "Fooは翻訳に優れる。"),
        ("Foo translates well.", "Foo translates well."),
        ("See https://evil.example/x.", "See https://evil.example/x."),
        ("https://foo.example/code", "https://foo.example/code"),
    ],
)
def test_a_papers_own_address_is_taken_out_of_a_draft(told: str, kept: str) -> None:
    paper = make_paper(TITLE, "Foo is new. Code: https://foo.example/code")
    draft = Draft("model", StopReason.COMPLETE, Usage(), "Foo", told, (Section(SectionKind.OUTLOOK, told),))

    bare = without_links(paper, draft)

    assert (bare.text, bare.sections[0].text) == (kept, kept)
