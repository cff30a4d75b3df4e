"""Units of measure and scales, in English and Japanese, each with what it is worth."""

from __future__ import annotations

# Units of one dimension are converted to a common one. A dimension of its own (`fps`) needs the same word.
UNITS: dict[str, tuple[str, float]] = {}


def _define(dimension: str, factor: float, names: str) -> None:
    UNITS.update(dict.fromkeys(names.split(), (dimension, factor)))


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
_define("byte", 1e3, "KB kB KiB kilobyte kilobytes キロバイト")
_define("byte", 1e6, "MB MiB megabyte megabytes メガバイト")
_define("byte", 1e9, "GB GiB gigabyte gigabytes ギガバイト")
_define("byte", 1e12, "TB TiB terabyte terabytes テラバイト")
_define("byte", 1e15, "PB PiB petabyte petabytes ペタバイト")
_define("byte", 1, "byte bytes バイト")
_define("bit", 1, "bit bits ビット")
_define("rate", 1e3, "Kbps kbps")
_define("rate", 1e6, "Mbps")
_define("rate", 1e9, "Gbps")
_define("fps", 1, "fps FPS")
_define("hertz", 1, "Hz ヘルツ hertz")
_define("hertz", 1e3, "kHz KHz kilohertz キロヘルツ")
_define("hertz", 1e6, "MHz megahertz メガヘルツ")
_define("hertz", 1e9, "GHz gigahertz ギガヘルツ")
_define("hertz", 1e12, "THz terahertz テラヘルツ")
_define("length", 1e-9, "nm nanometers ナノメートル")
_define("length", 1e-6, "μm µm um micrometers マイクロメートル")
_define("length", 1e-3, "mm millimeters millimetres ミリメートル ミリ")
_define("length", 1e-2, "cm centimeters centimetres センチメートル センチ")
_define("length", 1, "m meter meters metre metres メートル")
_define("length", 1e3, "km kilometers kilometres kilometer kilometre キロメートル キロ")
_define("mass", 1e-3, "mg milligram milligrams ミリグラム")
_define("mass", 1, "g gram grams グラム")
_define("mass", 1e3, "kg kilogram kilograms キログラム")
_define("power", 1e-3, "mW milliwatt milliwatts ミリワット")
_define("power", 1, "W watt watts ワット")
_define("power", 1e3, "kW kilowatt kilowatts キロワット")
_define("power", 1e6, "MW メガワット")
_define("energy", 1e-3, "mJ millijoules ミリジュール")
_define("energy", 1, "J joule joules ジュール")
_define("energy", 1e3, "kJ kilojoules キロジュール")
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
_define(
    "count", 1, "つ 個 種 種類 段階 件 枚 人 名 台 社 冊 回 言語 カ国 か国 ヶ国 か所 項目 分野 領域 クラス カテゴリ"
)
_define("count", 1, "次元 トークン 文字 語 文 問 本 組 対 層 者 データセット タスク ベンチマーク モデル パラメータ")

SCALES = {
    **dict.fromkeys(("thousand", "thousands", "千", "천", "K", "k"), 1e3),
    **dict.fromkeys(("million", "millions", "百万", "M"), 1e6),
    **dict.fromkeys(("billion", "billions", "十億", "B", "bn"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "兆", "조", "T"), 1e12),
    **dict.fromkeys(("hundred", "hundreds", "百", "백"), 1e2),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("億", "亿", "억"), 1e8),
    "万亿": 1e12,
    "dozen": 12.0,
}
# 5千万, 3百億, 5천만: a ten, hundred or thousand of a greater scale.
SCALES |= {
    f"{few}{many}": SCALES.get(few, 10.0) * SCALES[many]
    for few, many in (
        *((few, many) for few in "十百千" for many in "万萬億亿兆"),
        *((few, many) for few in "십백천" for many in "만억조"),
    )
}
