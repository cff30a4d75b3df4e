"""What people type after `/digest`, in both languages, half- and full-width, well and badly."""

from __future__ import annotations

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.arguments import MAX_LENGTH
from bot.chat.commands import (
    Begin,
    ChangeAuthors,
    ChangeKeywords,
    ChangeLikes,
    ChangeManagers,
    Command,
    Export,
    ExportForm,
    ForgetMe,
    Help,
    Now,
    Period,
    Preview,
    Search,
    SetDays,
    SetEmoji,
    SetLanguage,
    SetLayout,
    SetNews,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Show,
    Steps,
    Subscribe,
    Top,
    Unsubscribe,
    Why,
)
from bot.chat.parser import parse_digest, parse_filled_in
from bot.chat.registry import COMMANDS, TASTE
from bot.chat.specs import CommandSpec, Option, OptionKind, names
from bot.errors import InputError
from bot.models import Layout, PaperRef, RefKind, Weekday
from bot.models.categories import CATEGORIES
from bot.words import words_for
from tests.support.digests import hostile


def arxiv(name: str, version: int | None = None) -> PaperRef:
    return PaperRef(RefKind.ARXIV, name, version)


MON, TUE, WED, THU, FRI, SAT, SUN = Weekday

CASES: list[tuple[str, Command]] = [
    ("", Begin()),
    ("   ", Begin()),
    ("help", Help()),
    ("？", Help()),
    ("使い方", Help()),
    ("HELP me", Help()),
    ("subscribe", Subscribe()),
    ("購読", Subscribe()),
    ("subscribe en", Subscribe("en")),
    ("/subscribe", Subscribe()),
    ("unsubscribe", Unsubscribe()),
    ("解除", Unsubscribe()),
    ("stop now please", Unsubscribe()),
    ("time 07:00 Asia/Tokyo", SetTime(time(7), "Asia/Tokyo")),
    ("time 7:05", SetTime(time(7, 5))),
    ("時刻　７：３０", SetTime(time(7, 30))),
    ("time 7時", SetTime(time(7))),
    ("time 7時半 JST", SetTime(time(7, 30), "JST")),
    ("time 7時5分", SetTime(time(7, 5))),
    ("time 午後7時", SetTime(time(19))),
    ("time 7am", SetTime(time(7))),
    ("time 12am", SetTime(time(0))),
    ("time 12 pm", SetTime(time(12))),
    ("time 7:30pm Europe/Berlin", SetTime(time(19, 30), "Europe/Berlin")),
    ("time 19", SetTime(time(19))),
    ("time 0:00", SetTime(time(0))),
    ("time", Show("time")),
    ("days 平日", SetDays((MON, TUE, WED, THU, FRI))),
    ("days 月水金", SetDays((MON, WED, FRI))),
    ("曜日 月曜日、水曜日", SetDays((MON, WED))),
    ("days mon-fri", SetDays((MON, TUE, WED, THU, FRI))),
    ("days Sat, Sun", SetDays((SAT, SUN))),
    ("days fri-mon", SetDays((MON, FRI, SAT, SUN))),
    ("days 土〜月", SetDays((MON, SAT, SUN))),
    ("days Monday Tues.", SetDays((MON, TUE))),
    ("days 毎日", SetDays(tuple(Weekday))),
    ("days weekend", SetDays((SAT, SUN))),
    ("language 日本語", SetLanguage("ja")),
    ("言語 English", SetLanguage("en")),
    ("lang pt-BR", SetLanguage("pt-BR")),
    ("size ２０本", SetSize(20)),
    ("size 1 paper", SetSize(1)),
    ("layout Compact", SetLayout(Layout.COMPACT)),
    ("配置 スレッド", SetLayout(Layout.THREAD)),
    ("time 7:00 America/New_York", SetTime(time(7, 0), "America/New_York")),
    ("time 7 pm America/New_York", SetTime(time(19, 0), "America/New_York")),
    ("time 7pm", SetTime(time(19, 0))),
    ("topics CS.cl, cs.ai", SetTopics(("cs.CL", "cs.AI"))),
    ("分野 stat.ml、math.ag", SetTopics(("stat.ML", "math.AG"))),
    ("topics cond-mat.STR-EL hep-th q-bio.nc", SetTopics(("cond-mat.str-el", "hep-th", "q-bio.NC"))),
    ("topics ｃｓ．ＡＩ cs.* stat", SetTopics(("cs.AI", "cs", "stat"))),
    ("topics cs.SY, eess.SY math.it cmp-lg", SetTopics(("eess.SY", "cs.IT", "cs.CL"))),
    ("topics astro-ph.co physics.Optics", SetTopics(("astro-ph.CO", "physics.optics"))),
    ("keywords +large language model -survey", ChangeKeywords(Steps(("large language model",), ("survey",)))),
    ("キーワード ＋エージェント、推論 −調査", ChangeKeywords(Steps(("エージェント", "推論"), ("調査",)))),
    ("keywords chain-of-thought", ChangeKeywords(Steps(("chain-of-thought",)))),
    ("keywords + a - b", ChangeKeywords(Steps(("a",), ("b",)))),
    ("keywords clear", ChangeKeywords(Steps(clear=True))),
    ('authors +"Ada Example" -Bo Example', ChangeAuthors(Steps(("Ada Example",), ("Bo Example",)))),
    ("著者 「山田太郎」", ChangeAuthors(Steps(("山田太郎",)))),
    ("quiet はい", SetQuiet(True)),
    ("quiet OFF", SetQuiet(False)),
    ("news off", SetNews(False)),
    ("チャンネル 続報 オン", SetNews(True)),
    ("emoji 🍣 2 👎=0", SetEmoji((("🍣", 2.0), ("👎", 0.0)))),
    ("絵文字 ❤️‍🔥 -1.5", SetEmoji((("❤️‍🔥", -1.5),))),
    ("emoji :shipit: −1", SetEmoji(((":shipit:", -1.0),))),
    ("emoji reset", SetEmoji(clear=True)),
    ("emoji", Show("emoji")),
    ("managers +<@U123|ada> -<@!456>", ChangeManagers(("U123",), ("456",))),
    ("管理者 U0AB1", ChangeManagers(("U0AB1",))),
    (
        "like 2602.21548v2, -https://arxiv.org/abs/2602.00001 CS/0112017",
        ChangeLikes((arxiv("2602.21548", 2), arxiv("cs/0112017")), (arxiv("2602.00001"),)),
    ),
    ("好み　＋２６０２．２１５４８　− 2602.00001", ChangeLikes((arxiv("2602.21548"),), (arxiv("2602.00001"),))),
    ("like KV cache, agentic inference", ChangeLikes(description="KV cache, agentic inference")),
    ("like 「推論の高速化」", ChangeLikes(description="推論の高速化")),
    ('like ""', ChangeLikes(description="")),
    ("like なし", ChangeLikes(clear=True)),
    ("like", Show("like")),
    ("why 2602.21548", Why(arxiv("2602.21548"))),
    ("なぜ words of a title", Why(PaperRef(RefKind.TITLE, "words of a title"))),
    ("top", Top()),
    ("top month", Top(Period.MONTH)),
    ("人気 今週", Top(Period.WEEK)),
    ('search "KV cache"', Search("KV cache")),
    ("検索 推論　高速化", Search("推論 高速化")),
    ("export", Export()),
    ("書き出し CSV", Export(ExportForm.CSV)),
    ("export bib", Export(ExportForm.BIBTEX)),
    ("preview", Preview()),
    ("プレビュー", Preview()),
    ("now", Now()),
    ("今すぐ", Now()),
    ("status", Show()),
    ("状態", Show()),
    ("forget-me", ForgetMe()),
    ("忘れて", ForgetMe()),
    ("\u200bnow", Now()),
]


