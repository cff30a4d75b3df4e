"""Is the text a whole summary and nothing but a summary: its end, its length, no refusal, no chatter around it?"""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501, ISC004 - a pattern is read more easily on one line, or in joined parts
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.checking.text import URL, base, dense, plain, scripts, sentences
from bot.models import Finding, FindingKind


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a part of a summary may be: sentences, and characters in dense (Chinese, Japanese, Korean) or other scripts."""

    sentences: tuple[int, int]
    dense: tuple[int, int]
    other: tuple[int, int]
    closed: bool = True  # ends like a sentence


_NO_FULL_STOPS = frozenset({"th", "lo", "km", "my", "bo", "dz"})  # languages that put space between sentences
_END = re.compile(r"[.。!?！？؟।։。][\"'”’」』)）\]】»›*_]*$")
_CLOSED_NOTE = re.compile(r"[.。!?][^.。!?]{0,12}[)）」』]$")
_ELLIPSIS = re.compile(r"(?:\.\.|…|‥|・・・|。。)[\"'”’」』)）\]]*$")
_HALF = re.compile(
    r"(?:(?:\b(?:e\.g|i\.e|vs|cf|Fig|Eq)|[,;:、，・\-–(（「『])[.。]?$)"
    r"|(?:[をはがへ]|(?<!も)の|に|[、,]|および|または|かつ|ならびに)。$"
    r"|\b(?:the|a|an|and|or|its|their|than)\.$"
)
_LAST_NUMBER = re.compile(r"(?<![\d.])(\d+)\.$")
_OPENING, _CLOSING = "(（「『[【“«", ")）」』]】”»"

_REFUSALS = tuple(
    re.compile(p, re.IGNORECASE)
    for p in (
        r"\bI(?:'m| am) (?:sorry|unable|not able|afraid)\b",
        r"\bI (?:cannot|can't|can not|won't|will not|must decline|do not have|don't have|apologi[sz]e)\b",
        r"\bas an AI(?: language)? (?:model|assistant)\b",
        r"^(?:sorry|unfortunately|apologies)\b.{0,80}\b(?:cannot|can't|unable|not able|no abstract|not provided)\b",
        r"\b(?:cannot|unable to|can't|not able to) (?:provide|produce|write|generate|give|create|summari[sz]e|complete|assist|help|comply)\b"
        r".{0,40}\b(?:summary|summari[sz]e|request|abstract|this paper|this text|with (?:this|that))\b",
        r"\bno (?:abstract|text|paper|content) (?:was|is|has been) (?:provided|given|supplied|available)\b|\bthe (?:abstract|text|paper|content) (?:was|is|has) (?:missing|not (?:been )?(?:provided|given|supplied))\b",
        r"申し訳(?:あり|ござい|ない)|申しわけ|恐れ入りますが|恐縮ですが",
        r"(?:お手伝い|お答え|ご対応|お応え|お手助け|要約|ご提供|ご?要望に(?:お)?応え|(?:ご?依頼|リクエスト|この(?:論文|内容|文書))[^。]{0,20}(?:対応|回答|提供|生成|作成))(?:する(?:こと)?(?:は|が)?|は|を)?"
        r"(?:いた)?(?:でき(?:ません|かね)|しかね|いたしかね)",
        r"AI(?:アシスタント|言語モデル|モデル)?(?:である|の|として)(?:私|わたし)|私はAI|AI(?:言語モデル|アシスタント)(?:として|なので|ですので)",
        r"(?:論文|本文|要旨|アブストラクト|情報|テキスト)(?:の内容)?が(?:提供|入力|添付|提示)されていません",
        r"(?:抱歉|对不起|無法|无法)(?:.{0,12})(?:提供|摘要|总结|總結|回答|完成)",
        r"죄송(?:합니다|하지만)|요약할 수 없",
        r"\bJe suis désolée?\b|\bLo siento\b|\bEs tut mir leid\b|\bDesculpe\b|\bизвините\b",
    )
)

# "... 要約します": chatter, unless the paper itself is about summaries or translation.
_SUMMARISING = re.compile(
    r"^[^。\n]{0,60}(?:要約|まとめ|概要|サマリー?|翻訳|解説|紹介文?)(?:です|になります|となります|は以下|は次|は下記|を以下|を次|を下記|を示し|いたし|しました|します|しますと"
    r"|すると|させて|をお(?:届|伝|送)|をご|を作成し|を提供し|をまとめました|文です|を行いました|結果です|は、?以下)(?!手法|モデル|研究)"
)
_SUMMARIES = re.compile(r"summar|translat|overview|explanation", re.IGNORECASE)
_ABOUT_THE_TEXT = re.compile(
    r"以下|ご|論文を|日本語|アブストラクト|こちら|お|(?:この|本)(?:論文|研究|文書)(?:の|に関する)(?:要約|概要|まとめ|解説|翻訳)"
)
_OPENING_CHATTER = (
    _SUMMARISING,
    *(
        re.compile(p, re.IGNORECASE)
        for p in (
            r"^(?:sure|certainly|of course|absolutely|okay|ok|great|gladly|got it|understood|no problem|alright|yes|hello|hi|definitely|right away"
            r"|with pleasure)(?:[,!.:—\n]|\s[-–] | thing\b)|^(?:great|good) (?:question|paper|choice|morning)\b|^(?:thanks|thank you|happy to help)\b",
            r"^(?:here(?: i|'|’)s|here are|here you go|below (?:is|are|you)|the following (?:is|are|text is|summary)|this is (?:a|the|my|your) "
            r"(?:\w+[ -]){0,3}(?:summary|overview|synopsis|draft))",
            r"^(?:(?:here|below|the|this|my|a|your|requested|short|brief|concise|japanese|english|paper)\b[^.\n]{0,24}?)?\b(?:summary|overview|synopsis|tl;?dr)\b[^.,\n]{0,40}:\s",
            r"^\W{0,4}(?:summary|tl;?dr|overview|abstract|answer|response|takeaway|headline|output|result|要約|概要|まとめ|サマリー?|回答|日本語要約"
            r"|論文要約|要旨|見出し|一言で|結論|摘要|总结|總結|요약)\W{0,4}(?:[:：\n]|】|\])",
            r"^(?:I(?:'ll| will|'d| would|'ve| have| can| am|'m)|let me|let's|allow me)\b",
            r"^(?:as (?:you )?requested|as you asked|per your request|based on (?:the|your) (?:abstract|text|paper|request|provided))\b",
            r"^[^.\n]{0,120}\b(?:you (?:asked|requested|provided|wanted|gave|shared|sent|need)|your (?:request|question|instructions?))\b",
            r"^(?:[^。\n]{0,20}(?:論文|アブストラクト|本文|原文|日本語|研究|文書)(?:の|に関する)?)?(?:要約|概要|要旨|まとめ|サマリー?)\s?(?:[(（][^)）\n]{0,12}[)）])?\s?[:：]",
            r"^論文を(?:読み|拝読|確認し)|^(?:はい|承知|かしこまり|もちろん|了解|わかりました|分かりました|お任せ|ご依頼|お待たせ|それでは|では、|こんにちは|お疲れ|喜んで|さっそく"
            r"|早速|ありがとう|お問い合わせ|ご質問|ええ|ではご|拝見|確認しました|どうぞ)",
            r"^(?:以下|下記|こちら)(?:に|が|は|の)[^。\n]{0,40}(?:要約|まとめ|概要|サマリー?|紹介|説明|翻訳|示し|記し|お伝え|回答|文章)",
            r"^[^。\n]{0,30}(?:ご(?:依頼|指定|要望|提示|提供|希望|指示)|いただいた|お送り)[^。\n]{0,40}(?:要約|論文|文章|内容|アブストラクト|です|まし)",
            r"^(?:好的|当然|以下是|下面是|这是|這是)|^(?:네|물론|알겠습니다|다음은)|^(?:natürlich|gerne|hier ist|klar)\b|^(?:bien sûr|voici|d'accord)\b"
            r"|^(?:claro|por supuesto|aquí (?:está|tienes)|a continuación)\b|^(?:конечно|вот )",
        )
    ),
)
_CLOSING_CHATTER = re.compile(
    r"(?:let me know|I hope (?:this|that)|hope this helps|feel free to|happy to (?:help|provide|expand|clarify)|would you like|if you (?:need|want|have|would)"
    r"|^以上(?:が|、|です|となり)|ご(?:不明|質問|要望|参考)|お(?:役に立|気軽|知らせ)|いかがでしょう|何か(?:ご|あれば)|如果您|希望对|도움이)",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(r"^以上(?:が|、)(?!.{0,24}(?:要約|まとめ|概要|です。|になります))")


def shape_findings(source: str, text: str, language: str, bounds: Bounds) -> Iterator[Finding]:
    """TRUNCATED, LENGTH, REFUSAL and PREAMBLE; EMPTY alone for a text without words."""
    prose = plain(text).strip()
    if not re.search(r"\w", prose):
        yield Finding(FindingKind.EMPTY, "no text")
        return
    told = sentences(prose)
    yield from _refusals(source, prose)
    yield from _chatter(source, prose, told)
    if base(language) not in _NO_FULL_STOPS:
        yield from _truncations(source, text.strip(), prose, bounds)
    yield from _lengths(prose, told, language, bounds)


def _refusals(source: str, prose: str) -> Iterator[Finding]:
    quoted = plain(source).casefold()
    for pattern in _REFUSALS:
        match = pattern.search(prose)
        if match and (match[0].casefold() not in quoted or prose.startswith(match[0])):
            yield Finding(FindingKind.REFUSAL, match[0])
            return


def _chatter(source: str, prose: str, told: tuple[str, ...]) -> Iterator[Finding]:
    opening = prose[:240].lstrip("#*_>-【「\"' \t\n")
    quoted = " ".join(plain(source).casefold().split())
    for pattern in _OPENING_CHATTER:
        match = pattern.search(opening)
        if pattern is _SUMMARISING and _SUMMARIES.search(source) and not _ABOUT_THE_TEXT.match(opening):
            continue
        if match and match[0].strip().casefold() not in quoted:
            yield Finding(FindingKind.PREAMBLE, match[0].strip())
            break
    last = told[-1]
    match = _CLOSING_CHATTER.search(last)
    if match and len(told) > 1 and not _CONCLUDES.search(last) and match[0].casefold() not in quoted:
        yield Finding(FindingKind.PREAMBLE, last[:80])


def _truncations(source: str, raw: str, prose: str, bounds: Bounds) -> Iterator[Finding]:
    tail = prose[-40:]
    if _ELLIPSIS.search(raw) or _ELLIPSIS.search(prose):
        yield Finding(FindingKind.TRUNCATED, tail)
        return
    if (
        bounds.closed
        and not _END.search(prose)
        and not _CLOSED_NOTE.search(prose)
        and not _ends_in_address(prose, source)
    ):
        if not _ends_like(prose, source):
            yield Finding(FindingKind.TRUNCATED, tail)
        return
    if _HALF.search(prose) or _open_bracket(sentences(prose)[-1]) or _half_number(prose, source):
        yield Finding(FindingKind.TRUNCATED, tail)


def _ends_in_address(prose: str, source: str) -> bool:
    addresses = list(URL.finditer(prose))
    return bool(addresses) and addresses[-1].end() == len(prose) and addresses[-1][0].rstrip("./") in source


def _ends_like(prose: str, source: str) -> bool:
    """Whether the source itself ends in these words, without a full stop."""
    return len(prose) > 40 and plain(source).strip().endswith(prose[-40:])


def _open_bracket(prose: str) -> bool:
    """Whether the last bracket that opens is never closed; emoticons, list marks and half-open intervals do not open."""
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        at = prose.rfind(opening)
        if re.search(r"[.] [A-Z]", prose[at:]):
            continue  # a new sentence began behind it: the bracket was lost, not the end
        if at >= 0 and closing not in prose[at:] and not re.match(r"[\[(]\s*-?[\d.]+\s*,", prose[at:]):
            return True
    return False


def _half_number(prose: str, source: str) -> bool:
    """Whether the text stops inside a decimal: it ends in `97.` and the source has 97.3 and no 97."""
    match = _LAST_NUMBER.search(prose)
    if not match:
        return False
    known = plain(source)
    return bool(re.search(rf"(?<![\d.]){match[1]}\.\d", known)) and not re.search(
        rf"(?<![\d.]){match[1]}(?!\.?\d)", known
    )


def _lengths(prose: str, told: tuple[str, ...], language: str, bounds: Bounds) -> Iterator[Finding]:
    tight = dense(scripts(prose))
    low, high = bounds.dense if tight else bounds.other
    size = len(prose)
    if not low <= size <= high:
        yield Finding(FindingKind.LENGTH, f"{size} characters, not {low}-{high}")
    if base(language) in _NO_FULL_STOPS:
        return
    fewest, most = bounds.sentences
    if not fewest <= len(told) <= most:
        yield Finding(FindingKind.LENGTH, f"{len(told)} sentences, not {fewest}-{most}")
