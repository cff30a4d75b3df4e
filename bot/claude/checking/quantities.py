"""Numbers as a reader understands them: `１２,０００倍`, `12K×` and `twelve thousand times` are one quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.claude.checking.text import URL

# Units of one dimension are converted to a common one. A dimension of its own (`fps`) needs the same word.
_UNITS: dict[str, tuple[str, float]] = {}


def _define(dimension: str, factor: float, names: str) -> None:
    _UNITS.update(dict.fromkeys(names.split(), (dimension, factor)))


_define("percent", 1, "% percent パーセント プロセント 퍼센트 pct")
_define("percent", 10, "割")
_define("point", 1, "ポイント point points pp pt pts %ポイント パーセントポイント 포인트")
_define("ratio", 1, "倍 x X × times fold folds 倍速 배")
_define("order", 1, "桁")
_define("time", 1e-9, "ns nanoseconds nanosecond ナノ秒")
_define("time", 1e-6, "us μs µs microseconds microsecond マイクロ秒")
_define("time", 1e-3, "ms msec milliseconds millisecond ミリ秒")
_define("time", 1, "s sec secs second seconds 秒 秒間")
_define("time", 60, "min mins minute minutes 分 分間")
_define("time", 3600, "h hr hrs hour hours 時間")
_define("time", 86400, "day days 日間")
_define("time", 604800, "week weeks 週間")
_define("months", 1, "month months ヶ月 か月 カ月 ヵ月 ヶ月間 か月間")
_define("years", 1, "year years 年間")
_define("byte", 1e3, "KB kB KiB キロバイト")
_define("byte", 1e6, "MB MiB メガバイト")
_define("byte", 1e9, "GB GiB ギガバイト")
_define("byte", 1e12, "TB TiB テラバイト")
_define("byte", 1e15, "PB PiB ペタバイト")
_define("byte", 1, "byte bytes バイト")
_define("bit", 1, "bit bits ビット")
_define("rate", 1e3, "Kbps kbps")
_define("rate", 1e6, "Mbps")
_define("rate", 1e9, "Gbps")
_define("fps", 1, "fps FPS")
_define("hertz", 1, "Hz ヘルツ hertz")
_define("hertz", 1e3, "kHz KHz キロヘルツ")
_define("hertz", 1e6, "MHz メガヘルツ")
_define("hertz", 1e9, "GHz ギガヘルツ")
_define("length", 1e-9, "nm nanometers ナノメートル")
_define("length", 1e-6, "μm µm um micrometers マイクロメートル")
_define("length", 1e-3, "mm millimeters millimetres ミリメートル ミリ")
_define("length", 1e-2, "cm centimeters centimetres センチメートル センチ")
_define("length", 1, "m meter meters metre metres メートル")
_define("length", 1e3, "km kilometers kilometres kilometer キロメートル キロ")
_define("mass", 1e-3, "mg")
_define("mass", 1, "g grams グラム")
_define("mass", 1e3, "kg kilograms キログラム")
_define("power", 1e-3, "mW milliwatts ミリワット")
_define("power", 1, "W watts ワット")
_define("power", 1e3, "kW キロワット")
_define("power", 1e6, "MW メガワット")
_define("energy", 1e-3, "mJ")
_define("energy", 1, "J joules ジュール")
_define("energy", 1e3, "kJ")
_define("work", 1, "Wh")
_define("work", 1e3, "kWh")
_define("decibel", 1, "dB デシベル")
_define("flops", 1e9, "GFLOPs GFLOPS")
_define("flops", 1e12, "TFLOPs TFLOPS")
_define("flops", 1e15, "PFLOPs PFLOPS")
_define("dollar", 1, "ドル dollar dollars USD usd 米ドル")
_define("yen", 1, "円 yen JPY")
_define("euro", 1, "ユーロ euro euros EUR")
# What is counted one by one; such a number is no percentage and no ratio.
_define("count", 1, "つ 個 種 種類 段階 件 枚 人 名 台 社 冊 回 言語 カ国 か国 ヶ国 か所 項目 分野 領域 クラス カテゴリ")
_define("count", 1, "次元 トークン 文字 語 文 問 本 組 対 層 者 データセット タスク ベンチマーク モデル パラメータ")

_SCALES = {
    **dict.fromkeys(("thousand", "thousands", "千", "천", "K", "k"), 1e3),
    **dict.fromkeys(("million", "millions", "百万", "M"), 1e6),
    **dict.fromkeys(("billion", "billions", "十億", "B", "bn"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "兆", "조", "T"), 1e12),
    **dict.fromkeys(("hundred", "hundreds", "百", "백"), 1e2),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("億", "亿", "억"), 1e8),
    "dozen": 12.0,
}

_WORDS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_BIG = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_NUMBER_WORD = "|".join(sorted({*_WORDS, *_BIG}, key=len, reverse=True))
_SPELLED = re.compile(
    rf"\b(?:half\s+an?\s+(?:hundred|thousand|million|billion|trillion)"
    rf"|(?:an?\s+)?(?:{_NUMBER_WORD})(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORD}))*)(?=fold\b|\b)",
    re.IGNORECASE,
)
_FOLDED = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred)fold\b", re.IGNORECASE)

_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "〇": 0, "两": 2, "両": 2}
_KANJI_BEFORE = (
    r"(?=つ|個|種|段階|倍|割(?![合りか当])|件|枚|名|台|社|層|項目|言語|桁|分の|ポイント|パーセント|%|万|億|兆"
    r"|秒|か月|ヶ月|カ国|か国|大(?:要素|課題|特徴|手法)|者(?!択))"
)
_KANJI_NUMBER = re.compile(rf"(?<![一二三四五六七八九十百千数第唯])[一二三四五六七八九十百千]{{1,7}}{_KANJI_BEFORE}")

_NUMERAL = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\d.])\.\d+)"
_SCALE = "|".join(sorted((re.escape(s) for s in _SCALES if not s.isascii() or len(s) > 1), key=len, reverse=True))
_SPACED_UNIT = "|".join(sorted((re.escape(u) for u in _UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"""(?<![A-Za-z0-9_])(?<![A-Za-z]-)(?<!\d\.)
    (?P<sign>USD\s|[$×])?\s?
    (?P<numeral>{_NUMERAL})
    (?:\s?[×x]\s?10\^(?P<times_power>-?\d{{1,3}})(?!\d)|\^(?P<power>-?\d{{1,3}})|[eE](?P<exponent>-\d{{1,3}}))?
    (?:(?P<letter>[KkMBT])(?![A-Za-z])|[\s-]?(?P<scale>{_SCALE})(?![A-Za-z]))?
    (?P<more>(?:\d{{1,4}}(?:\.\d+)?(?:億|万|千|百))*(?:(?<=[万億千])\d{{1,4}}(?![\d.]))?)
    (?P<plus>\+|以上|超|余り?|強|弱)?
    (?P<gap>\s?-?\s?)
    (?P<unit>orders?[\s-]of[\s-]magnitude|(?:%|percent(?:age)?|absolute|relative)[\s-]*(?:ポイント|points?)|{_SPACED_UNIT}|[A-Za-zμµ°]+)?
    """,
    re.VERBOSE,
)
_FRACTION_JA = re.compile(rf"(?<![\d.])({_NUMERAL})分の({_NUMERAL})")
_MINUTE_TRAP = re.compile(r"[け割類野布散析岐離解別化子]|の\d")  # `5分割` is no time
_LINK_WORDS = re.compile(r"\s*(?:,|,?\s*(?:and|or)|to|through|vs\.?|versus|of|から|~|〜|-|–|—|/|、|および|と|→|->|&)\s*")
_ABOUT_BEFORE = re.compile(
    r"(?:約|およそ|おおよそ|ほぼ|最大約|平均約|~|about|approximately|around|nearly|roughly|almost|over|more than|above"
    r"|approx\.|some|exceeding|at least|under|less than|below)\s*$",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(r"\s*(?:以上|超|を超|近く|程度|前後|弱|強|余|以下|未満|あまり|\+|or more|or so)")
_NOTHING_COUNTED = re.compile(r"\s*(?:[、,。.;)）]|という|と|and\b|$)")
_FACTOR_BEFORE = re.compile(
    r"(?:factors?|speed-?ups?|ratios?|accelerations?|multiplier|reductions?|faster|gains?)(?: rate)?"
    r"(?:\s+(?:of|by|is|up|to|from|about|approximately|around|nearly|over|roughly|~))*\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text. `meanings` are the (value, dimension) pairs it can be read as; dimension "" is a plain number."""

    text: str
    meanings: tuple[tuple[float, str], ...]
    start: int
    end: int
    digits: str
    approximate: bool = False
    bare: bool = False  # nothing follows that says what is counted
    tail: str = ""  # letters right behind the numeral that are no known unit, as in `1080p`

    @property
    def value(self) -> float:
        return self.meanings[0][0]

    @property
    def dimension(self) -> str:
        return self.meanings[0][1]


