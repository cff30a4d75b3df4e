"""The parser of what people type after `/digest` in a chat: text in, a command of `bot.chat.commands` out.

Pure: it looks nothing up. Words may be English or Japanese, digits and signs full-width. What follows each command is
read by `bot.chat.arguments`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.chat import arguments as readers
from bot.chat.commands import (
    ChangeAuthors,
    ChangeKeywords,
    Command,
    ForgetMe,
    Help,
    Now,
    Preview,
    Show,
    Unsubscribe,
)
from bot.errors import InputError, shortened

MAX_LENGTH = 1000  # characters of one command


_NAMES = {
    "subscribe": "sub start on 購読 登録 開始",
    "unsubscribe": "unsub stop off 購読解除 解除 停止",
    "time": "時刻 時間",
    "days": "day 曜日",
    "language": "lang 言語",
    "size": "number 本数 件数",
    "layout": "配置 レイアウト 形式",
    "topics": "topic category categories 分野 カテゴリ カテゴリー",
    "keywords": "keyword キーワード",
    "authors": "author 著者",
    "quiet": "静か",
    "emoji": "emojis 絵文字",
    "managers": "manager 管理者",
    "like": "likes 好み",
    "preview": "試し プレビュー",
    "now": "今 今すぐ",
    "status": "settings 状態 設定",
    "why": "なぜ 理由",
    "top": "best 人気 上位",
    "search": "find 検索 探す",
    "export": "書き出し エクスポート",
    "forget-me": "forgetme forget 忘れて",
    "help": "? ヘルプ 使い方",
}
COMMANDS = tuple(_NAMES)
_BY_WORD = {word: name for name, words in _NAMES.items() for word in (name, *words.split())}


def parse_digest(text: str) -> Command:
    """Read the text after `/digest`; nothing at all asks for help.

    Raises InputError: `input.command` for an unknown command, `input.long`, and `input.time`, `.days`, `.language`,
    `.size`, `.layout`, `.topics`, `.names`, `.quiet`, `.emoji`, `.managers`, `.like`, `.period`, `.search`, `.paper`,
    `.format` for what follows one.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("input.long", limit=MAX_LENGTH)
    plain = _plain(text)
    word, _, rest = plain.partition(" ")
    if not word:
        return Help()
    name = _BY_WORD.get(word.casefold().lstrip("/"))
    if name is None:
        raise InputError("input.command", text=shortened(word), known=COMMANDS)
    reader = _READERS.get(name)
    if reader is None:
        return _PLAIN[name]
    if not rest.strip() and name not in _ALONE:
        return Show(name)
    return reader(rest.strip())


def _plain(text: str) -> str:
    """One line in half-width characters. Emoji stay whole: their joiners and selectors are no white space."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (" " if c.isspace() else c for c in folded if c.isprintable() or c.isspace() or c == "\u200d")
    return " ".join("".join(kept).split())


_PLAIN: Mapping[str, Command] = MappingProxyType(
    {
        "unsubscribe": Unsubscribe(),
        "preview": Preview(),
        "now": Now(),
        "status": Show(),
        "forget-me": ForgetMe(),
        "help": Help(),
    }
)
_READERS: Mapping[str, Callable[[str], Command]] = MappingProxyType(
    {
        "subscribe": readers.subscribe,
        "time": readers.time,
        "days": readers.days,
        "language": readers.language,
        "size": readers.size,
        "layout": readers.layout,
        "topics": readers.topics,
        "keywords": lambda rest: ChangeKeywords(readers.steps(rest)),
        "authors": lambda rest: ChangeAuthors(readers.steps(rest)),
        "quiet": readers.quiet,
        "emoji": readers.emoji,
        "managers": readers.managers,
        "like": readers.like,
        "why": readers.why,
        "top": readers.top,
        "search": readers.search,
        "export": readers.export,
    }
)
# Whose reader is asked where nothing follows; the others then show how the channel is set.
_ALONE = frozenset(("subscribe", "why", "top", "search", "export"))
