"""The commands of `/digest`, each described in one place.

The parser, permissions, help, status, completion and the commands of both platforms are derived from these specs.
CONTRIBUTING.md lists what else a new command needs.
"""

from __future__ import annotations

from bot.chat import arguments, commands, lists, overview
from bot.chat.commands import MAX_QUESTION, MAX_SIZE, ExportForm, Period
from bot.chat.offers import Offer
from bot.chat.specs import CommandSpec, Group, Option, OptionKind, Registry, Setting
from bot.models import Layout, Style
from bot.papers.refs import MAX_LENGTH as LONGEST_REF

_LONGEST_TEXT = 400  # characters of an option that lists several things

CHANNEL = Group("channel", japanese="チャンネル")
TASTE = Group("taste", japanese="選び方")

_SCHEDULE = Setting("schedule", overview.schedule, moves_due=True)
_LANGUAGE = Option("language", most=35, offer=Offer.LANGUAGES)
_CHANGE = Option("change", most=_LONGEST_TEXT)
_PAPER = Option("query", required=True, most=LONGEST_REF, offer=Offer.PAPERS)
_STYLE = Option("style", choices=tuple(Style), label="style")
_QUESTION = Option("question", most=MAX_QUESTION)
# Chats do not offer the page layout, which is for blogs.
_LAYOUT = Option("layout", choices=(Layout.THREAD, Layout.CHANNEL, Layout.COMPACT), label="layout")

HELP = CommandSpec(
    "help",
    japanese="ヘルプ 使い方",
    english="?",
    makes=commands.Help,
    read=lambda _: commands.Help(),
)
COMMANDS = Registry(
    (
        CommandSpec(
            "subscribe",
            japanese="購読 登録 開始",
            english="sub start on",
            makes=commands.Subscribe,
            read=arguments.subscribe,
            options=(_LANGUAGE,),
        ),
        CommandSpec(
            "unsubscribe",
            japanese="購読解除 解除 停止",
            english="unsub stop off",
            makes=commands.Unsubscribe,
            read=lambda _: commands.Unsubscribe(),
        ),
        CommandSpec(
            "preview",
            japanese="プレビュー 試し",
            makes=commands.Preview,
            read=lambda _: commands.Preview(),
        ),
        CommandSpec(
            "now",
            japanese="今すぐ 今",
            makes=commands.Now,
            read=lambda _: commands.Now(),
        ),
        CommandSpec(
            "status",
            japanese="状態 設定",
            english="settings",
            makes=commands.Show,
            read=lambda _: commands.Show(),
        ),
        CommandSpec(
            "why",
            japanese="理由 なぜ",
            makes=commands.Why,
            read=arguments.why,
            options=(_PAPER,),
        ),
        CommandSpec(
            "top",
            japanese="上位 人気",
            english="best",
            makes=commands.Top,
            read=arguments.top,
            options=(Option("period", choices=tuple(Period), label="period"),),
        ),
        CommandSpec(
            "search",
            japanese="検索 探す",
            english="find",
            makes=commands.Search,
            read=arguments.search,
            options=(Option("words", required=True, most=_LONGEST_TEXT),),
        ),
        CommandSpec(
            "export",
            japanese="書き出し エクスポート",
            makes=commands.Export,
            read=arguments.export,
            options=(Option("form", choices=tuple(ExportForm), label="export"),),
        ),
        CommandSpec(
            "forget-me",
            japanese="忘れて",
            english="forgetme forget",
            makes=commands.ForgetMe,
            read=lambda _: commands.ForgetMe(),
        ),
        HELP,
        CommandSpec(
            "time",
            japanese="時刻 時間",
            makes=commands.SetTime,
            read=arguments.time,
            options=(Option("at", most=20), Option("zone", most=80, offer=Offer.ZONES)),
            setting=_SCHEDULE,
            group=CHANNEL,
        ),
        CommandSpec(
            "days",
            japanese="曜日",
            english="day",
            makes=commands.SetDays,
            read=arguments.days,
            options=(Option("days", most=100, offer=Offer.DAYS),),
            setting=_SCHEDULE,
            group=CHANNEL,
        ),
        CommandSpec(
            "language",
            japanese="言語",
            english="lang",
            makes=commands.SetLanguage,
            read=arguments.language,
            options=(_LANGUAGE,),
            setting=Setting("language", overview.language),
            group=CHANNEL,
        ),
        CommandSpec(
            "size",
            japanese="本数 件数",
            english="number",
            makes=commands.SetSize,
            read=arguments.size,
            options=(Option("size", OptionKind.NUMBER, most=MAX_SIZE),),
            setting=Setting("size", overview.size),
            group=CHANNEL,
        ),
        CommandSpec(
            "layout",
            japanese="配置 レイアウト 形式",
            makes=commands.SetLayout,
            read=arguments.layout,
            options=(_LAYOUT,),
            setting=Setting("layout", overview.layout),
            group=CHANNEL,
        ),
        CommandSpec(
            "topics",
            japanese="分野 カテゴリ カテゴリー",
            english="topic category categories",
            makes=commands.SetTopics,
            read=arguments.topics,
            options=(Option("topics", most=_LONGEST_TEXT, offer=Offer.TOPICS),),
            setting=Setting("topics", overview.topics),
            group=CHANNEL,
        ),
        CommandSpec(
            "keywords",
            japanese="キーワード",
            english="keyword",
            makes=commands.ChangeKeywords,
            read=lists.keywords,
            options=(_CHANGE,),
            setting=Setting("keywords", overview.keywords),
            group=TASTE,
        ),
        CommandSpec(
            "authors",
            japanese="著者",
            english="author",
            makes=commands.ChangeAuthors,
            read=lists.authors,
            options=(_CHANGE,),
            setting=Setting("authors", overview.authors),
            group=TASTE,
        ),
        CommandSpec(
            "quiet",
            japanese="静か",
            makes=commands.SetQuiet,
            read=arguments.quiet,
            options=(Option("quiet", OptionKind.SWITCH),),
            setting=Setting("quiet", overview.quiet),
            group=CHANNEL,
        ),
        CommandSpec(
            "news",
            japanese="続報",
            makes=commands.SetNews,
            read=arguments.news,
            options=(Option("news", OptionKind.SWITCH),),
            setting=Setting("news", overview.news),
            group=CHANNEL,
        ),
        CommandSpec(
            "emoji",
            japanese="絵文字",
            english="emojis",
            makes=commands.SetEmoji,
            read=lists.emoji,
            options=(Option("values", OptionKind.EMOJI, most=_LONGEST_TEXT),),
            setting=Setting("emoji", overview.emoji),
            group=TASTE,
        ),
        CommandSpec(
            "managers",
            japanese="管理者",
            english="manager",
            makes=commands.ChangeManagers,
            read=lists.managers,
            options=(Option("add", OptionKind.PERSON, sign="+"), Option("remove", OptionKind.PERSON, sign="-")),
            setting=Setting("managers", overview.managers),
            group=CHANNEL,
        ),
        CommandSpec(
            "like",
            japanese="好み",
            english="likes",
            makes=commands.ChangeLikes,
            read=lists.like,
            options=(Option("papers", most=_LONGEST_TEXT),),
            setting=Setting("likes", overview.likes),
            group=TASTE,
        ),
    )
)
# The arguments of `/paper`.
PAPER_OPTIONS = (_PAPER, _QUESTION, _STYLE)