def key(value: float) -> str:
    """Equal for values that differ by no more than rounding of binary fractions."""
    return f"{value:.9g}"


@lru_cache(maxsize=64)
def spelled_out(text: str) -> str:
    """The text with spelled numbers above one as digits: `twenty-five` is `25`, `三つ` is `3つ`."""
    text = _FOLDED.sub(lambda m: f"{_WORDS.get(m[1].lower()) or _BIG[m[1].lower()]}-fold", text)
    text = _SPELLED.sub(_english_number, text)
    return _KANJI_NUMBER.sub(lambda m: str(_kanji_number(m[0])), text)


def quantities(text: str) -> list[Quantity]:
    """The numbers of a plain text (see `text.plain` and `spelled_out`), in their order; not those inside names."""
    text = URL.sub(lambda m: " " * len(m[0]), text)
    found: list[Quantity] = []
    taken = 0
    for match in _FRACTION_JA.finditer(text):
        below, above = _numeral(match[1]), _numeral(match[2])
        if below:
            parts = ((above / below, ""), (above / below, "fraction"), (below / above if above else 0.0, "ratio"))
            found.append(Quantity(match[0], parts, match.start(), match.end(), match[2]))
    fractions = [(q.start, q.end) for q in found]
    for match in _NUMBER.finditer(text):
        start, end = match.start("numeral"), match.end()
        if start < taken or any(a <= start < b for a, b in fractions):
            continue
        found.append(_quantity(text, match))
        taken = found[-1].end
        end = max(end, taken)
    found.sort(key=lambda q: q.start)
    return _with_shared_units(text, found)


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    numeral = match["numeral"]
    value = _numeral(numeral)
    if match["times_power"]:
        value *= _power(10.0, match["times_power"])
    elif match["power"]:
        value = _power(value, match["power"])
    elif match["exponent"]:
        value *= _power(10.0, match["exponent"])
    end = match.end("numeral")
    for group in ("times_power", "power", "exponent"):
        end = max(end, match.end(group))
    scaled = match["letter"] or match["scale"]
    if scaled:
        value *= _SCALES[scaled]
        end = max(match.end("letter"), match.end("scale"))
    if match["more"] and scaled and not scaled.isascii():
        value += _composed(match["more"])
        end = match.end("more")
    dimension, factor, end, tail = _unit(text, match, end)
    meanings = [(value * factor, dimension)]
    if "cross" in text[end : end + 8].lower() and not dimension:
        meanings.append((value, "ratio"))
    if match["sign"] == "×" and not dimension:
        meanings.insert(0, (value, "ratio"))
    if match["sign"] in ("$", "USD ") and not dimension:
        meanings.append((value, "dollar"))
    if dimension == "order" and value < 30:
        meanings.append((10.0**value, "ratio"))
    before = text[max(0, match.start() - 60) : match.start()]
    if not dimension and not tail and _FACTOR_BEFORE.search(before):
        meanings.append((value, "ratio"))
    about = bool(_ABOUT_BEFORE.search(before[-16:])) or bool(_ABOUT_AFTER.match(text[end : end + 8]) or match["plus"])
    bare = not dimension and not tail and not scaled and bool(_NOTHING_COUNTED.match(text[end : end + 8]))
    shown = text[match.start("sign") if match["sign"] else match.start("numeral") : end].strip()
    return Quantity(shown, tuple(meanings), match.start("numeral"), end, numeral.replace(",", ""), about, bare, tail)