NAMES = names(COMMANDS.specs)


@pytest.mark.parametrize(("text", "command"), CASES)
def test_what_people_type(text: str, command: Command) -> None:
    assert parse_digest(text) == command


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("subscrbe", "command"),
        ("like 2602.21548 and more", "like"),
        ("like " + "x" * 301, "like"),
        ("like 123", "like"),
        ("why", "paper"),
        ("why 123", "paper"),
        ("top year", "period"),
        ("search", "search"),
        ("search …!", "search"),
        ("search " + "x" * 301, "search"),
        ("export pdf", "format"),
        ("🍣", "command"),
        ("購読お願い", "command"),
        ("-", "command"),
        ("x" * 200, "command"),
        ("x" * (MAX_LENGTH + 1), "long"),
        ("keywords +" + "あ" * 10_000, "long"),
        ("time 25:00", "time"),
        ("time 7:60", "time"),
        ("time 13pm", "time"),
        ("time 730", "time"),
        ("time morning", "time"),
        ("time 07:00x", "time"),
        ("time 07:00Asia/Tokyo", "time"),
        ("time -1", "time"),
        ("days 2", "days"),
        ("days 月x", "days"),
        ("days mo", "days"),
        ("days mon-", "days"),
        ("days ,", "days"),
        ("language " + "x" * 40, "language"),
        ("size 0", "size"),
        ("size 21", "size"),
        ("size 5.5", "size"),
        ("size five", "size"),
        ("size ５００００", "size"),
        ("layout grid", "layout"),
        ("topics cs.CL 5", "topics"),
        ("topics " + " ".join(f"a{chr(97 + n)}" for n in range(21)), "topics"),
        ("topics <script>", "topics"),
        ("topics cs.XX", "topics"),
        ("topics cs.AI xyzzy AI", "topics"),
        ("topics " + " ".join(list(CATEGORIES)[:21]), "topics"),
        ("topics AI", "topics_meant"),
        ("topics cs.CL csAI robotics", "topics_meant"),
        ("keywords -", "names"),
        ("keywords +…", "names"),
        ("keywords ,", "names"),
        ("authors +" + "a" * 81, "names"),
        ("quiet maybe", "quiet"),
        ("news sometimes", "quiet"),
        ("emoji 🍣", "emoji"),
        ("emoji 2 🍣", "emoji"),
        ("emoji 🍣 3", "emoji"),
        ("emoji 🍣 nan", "emoji"),
        ("emoji 🍣 inf", "emoji"),
        ("emoji sushi 1", "emoji"),
        ("emoji " + "🍣 1 " * 51, "emoji"),
        ("managers @bob", "managers"),
        ("managers <@U1><@U2>", "managers"),
        ("managers -", "managers"),
        ("managers <#C1>", "managers"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_remedy(text: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_digest(text)

    assert raised.value.code == f"input.{code}"
    for language in ("ja", "en"):
        sentence = words_for(language).error(raised.value)
        assert "?" not in sentence.removesuffix("?")  # within, it stands for an argument that is missing
        assert len(sentence) < 400


GROUPED = [
    ("taste keywords +a", ChangeKeywords(Steps(("a",)))),
    ("選び方 キーワード +a", ChangeKeywords(Steps(("a",)))),
    ("選び方　ｋｅｙｗｏｒｄｓ　＋ａ", ChangeKeywords(Steps(("a",)))),
    ("/taste like KV cache", ChangeLikes(description="KV cache")),
    ("TASTE Emoji clear", SetEmoji(clear=True)),
    ("taste authors", Show("authors")),
    ("channel time 7:05", SetTime(time(7, 5))),
    ("チャンネル 時刻 7時半", SetTime(time(7, 30))),
    ("channel 曜日 平日", SetDays((MON, TUE, WED, THU, FRI))),
    ("channel quiet", Show("quiet")),
    # A group that the command is not in does no harm, nor one before a command that is in none.
    ("channel keywords +a", ChangeKeywords(Steps(("a",)))),
    ("taste now", Now()),
    # The words of groups mean nothing anywhere else.
    ("keywords taste", ChangeKeywords(Steps(("taste",)))),
    ("like channel time", ChangeLikes(description="channel time")),
    ("配置 チャンネル", SetLayout(Layout.CHANNEL)),
    ("taste", Show("taste")),
    ("選び方", Show("taste")),
    ("Channel ", Show("channel")),
]


@pytest.mark.parametrize(("text", "command"), GROUPED)
def test_the_word_of_a_group_may_stand_before_a_command(text: str, command: Command) -> None:
    assert parse_digest(text) == command


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("taste dance", [*names(COMMANDS.members(TASTE))]),
        ("taste taste keywords +a", [*names(COMMANDS.members(TASTE))]),
        ("dance taste keywords +a", [*NAMES]),
    ],
)
def test_an_unknown_command_is_told_what_there_is(text: str, known: list[str]) -> None:
    with pytest.raises(InputError) as raised:
        parse_digest(text)
    assert raised.value.code == "input.command"
    assert list(raised.value.arguments["known"]) == known  # type: ignore[call-overload]  # arguments are of any type


