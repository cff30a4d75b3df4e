"""Is the text about this paper at all? What the text speaks of is weighed by whether the source speaks of it too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from bot.claude.checking import katakana
from bot.claude.checking.names import Vocabulary
from bot.claude.checking.terms import ENGLISH_OF, TERM
from bot.claude.checking.text import URL, plain, scripts
from bot.models import Finding, FindingKind

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+/][A-Za-z0-9]+)*")
_WORD = re.compile(r"[a-z][a-z]{3,}")
_METHOD = re.compile(r"\s*([A-Za-z][\w.+-]*[A-Z0-9+][\w.+-]*)\s*[:：]")

# Said of any paper, so that they tell nothing about which one it is.
_COMMON_KATAKANA = re.compile(
    r"^(?:モデル|データ|データセット|タスク|ベンチマーク|システム|フレームワーク|アプローチ|パラメータ|パラメーター|トレーニング|コスト|コード"
    r"|ユーザ|ユーザー|アルゴリズム|スコア|ベースライン|パフォーマンス|テスト|サンプル|トークン|メカニズム|プロセス|リアルタイム|モジュール"
    r"|ケース|オープンソース|エンド|ネットワーク|アーキテクチャ|ツール|ステップ|サイズ|レベル|バランス|トレードオフ|スケーラブル|ボトルネック"
    r"|シナリオ|リスク|ギャップ|メモリ|テキスト|リソース|パイプライン|パラダイム|スケーラビリティ|ドメイン)$"
)
_COMMON_ENGLISH = frozenset(
    "this that these those with from into onto over under than then they them their there here have been were will would could "
    "should such also both each more most many much some several other another same only even well very while when where which "
    "whose whom what about above across after again against along among around because before being between beyond cannot does "
    "doing down during either else ever every further however instead itself just least less like made make makes making must "
    "namely near nearly neither never nonetheless nor notably once onto otherwise ours particularly perhaps quite rather "
    "respectively since still through thus toward towards together upon using used uses use utilizes utilize versus via within "
    "without yet paper papers work works study studies research researchers author authors propose proposes proposed proposal "
    "present presents presented introduce introduces introduced introducing approach approaches method methods methodology "
    "technique techniques framework frameworks system systems model models result results experiment experiments experimental "
    "evaluation evaluations evaluate evaluates evaluated performance perform performs improve improves improved improvement "
    "improvements improving show shows shown demonstrate demonstrates demonstrated demonstrating achieve achieves achieved "
    "achieving outperform outperforms outperforming existing previous prior recent novel significantly significant substantially "
    "consistently effective effectively effectiveness efficient efficiency efficiently problem problems challenge challenges "
    "challenging address addresses addressing issue issues limitation limitations task tasks data dataset datasets training "
    "trained train learning learn based large various different multiple approach provide provides providing enable enables "
    "enabling allow allows require requires requiring reduce reduces reducing increase increases high higher better best strong "
    "state baseline baselines benchmark benchmarks code available open source release released design designs designed develop "
    "develops developed compared comparison including include includes analysis analyze analyzes reveal reveals find finds "
    "findings finding known general generalize real world real-world first second third finally overall despite remains remain "
    "remaining important key main core often although though furthermore moreover additionally specifically addition question "
    "questions knowledge process processing information test tests tested reports report reported broad conditions future "
    "further narrow scope given certain offers offer integrates integrate combines combine combining leverage leverages "
    "leveraging domain domains quality number ability capability capabilities level levels approach authors".split()
)
_ENOUGH = 5.0  # weight below which a text says too little to be judged by shares
_SHARE = 0.55  # below it, another paper is meant
_MOST_FOREIGN = 3.0  # names, terms and words of a text that is judged although it says little


class Topic:
    """What a source speaks of."""

    def __init__(self, title: str, source: str, vocabulary: Vocabulary) -> None:
        self._text = plain(f"{title}\n{source}")
        self._title = plain(title)
        self._vocabulary = vocabulary
        counts = scripts(self._text)
        self.english = counts["latin"] > 0.6 * sum(counts.values())

    @cached_property
    def _stream(self) -> str:
        """All words in their order, each behind a space, hyphens as spaces: where the beginnings of `terms` are looked up."""
        words = re.sub(r"[^a-z0-9]+", " ", self._text.casefold())
        return f" {words} "

    @cached_property
    def _stems(self) -> set[str]:
        return {word[:5] for word in _WORD.findall(self._text.casefold())}

    @cached_property
    def _sounds(self) -> tuple[set[str], set[str]]:
        """The sounds of the words and of neighbouring words: as they are, and with what differs from them by one."""
        words = re.findall(r"[a-z0-9]{2,}", self._text.casefold())
        each = [katakana.of_english(w) for w in words]
        exact = {s for s in each if len(s) > 1} | {a + b for a, b in zip(each, each[1:], strict=False) if len(a + b) > 2}
        exact |= {katakana.of_english(w[:-1]) for w in words if w.endswith("s") and len(w) > 4}
        return exact, set().union(*(katakana.nearby(s) for s in exact if len(s) >= 4))

    def weigh(self, text: str) -> tuple[float, float, list[str]]:
        """The weight of what the text speaks of, how much of it the source has, and what it has not."""
        prose = URL.sub(" ", plain(text))
        japanese = scripts(prose)["kana"] > 0
        total = shared = 0.0
        foreign: list[str] = []
        items = {**self._names(prose, japanese), **(self._japanese(prose) if japanese else self._words(prose))}
        if (method := _METHOD.match(self._title)) and len(prose) > 80:
            known = Vocabulary(prose)
            items[f"{method[1]} is not named"] = (2.0, known.knows(method[1]))
        for item, (weight, known_here) in items.items():
            total += weight
            if known_here:
                shared += weight
            else:
                foreign.append(item)
        return total, shared, foreign

    def _names(self, prose: str, japanese: bool) -> dict[str, tuple[float, bool]]:
        found = {}
        for name in dict.fromkeys(_NAME.findall(prose)):
            marked = sum(c.isupper() for c in name) >= 2 or (japanese and name[0].isupper() and len(name) > 2)
            if marked and len(name) > 1 and name.casefold() not in ("ai", "llm", "llms"):
                found[name] = (2.0, self._vocabulary.knows(name))
        return found

    def _japanese(self, prose: str) -> dict[str, tuple[float, bool]]:
        found = {}
        for term in dict.fromkeys(TERM.findall(prose)):
            found[term] = (1.0, any(stem in self._stream for stem in ENGLISH_OF[term]))
        for word in dict.fromkeys(katakana.WORD.findall(prose)):
            if word not in ENGLISH_OF and not _COMMON_KATAKANA.match(word):
                found[word] = (0.7, self._sounds_known(word))
        return found

    def _sounds_known(self, word: str) -> bool:
        sounds = katakana.of_katakana(word)
        if len(sounds) < 2:
            return True  # too little to be heard
        exact, near = self._sounds
        if sounds in exact or (len(sounds) >= 4 and katakana.nearby(sounds) & near):
            return True
        # A compound: some long part of it is a word of the source.
        return any(sounds[a:b] in exact for a in range(len(sounds)) for b in range(a + 3, len(sounds) + 1) if b - a >= 4 or a == 0)

    def _words(self, prose: str) -> dict[str, tuple[float, bool]]:
        found = {}
        for word in dict.fromkeys(_WORD.findall(prose.casefold())):
            if word not in _COMMON_ENGLISH:
                found[word] = (0.7, word[:5] in self._stems)
        return found


def topic_findings(topic: Topic, text: str) -> Iterator[Finding]:
    """OTHER_PAPER where most of what a Japanese or English text speaks of is nowhere in the (English) source."""
    if not topic.english:
        return
    total, shared, foreign = topic.weigh(text)
    alien = total - shared
    if (total >= _ENOUGH and shared < _SHARE * total) or (shared == 0 and alien >= _MOST_FOREIGN):
        yield Finding(FindingKind.OTHER_PAPER, "not in the source: " + ", ".join(foreign[:8]))