def _unit(text: str, match: re.Match[str], end: int) -> tuple[str, float, int, str]:
    """Dimension, factor, the end of the quantity, and letters behind it that are no unit."""
    unit = match["unit"]
    if not unit:
        return "", 1.0, end, ""
    stop = match.end("unit")
    attached = match.start("unit") == match.end("numeral")
    words = unit.replace("-", " ").lower().split()
    if words[0] in ("order", "orders"):
        return "order", 1.0, stop, ""
    if len(words) > 1 or re.search(r"%\s*(?:ポイント|points?)", unit):
        return ("percent" if words[0] == "relative" else "point"), 1.0, stop, ""
    if unit not in _UNITS and unit.lower() in _UNITS and len(unit) > 2:
        unit = unit.lower()
    if unit not in _UNITS:
        # `percentagewise`, `3D`, `1080p`, or simply the next word of the sentence.
        return "", 1.0, (stop if attached else end), (unit if attached else "")
    follows = text[stop : stop + 1]
    if unit.isascii() and unit.isalpha() and follows and (follows.isascii() and follows.isalnum()):
        return "", 1.0, end, ""
    if unit == "分" and _MINUTE_TRAP.match(text, stop):
        return "", 1.0, end, ""
    if unit == "割" and follows and follows in "合りか当":
        return "", 1.0, end, ""
    if unit in ("x", "X", "×") and re.match(r"\s?\d", text[stop : stop + 2]):
        return "", 1.0, end, ""  # the measure 16×16
    if unit == "s" and re.fullmatch(r"\d{4}", match["numeral"]):
        return "", 1.0, stop, ""  # the 1990s
    if len(unit) == 1 and unit.isascii() and unit.isalpha() and not attached and unit not in "xsX":
        return "", 1.0, end, ""
    if unit == "fold" and re.match(r"s?[\s-]*(?:cross|CV)", text[stop : stop + 12]):
        return "", 1.0, stop, ""
    dimension, factor = _UNITS[unit]
    return dimension, factor, stop, ""