def test_emoji_are_read_as_the_platform_writes_them_where_a_command_takes_some() -> None:
    def short(text: str) -> str:
        return text.replace(":sushi:", "🍣")

    assert parse_digest("taste emoji :sushi: 2", emoji=short) == SetEmoji((("🍣", 2.0),))
    assert parse_digest("ｅｍｏｊｉ :sushi: 2", emoji=short) == SetEmoji((("🍣", 2.0),))
    assert parse_digest("search :sushi:", emoji=short) == Search(":sushi:")


@pytest.mark.parametrize("spec", COMMANDS.specs, ids=NAMES)
def test_what_is_filled_in_is_read_as_what_is_typed(spec: CommandSpec) -> None:
    """With each option filled in; typed examples are in `CASES`."""
    examples = {
        "language": "en", "period": "month", "query": "2602.21548", "words": "KV cache", "form": "csv", "at": "7:00",
        "zone": "UTC", "days": "mon", "size": 5, "layout": "thread", "topics": "cs.CL", "quiet": False, "news": False,
        "add": "12", "remove": "34", "change": "+a -b", "papers": "2602.21548", "values": "🍣 2",
    }  # fmt: skip
    values = {option.name: examples[option.name] for option in spec.options}
    assert isinstance(parse_filled_in(spec, values), spec.makes)
    if spec.setting:
        assert parse_filled_in(spec, dict.fromkeys(values)) == parse_filled_in(spec, {}) == Show(spec.name)


