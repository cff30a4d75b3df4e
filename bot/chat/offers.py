"""Choices offered in forms and suggestions, the most usual first. Anything else can be typed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Offer(Enum):
    """The kinds of suggestions. Papers are suggested from what the channel was shown and the text typed so far."""

    ZONES = auto()
    LANGUAGES = auto()
    TOPICS = auto()
    DAYS = auto()
    PAPERS = auto()


# Categories with machine-learning papers, from https://arxiv.org/category_taxonomy.
TOPICS = tuple(
    "cs.CL cs.AI cs.LG cs.CV stat.ML cs.RO cs.IR cs.HC cs.SE cs.CR cs.MA cs.SD eess.AS cs.NE cs.DC cs.DB cs.CY cs.SI"
    " cs.GR cs.MM cs.PL cs.AR cs.CE cs.DL cs.DS cs.ET cs.GT cs.IT cs.LO cs.NI cs.OS cs.PF cs.SC eess.IV eess.SP"
    " eess.SY math.OC math.ST stat.AP stat.CO stat.ME q-bio.BM q-bio.GN q-bio.NC q-bio.QM q-fin.CP q-fin.ST quant-ph"
    " physics.comp-ph cond-mat.dis-nn cond-mat.mtrl-sci econ.EM".split()
)
LANGUAGES = ("ja", "en", "zh", "ko", "de", "fr", "es", "pt", "it", "nl", "ru", "pl", "tr", "vi", "id", "th", "hi", "ar")
ZONES = tuple(
    "Asia/Tokyo UTC America/New_York America/Los_Angeles Europe/London Europe/Berlin Europe/Paris Asia/Seoul"
    " Asia/Shanghai Asia/Taipei Asia/Hong_Kong Asia/Singapore Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Kolkata"
    " Asia/Dubai Asia/Jerusalem Europe/Istanbul Europe/Helsinki Europe/Kyiv Europe/Athens Europe/Madrid Europe/Rome"
    " Europe/Amsterdam Europe/Stockholm Europe/Zurich Europe/Warsaw Europe/Dublin Europe/Lisbon Africa/Nairobi"
    " Africa/Johannesburg Africa/Lagos America/Sao_Paulo America/Argentina/Buenos_Aires America/Halifax"
    " America/Toronto America/Bogota America/Chicago America/Mexico_City America/Denver America/Phoenix"
    " America/Vancouver America/Anchorage Pacific/Honolulu Australia/Perth Australia/Sydney Australia/Melbourne"
    " Pacific/Auckland".split()
)
# By the language of whoever types.
DAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            "weekdays",
            "everyday",
            "mon wed fri",
            "tue thu",
            "weekends",
            "mon",
            "tue",
            "wed",
            "thu",
            "fri",
            "sat",
            "sun",
        ),
        "ja": ("平日", "毎日", "月水金", "火木", "週末", "月", "火", "水", "木", "金", "土", "日"),
    }
)