def _with_shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """In `5, 10 and 20%` or `3〜5万`, the first numbers can also be read with the last one's unit and scale."""
    for n in range(len(found) - 2, -1, -1):
        here, after = found[n], found[n + 1]
        if here.dimension or here.tail or here.value != _numeral(here.digits) or not _LINK_WORDS.fullmatch(text[here.end : after.start]):
            continue
        own = _numeral(after.digits)
        scale = after.value / own if own else 1.0
        extra = [(here.value * scale, d) for _, d in after.meanings if d or scale != 1.0]
        found[n] = replace(here, meanings=here.meanings + tuple(m for m in extra if m not in here.meanings))
    return found


def _numeral(text: str) -> float:
    return float(text.replace(",", ""))


def _power(number: float, exponent: str) -> float:
    try:
        return float(number ** int(exponent))
    except (OverflowError, ZeroDivisionError):
        return float("inf")


def _composed(text: str) -> float:
    """The rest of a Japanese numeral behind its first scale: `5000万` of `3億5000万`."""
    total = 0.0
    for number, scale in re.findall(r"(\d+(?:\.\d+)?)(億|万|千|百)?", text):
        total += float(number) * (_SCALES[scale] if scale else 1.0)
    return total


def _english_number(match: re.Match[str]) -> str:
    words = re.findall(r"[a-z]+", match[0].lower())
    if words == ["one"] or (words[0] in _BIG and words[0] != "dozen" and len(words) == 1):
        return match[0]  # `one` is mostly no count; a bare `million` belongs to the numeral before it
    total = current = 0.0
    for word in words:
        if word in _WORDS:
            current += _WORDS[word]
        elif word in ("a", "an"):
            current = current or 1
        elif word == "half":
            current = 0.5
        elif word == "hundred" or word == "dozen":
            current = (current or 1) * _BIG[word]
        elif word in _BIG:
            total += (current or 1) * _BIG[word]
            current = 0.0
    return f"{total + current:.15g}"


def _kanji_number(text: str) -> int:
    total = current = 0
    for sign in text:
        if sign in _KANJI:
            current = 10 * current + _KANJI[sign]
        else:
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            current = 0
    return total + current
