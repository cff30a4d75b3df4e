"""What a number counts: `three datasets` of the source contradicts `5つのデータセット` in the text."""

from __future__ import annotations

import re

from bot.checking.quantities import Quantity

# Japanese words for what papers count, and the beginnings of the English ones that they translate.
_LINES = """
データセット dataset data_set corpora corpus
ベンチマーク benchmark
タスク task
課題 task challenge issue problem limitation shortcoming drawback difficult question bottleneck
問題 problem issue challenge question task
問い question
モデル model llm vlm mllm
手法 method approach technique baseline algorithm
方法 method approach technique way
段階 stage phase step level
ステージ stage
フェーズ phase stage
ステップ step
領域 domain field area region
分野 domain field area discipline
ドメイン domain field
種類 type kind class categor variet famil sort
タイプ type kind class
カテゴリ categor class type
クラス class categor
次元 dimension
シナリオ scenario setting case
エージェント agent
モジュール module component block
コンポーネント component module
要素 component element module part ingredient factor
特徴 feature characteristic propert trait
指標 metric measure indicator
層 layer level
言語 language
国 countr nation
フレーム frame
側面 aspect dimension facet axis axes
観点 perspective aspect viewpoint axis axes dimension
軸 axis axes dimension aspect
戦略 strateg
原則 principle
実験 experiment stud
設定 setting condition configuration
条件 condition setting
環境 environment world
経路 path route trajector
時間スケール timescale time_scale
視点 view perspective
パターン pattern
モダリティ modalit
グループ group cohort
参加者 participant subject user
専門家 expert specialist
患者 patient
攻撃 attack
リスク risk
ツール tool
ゲーム game
ルール rule
画像 image
動画 video
レベル level
ラウンド round
目的 objective goal purpose
集団 population group
演算子 operator
仮定 assumption
アーキテクチャ architecture
バックボーン backbone
都市 cit
センサ sensor
カメラ camera
ロボット robot
ノード node
変数 variable
点 point issue problem challenge limitation aspect drawback shortcoming difficult respect contribution
人 people person participant subject user annotator expert human
名 people participant subject user annotator expert
"""
_ENGLISH = {
    word: tuple(stem.replace("_", " ") for stem in stems)
    for word, *stems in (line.split() for line in _LINES.splitlines() if line)
}
_JAPANESE = re.compile("|".join(sorted(_ENGLISH, key=len, reverse=True)))
_STEMS = sorted({stem for stems in _ENGLISH.values() for stem in stems})
# The words behind a number, among them the noun that it counts: `16 frontier and open-weight models`.
_WORDS = re.compile(r"\s*[\s-](?:[a-z][\w'/]*(?:[\s-]+|(?=\W)|$)){1,6}")
_STEM = re.compile(rf"(?<![a-z])(?:{'|'.join(_STEMS)})")
_NUMBER = re.compile(r"(?<![\w.,^_$-])(\d{1,3})(?![\d.,%])")
_DUAL = re.compile(r"\b(?:dual|double)[\s-]")
_SPACE = re.compile(r"(?<!\w)([1-9])-?d(?!\w)")
_PHRASE = re.compile(r"(?:つ|個|件|本|組)?の?([^、。\s「」()はがをにでと]{1,20})")
_COUNTER = re.compile(r"\s?(?:[者名人回階枚台社次年月日時分秒本匹頭歳]|局所)")
_LISTING = re.compile(r"\s?(?:つ|個|点|種|項目|要素|側面|観点|段階|本柱|大)")
_OF_THEM = re.compile(r"(?:うち|残り|他|ほか|中|別)の?$|\b(?:of|other|remaining|first|last|another) $", re.IGNORECASE)


def counts_of(source: str) -> dict[str, set[int]]:
    """The numbers that an English text in lower case gives of each thing, by the beginnings of its names."""
    found: dict[str, set[int]] = {}
    source = _DUAL.sub("2 ", source)
    for match in _NUMBER.finditer(source):
        if words := _WORDS.match(source, match.end()):
            for stem in _STEM.findall(words[0]):
                found.setdefault(stem, set()).add(int(match[1]))
    for space in _SPACE.findall(source):
        found.setdefault("dimension", set()).add(int(space))
    return found


def counts_a_list(text: str, quantity: Quantity) -> bool:
    """Whether the words behind the number may count what was listed without a number: `3つの`, `3点`, three tasks."""
    start = quantity.start + len(quantity.digits)
    return bool(_LISTING.match(text, start) or things_counted(text, quantity)) or not _COUNTER.match(text, start)


def things_counted(text: str, quantity: Quantity) -> set[str]:
    """Beginnings of the English names of what the quantity counts in a text; none where it is a part of them."""
    start = quantity.start + len(quantity.digits)
    if _OF_THEM.search(text[max(0, quantity.start - 12) : quantity.start]):
        return set()
    if words := _WORDS.match(text[start : start + 80].casefold()):
        return set(_STEM.findall(words[0]))
    if phrase := _PHRASE.match(text, start):
        head = phrase[1].split("の")[0]
        if nouns := _JAPANESE.findall(head):
            return set(_ENGLISH[nouns[-1]])
    return set()