@pytest.mark.parametrize(
    ("option", "value", "typed"),
    [
        (Option("x"), " a b ", "a b"),
        (Option("x", OptionKind.NUMBER), 7, "7"),
        (Option("x", OptionKind.SWITCH), True, "on"),
        (Option("x", OptionKind.SWITCH), False, "off"),
        (Option("x", OptionKind.PERSON, sign="-"), "12", "-<@12>"),
        (Option("x", OptionKind.EMOJI), "🍣 2", "🍣 2"),
    ],
)
def test_an_option_is_typed(option: Option, value: object, typed: str) -> None:
    assert option.typed(value) == typed


@given(st.one_of(hostile, st.builds("{} {}".format, st.sampled_from((*NAMES, "taste", "channel")), hostile)))
def test_any_text_is_a_command_or_an_error(text: str) -> None:
    with suppress(InputError):
        assert parse_digest(text) == parse_digest(text)


OPTIONS = sorted({option.name for spec in COMMANDS.specs for option in spec.options})


@given(st.sampled_from(COMMANDS.specs), st.dictionaries(st.sampled_from(OPTIONS), hostile))
def test_whatever_is_filled_in_is_a_command_or_an_error(spec: CommandSpec, values: dict[str, object]) -> None:
    with suppress(InputError):
        assert isinstance(parse_filled_in(spec, values), Command)
