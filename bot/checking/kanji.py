"""Numbers in Chinese characters become digits: `三分の一`, `百二十三人`, `二〇一八年`, `令和三年`, `7割5分`, `两倍`."""

# Tables of words are easier to compare on long lines.
from __future__ import annotations

import re

_DIGITS = dict(zip("〇零一二三四五六七八九", (0, *range(10)), strict=True))
_PAIRS = {"两": 2, "兩": 2, "両": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_SIGNS = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_RUN = re.compile(rf"(?<![\d.数何几幾第唯{_SIGNS}])(?:[{_SIGNS}]{{1,24}}|[两兩両])(?![{_SIGNS}])")
_ONE = "[一二三四五六七八九]"
_BELOW_MYRIAD = f"(?:{_ONE}?千)?(?:{_ONE}?百)?(?:{_ONE}?十)?{_ONE}?"
_PLACED = re.compile(rf"{_ONE}[〇零一二三四五六七八九]*[〇零][〇零一二三四五六七八九]*")
_YEAR = re.compile(rf"{_ONE}{{4}}")
_SPOKEN = re.compile(rf"(?:(?:{_BELOW_MYRIAD})[万萬億亿兆零]){{0,4}}{_BELOW_MYRIAD}")

# Behind a single sign, what says that it is a number: 三 of 三角 is none. What follows in brackets makes another word.
_COUNTER = re.compile(
    r"つ|個(?![人性体別])|个(?![人性体])|種|种|段階|阶段|階段|倍|割(?![合りか当])|成(?![果功分立])|件|枚|名(?![前称詞])|台(?!頭)|社(?!会)|層|层|項|项"
    r"|言語|桁|ポイント|パーセント|%|秒|週間|[かカヶヵ个個](?:月|国|所)|大(?:要素|課題|特徴|手法)|者(?!択)|点(?![在検数群線滅火])"
    r"|人(?![工間物称材気手種口体類権文生格脚])|年(?![齢輪])|時間|小时|小時|分間|分钟|分鐘|分[の之]|日間|天(?![然気体文才])|回(?![帰転路収復答避折線廊想診])|次元"
    r"|本(?![質来論研手稿体])|冊|匹|頭|歳|組|组|対(?![象策応話称照比立抗数処角])|文字|维|維(?!持)|軸|分野|領域|課題|問題|タスク|モデル|データ|手法|方式|方法|部門|地域"
    r"|都市|章|節|頁|ページ|級|类|類(?!似)|张|張|篇|步|条|[万萬億亿兆]"
)
_NUMERATOR_BEFORE = re.compile(r"分[の之]$")
_ONE_IN_A_WORD = re.compile(r"一[般部定致方連時体種様層貫覧環切見律]")

_ERA = re.compile(r"(令和|平成|昭和|大正|明治)\s?(元|\d{1,2}|[一二三四五六七八九十]{1,3})年")
_FIRST_YEARS = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
_TENTHS = re.compile(rf"(\d|{_ONE})割(?:(\d|{_ONE})分(?!の[\d一二三四五六七八九])|(半))(?:(\d|{_ONE})厘)?")
_AND_A_HALF = re.compile(
    r"(?<![\d.])(\d{1,2})(年|時間|[かカヶヵ个個]月|日|週間|倍|小时|小時|天)(?:間|间)?半(?![数分減期])|(?<![\d.])(\d{1,4})[个個]半(小时|小時|月)"
)

# What these words say in digits. A number before them, or another word around them, makes them say something else.
_HALVES = (
    (re.compile(r"過半数?|过半数?|半[分数]以上"), "2分の1以上"),
    (re.compile(r"半分|半数|半減(?!期)|折半|(?<!一)一半|减半|减少一半"), "2分の1"),
    (re.compile(r"(?<![\d上下前後四大年月])半年"), "6か月"),
    (re.compile(r"(?<![\d上下前後四大])半日"), "12時間"),
    (re.compile(r"半世紀|半世纪"), "50年"),
    (re.compile(r"半小时|半小時|半時間"), "30分間"),
    (re.compile(r"(?<![\d数何整等])(?:倍増|倍加(?!工))|翻倍|翻番|翻了?一番|加倍|(?<!成)倍增"), "2倍"),
    (re.compile(r"(?<=[ぁ-ん、。(「\s約])倍(?=[にのと近強弱速超、。]|以上|ほど|程度|化)"), "2倍"),
)
_HUNDREDTHS = re.compile(r"(?<![\d.])100分の(\d{1,3}(?:\.\d{1,4})?)")
_CHINESE_POINT = re.compile(rf"(?<=[{''.join(_DIGITS)}])点(?=[{''.join(_DIGITS)}]{{1,4}}(?![{_SIGNS}]))")
_CHINESE_TENTHS = re.compile(r"(?<![\d.])(\d)成(?![果功分立本])")


def in_digits(text: str, *, chinese: bool = False) -> str:
    """Return the text with its numbers in Chinese characters as digits; signs that are parts of words stay.

    Fractions become `3分の1`, tenths (`7割5分`, in Chinese `八成`) per cent, years of an era those of the calendar.
    `chinese` reads the words of Chinese that Japanese does not have.
    """
    text = _ERA.sub(_calendar_year, text)
    text = _TENTHS.sub(_per_cent, text)
    if chinese:
        text = _decimals(text)
    text = _RUN.sub(_digits, text)
    text = text.replace("分之", "分の") if chinese else text
    text = _AND_A_HALF.sub(_and_a_half, text)
    for words, told in _HALVES:
        text = words.sub(told, text)
    if chinese:
        text = _HUNDREDTHS.sub(r"\1%", text)
        text = _CHINESE_TENTHS.sub(r"\g<1>0%", text)
    return text


def _digits(match: re.Match[str]) -> str:
    run, text = match[0], match.string
    numerator = _NUMERATOR_BEFORE.search(text, max(0, match.start() - 2), match.start())
    if numerator and _ONE_IN_A_WORD.match(text, match.start()):
        return run
    if len(run) == 1 and not numerator and not _COUNTER.match(text, match.end()):
        return run
    if run in _PAIRS:
        return str(_PAIRS[run])
    if _PLACED.fullmatch(run) or (_YEAR.fullmatch(run) and text.startswith("年", match.end())):
        return "".join(str(_DIGITS[sign]) for sign in run)
    if run[0] in _MYRIADS or not _SPOKEN.fullmatch(run) or (run[-1] in _MYRIADS and run[0] in _TENS and len(run) == 2):
        return run  # 百万 and 千万 alone are sizes (see `vague`)
    return str(value(run))


def value(run: str) -> int:
    """Return the value of a well-formed spoken numeral, such as 百二十三 or 五万一千."""
    total = below = digit = 0
    for sign in run:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            below += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            total += ((below + digit) or 1) * _MYRIADS[sign]
            below = digit = 0
    return total + below + digit


def _calendar_year(match: re.Match[str]) -> str:
    told = match[2]
    number = 1 if told == "元" else int(told) if told.isascii() else value(told)
    return f"{_FIRST_YEARS[match[1]] + number - 1}年"


def _per_cent(match: re.Match[str]) -> str:
    """`7割5分` is 75 %, `3割3分3厘` 33.3 %, `7割半` 75 %."""
    tens, ones, half, tenths = (_DIGITS.get(part, part) if part else "" for part in match.groups())
    return f"{tens}{5 if half else ones}{f'.{tenths}' if tenths else ''}%"


def _and_a_half(match: re.Match[str]) -> str:
    unit = match[2] or match[4]
    return f"{match[1] or match[3]}.5{'年間' if unit == '年' else unit}"


def _decimals(text: str) -> str:
    """`八十二点五` is 82.5."""
    parts = _CHINESE_POINT.split(text)
    told = parts[0]
    for part in parts[1:]:
        whole = re.search(rf"[{_SIGNS}]{{1,24}}$", told)
        places = re.match(rf"[{''.join(_DIGITS)}]{{1,4}}", part)
        if whole and places and _SPOKEN.fullmatch(whole[0]):
            decimals = "".join(str(_DIGITS[sign]) for sign in places[0])
            told = f"{told[: whole.start()]}{value(whole[0])}.{decimals}{part[places.end() :]}"
        else:
            told = f"{told}点{part}"
    return told
