"""Is the text about this paper at all? What the text speaks of is weighed by whether the source speaks of it too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from bot.checking import katakana
from bot.checking.names import Vocabulary
from bot.checking.terms import ENGLISH_OF, TERM
from bot.checking.text import URL, plain, scripts
from bot.models import Finding, FindingKind

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+/][A-Za-z0-9]+)*")
_WORD = re.compile(r"[a-z][a-z]{3,}")
_LONG_FORM = re.compile(r"[A-Z][a-z]+(?:[ -][A-Za-z]+){1,8}")
_METHOD = re.compile(r"\s*([A-Za-z][\w.+-]*[A-Z0-9+][\w.+-]*)\s*[:：]")

# Said of any paper, so that they tell nothing about which one it is.
_COMMON_KATAKANA = re.compile(
    r"^(?:モデル|データ|データセット|タスク|ベンチマーク|システム|フレームワーク|アプローチ|パラメータ|パラメーター|トレーニング|コスト|コード"
    r"|ユーザ|ユーザー|アルゴリズム|スコア|ベースライン|パフォーマンス|テスト|サンプル|トークン|メカニズム|プロセス|リアルタイム|モジュール"
    r"|ケース|オープンソース|エンド|ネットワーク|アーキテクチャ|ツール|ステップ|サイズ|レベル|バランス|トレードオフ|スケーラブル|ボトルネック"
    r"|シナリオ|リスク|ギャップ|メモリ|テキスト|リソース|パイプライン|パラダイム|スケーラビリティ|ドメイン)$"
)
_COMMON_ENGLISH = frozenset(
    (
        "ability about above achieve achieved achieves achieving across addition additionally address addresses "
        "addressing after again against allow allows along also although among analysis analyze analyzes another "
        "approach approaches around author authors available based baseline baselines because been before being "
        "benchmark benchmarks best better between beyond both broad broader cannot capabilities capability certain "
        "challenge challenges challenging code combine combines combining compared comparison conditions consistently "
        "core could data dataset datasets demonstrate demonstrated demonstrates demonstrating design designed designs "
        "despite develop developed develops different does doing domain domains down during each effective "
        "effectively effectiveness efficiency efficient efficiently either else enable enables enabling evaluate "
        "evaluated evaluates evaluation evaluations even ever every existing experiment experimental experiments "
        "figures finally find finding findings finds first framework frameworks from further furthermore future "
        "general generalize given have here high higher however important improve improved improvement improvements "
        "improves improving include includes including increase increases information instead insufficient integrate "
        "integrates into introduce introduced introduces introducing issue issues itself just key knowledge known "
        "large learn learning least less level levels leverage leverages leveraging like limitation limitations made "
        "main make makes making many method methodology methods model models more moreover most much multiple must "
        "namely narrow near nearly neither never nonetheless nor notably novel number offer offers often once only "
        "onto open other otherwise ours outperform outperforming outperforms over overall paper papers particularly "
        "perform performance performs perhaps present presented presents previous prior problem problems process "
        "processing proposal propose proposed proposes provide provides providing quality question questions quite "
        "rather real recent reduce reduces reducing release released remain remaining remains report reported reports "
        "require requires requiring research researchers respectively result results reveal reveals same scope second "
        "several should show shown shows significant significantly since some source specifically state still strong "
        "studies study substantially such suffer suffers system systems task tasks technique techniques test tested "
        "tests than that their them then there these they third this those though through thus together toward "
        "towards train trained training under upon use used uses using utilize utilizes various versus very via well "
        "were what when where which while whom whose will with within without work works world would yet "
    ).split()
)
_SHARE = 0.55  # below it, another paper is meant
_ALL_FOREIGN = 0.4  # the part of that weight that is enough where the source has nothing of the text


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
        """All words in their order, each behind a space: where the beginnings of `terms` are looked up."""
        words = re.sub(r"[^a-z0-9]+", " ", self._text.casefold())
        return f" {words} "

    @cached_property
    def _stems(self) -> set[str]:
        return {word[:5] for word in _WORD.findall(self._text.casefold())}

    @cached_property
    def _sounds(self) -> tuple[set[str], set[str]]:
        """The sounds of the words and of neighbouring words: as they are, and with what differs from them by one."""
        words = re.findall(r"[a-z0-9]{2,}", self._text.casefold())
        each = katakana.of_english(words)
        exact = {s for s in each if len(s) > 1} | {a + b for a, b in pairwise(each) if len(a + b) > 2}
        exact |= set(katakana.of_english([w[:-1] for w in words if w.endswith("s") and len(w) > 4]))
        return exact, set().union(*(katakana.nearby(s) for s in exact if len(s) >= 4))

    def weigh(self, text: str) -> tuple[float, float, list[str]]:
        """The weight of what the text speaks of, how much of it the source has, and what it has not."""
        prose = URL.sub(" ", plain(text))
        japanese = scripts(prose)["kana"] > 0
        if japanese:  # there a gloss may write out what the source abbreviates
            prose = _LONG_FORM.sub(self._unless_expanded, prose)
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

    def _unless_expanded(self, words: re.Match[str]) -> str:
        return " " if self._vocabulary.expands(re.split(r"[ -]", words[0])) else words[0]

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
        return any(
            sounds[a:b] in exact
            for a in range(len(sounds))
            for b in range(a + 3, len(sounds) + 1)
            if b - a >= 4 or a == 0
        )

    def _words(self, prose: str) -> dict[str, tuple[float, bool]]:
        found = {}
        for word in dict.fromkeys(_WORD.findall(prose.casefold())):
            if word not in _COMMON_ENGLISH:
                found[word] = (0.7, word[:5] in self._stems)
        return found


def topic_findings(topic: Topic, text: str, enough: float) -> Iterator[Finding]:
    """OTHER_PAPER where most of what a Japanese or English text speaks of is nowhere in the (English) source.

    A text of less weight than `enough` says too little to be judged by shares: a name weighs 2, a word up to 1.
    """
    if not topic.english:
        return
    total, shared, foreign = topic.weigh(text)
    if (total >= enough and shared < _SHARE * total) or (shared == 0 and total >= _ALL_FOREIGN * enough):
        yield Finding(FindingKind.OTHER_PAPER, "not in the source: " + ", ".join(foreign[:8]))
