"""Addresses and contacts, in whatever disguise: a summary has none, whatever its source has.

Links, bare domains, mail, telephone numbers, accounts of messengers and money, and mentions.
"""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.checking.text import URL, sentences
from bot.checking.top_level_domains import TOP_LEVEL_DOMAINS
from bot.models import Finding, FindingKind

_LABEL = r"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?[.。]|[^\W\x00-\x7f]{1,40}\.)"
_DOTTED = re.compile(
    rf"(?<![A-Za-z0-9_@.-])({_LABEL}{{1,8}})(xn--[a-z0-9-]{{2,59}}|[A-Za-z]{{2,24}}|[^\W\d_\x00-\x7f]{{2,12}})(?![A-Za-z0-9_-])(:\d{{2,5}}|/[!#-&*-;=?-~]{{0,200}})?"
)
# Written with dots and yet no addresses: arXiv's categories, file names, names of programs and products.
_CATEGORY = re.compile(
    r"(?:cs|stat|math|eess|econ|physics|nlin|q-bio|q-fin|astro-ph|cond-mat|quant-ph|hep-[a-z]{2,4}|gr-qc)\.(?:[A-Z]{2}|[a-z]{3,4}-[a-z]{2,4})"
)
_DOCUMENT = re.compile(
    r"[A-Z]{4,20}\.md|\w{1,40}\.(?:js|ts|cpp|json|yaml|yml|toml|txt|csv|tsv|ipynb|safetensors|gguf|onnx|tex|bib)"
)
_PRODUCTS = frozenset(
    {
        "asp.net",
        "ml.net",
        "vb.net",
        "ado.net",
        "socket.io",
        "character.ai",
        "claude.ai",
        "fast.ai",
        "pyannote.audio",
        "flux-1.dev",
        "et.al",
    }
)
# Words of English as well, which a full stop without a space brings behind another word.
_ALSO_WORDS = frozenset(
    "Am As At Be By Do In Is It Me My No Now On One Or So To Us We All Any Are Best How Here New".split()
)

_SPELLED = r"(?:com|net|org|io|ai|dev|xyz|zip|mov|info|jp|cn|ru|kr|uk|gg|ly|gov|edu)"
_DISGUISED = re.compile(
    r"[a-z0-9-]{1,63}\s?[\[(<{]\s?(?:\.|dot|ドット|点)\s?[\])>}]\s?[a-z]{2,24}"
    rf"|\b[a-z0-9-]{{2,63}}\s?(?:\bdot\b|\bd0t\b|ドット|\bpoint\b)\s?{_SPELLED}\b|\b[a-z][a-z0-9-]{{1,62}}点(?:com|net|org|jp|cn)\b"
    r"|ドット\s?(?:コム(?!・?バブル|企業|ブーム)|ネット(?!ワーク)|オルグ|ジェーピー|アイオー|エーアイ|ジップ)"
    r"|\b[a-z0-9-]{2,63}(?:\s\.\s?|\.\s|,|[·•‧∙・])(?:com|net|org|io|xyz|zip|jp|cn|ru|gg)(?![\w-])"
    r"|(?:\b[a-z0-9]\s){3,40}\.\s?(?:[a-z]\s?){2,6}\b|\bh\s?t\s?t\s?p\s?s?\s?:|\bw\s?w\s?w\s?\.\s?[a-z0-9]"
    r"|\b[a-z]{2,20}\s(?:ly|gl|gg|gd|me|com|to)/\w{2,100}",
    re.IGNORECASE | re.ASCII,
)
_SCHEME = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}://[!#-&(-;=?-~]{0,200}|\bhxxps?\b|\bhttps?\b\s?:|\bwww\.[!#-&(-;=?-~]{1,200}"
    r"|\b(?:mailto|tel|sms|callto|facetime|skype|tg|magnet|bitcoin|ethereum|javascript|vbscript|slack|discord)\s?:(?=[/\w+?])[!#-&(-;=?-~]{2,200}"
    r"|\bdata:\w{2,20}/\S{2,200}|\bfile:/\S{1,200}|(?<![:\w/])//[a-z0-9-]{2,63}\.[a-z]{2,24}|\\\\[a-z0-9.-]{2,63}\\"
    r"|\blocalhost:\d{2,5}|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])(?::\d{1,5})?|(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}:?[0-9a-f]{1,4}(?![\w:])"
    r"|\bdoi\s?:\s?10\.|(?<![\w.])10\.\d{4,9}/[a-z0-9]\S{2,100}",
    re.IGNORECASE | re.ASCII,
)
_MAIL = re.compile(
    r"[\w.+-]{1,64}\s?@\s?[a-z0-9-]{1,63}(?:(?:\.|\s\.\s)[a-z0-9-]{1,63}){0,5}(?:\.|\s\.\s)[a-z]{2,24}"
    r"|[\w.+-]{2,64}\s?[\[(<{]\s?(?:at|@|アット|アットマーク|あっと)\s?[\])>}]\s?[a-z0-9-]{2,63}"
    r"|[\w.+-]{2,64}\s?(?:\bat\b|アットマーク|アット)\s?[a-z0-9-]{2,63}\s?(?:\bdot\b|ドット)\s?\S{2,20}",
    re.IGNORECASE | re.ASCII,
)
_MARKDOWN_LINK = re.compile(
    r"!?\[[^\]\n]{0,200}\]\([^)\s]{1,200}(?:\s[^)\n]{0,100})?\)|!?\[[^\]\n]{1,200}\]\s\((?:https?:|/|#|mailto:)[^)\n]{0,200}\)|<(?:https?|mailto):[^>\n]{0,200}>",
    re.ASCII,
)
_TELEPHONE = re.compile(
    r"(?<![\w.,-])(?:\+\d{1,3}[\s.-]?(?:\(?\d{1,4}\)?[\s.-]?){2,6}\d{2,4}|0\d{1,4}[-(\s]\d{1,4}[-)\s]\d{3,4}|\(0?\d{2,4}\)\s?\d{2,4}[-\s]\d{3,4}"
    r"|\d{3}[-.]\d{3}[-.]\d{4}|1?-?8(?:00|88|77|66)-[\dA-Z]{3}-?[\dA-Z]{4}|0(?:120|800|570|[5789]0)\d{6,8})(?![\w%]|\.\d)"
    r"|(?:\b(?:tel(?:ephone)?|phone|fax|call|dial|hotline|text|sms)\b|電話|ファックス|携帯|电话|电話|전화)(?:番号|号码|번호|\s?(?:no\.?|number|us(?: at)?|at|to))?(?:は|の番号は)?"
    r"\s?[:：.]?\s?\+?\(?\d(?:[\s()-]{0,2}\d){6,13}(?![\d.])",
    re.IGNORECASE | re.ASCII,
)
_CHATS = (
    r"(?:(?-i:LINE|Signal|Slack|Discord|Threads|Messenger|Facebook|Twitter|Instagram|X)|WeChat|Weixin|微信|ウィーチャット|Kakao(?:Talk)?|カカオ(?:トーク)?|카카오톡|QQ|Telegram"
    r"|テレグラム|WhatsApp|ワッツアップ|Skype|スカイプ|Viber|Zalo|ディスコード|インスタグラム|ツイッター|TikTok|Snapchat|Mastodon|Bluesky|PayPal|Venmo|PayPay)"
)
_NICKNAME = r"[\"'「@]?[A-Za-z0-9][\w.+-]{2,40}"
_MESSENGER = re.compile(
    rf"(?<![A-Za-z]){_CHATS}の?\s?(?:ID|アイディー|account|アカウント|handle|user ?name|ユーザー名|number|番号|群|号)\s?(?:[:=]|は|is\b|\s)\s?{_NICKNAME}"
    rf"|(?<![A-Za-z])(?:WeChat|Weixin|微信|Kakao(?:Talk)?|카카오톡|QQ|Telegram|テレグラム|WhatsApp|Skype|スカイプ|Viber|Zalo|PayPay|(?-i:LINE))\s?[:=]\s?{_NICKNAME}"
    rf"|\b(?:on|via|through|by)\s{_CHATS}\s(?:at\s|under\s|\(?@|:\s?)[\w.+-]{{0,40}}[\d_@][\w.+-]{{0,40}}"
    rf"|\b(?:my|our)\s{_CHATS}(?![\w-])|\badd\s(?:me|us)\s(?:on|at)\b|(?:加|扫|添加|关注|搜索)(?:微信|QQ|公众号|公眾號)|友[だ達]ち?(?:に|を)?追加"
    rf"|{_CHATS}の?(?:公式)?(?:アカウント|グループ|サーバー?|コミュニティ|チャンネル)?(?:で|に|へ|から|にて)(?:友[だ達]|招待|ご|お問|連絡(?:くだ|を|先|して)|相談(?:くだ|を))",
    re.IGNORECASE | re.ASCII,
)
_ACCOUNT = re.compile(
    r"\b0x[0-9a-fA-F]{40}\b|\bbc1[a-z0-9]{20,60}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b|\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\b"
    r"|口座(?:番号)?\s?[:は]?\s?(?:普通|当座)?\s?\d{5,10}|(?:振込|送金|支払)先\s?[:は]",
    re.ASCII,
)

_MENTION = re.compile(
    r"<(?:[@#!]|/[\w-]{1,32}[ :]|t:-?\d|a?:\w|(?:id|sound):)[^>\n]{0,80}>|(?<![\w/.])/(?:digest|paper)(?![\w/])|<(?:subteam|date)\^[^>\n]{0,80}>|@(?:everyone|here|channel|all)\b|(?<![A-Za-z0-9_@])@\s?[A-Za-z_ぁ-ヿ一-鿿][\w.-]{0,80}",
    re.IGNORECASE | re.ASCII,
)
_METRIC = re.compile(
    r"(?:pass|recall|precision|hits?|ndcg|mrr|map|acc(?:uracy)?|top|maj|success|avg|mean|cons|best|hr|r|p|f1|auc)\s?$",
    re.IGNORECASE,
)
_TO_K = re.compile(r"@\s?[kKnNmM](?!\w)")


def address_findings(text: str) -> Iterator[Finding]:
    """Yield LINK for each address and contact of a text in NFKC without hidden characters."""
    found: list[str] = []
    for address in _addresses(text):
        shown = address.strip(" .,;:!?/)。、")[:200]
        if shown and not any(shown in known for known in found):
            found.append(shown)
            yield Finding(FindingKind.LINK, shown)


def mention_findings(text: str) -> Iterator[Finding]:
    """Yield MENTION for each mention; `pass@k` is a measure, and mail is found elsewhere."""
    text = _MAIL.sub(" ", text)
    for match in _MENTION.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        if not (_TO_K.match(match[0]) and _METRIC.search(before)):
            yield Finding(FindingKind.MENTION, match[0])


def without_addresses(text: str, source: str) -> str:
    """Return the text without the addresses that it has from the source, and what is only there to give them.

    A bracket goes alone, else the whole sentence does. Addresses that the source lacks stay, for the check to find; so
    does everything where nothing else would be left.
    """
    known = unicodedata.normalize("NFKC", source).casefold()
    kept, told = text, sentences(text)
    inside = [unicodedata.normalize("NFKC", sentence) for sentence in told]
    if not all(any(address in one for one in inside) for address in _addresses(unicodedata.normalize("NFKC", text))):
        return text  # a mark within an address, as in `a.example?b`, ends no sentence
    for sentence in told:
        addresses = [address.rstrip(".,;:!?/)。、") for address in _addresses(unicodedata.normalize("NFKC", sentence))]
        if not addresses or not all(address.casefold() in known for address in addresses):
            continue
        bare = sentence
        for bracket in _BRACKET.findall(sentence):
            if any(address in bracket for address in addresses):
                bare = bare.replace(bracket, "")
        kept = kept.replace(sentence, "" if any(address in bare for address in addresses) else bare, 1)
    kept = re.sub(r"[^\S\n]{2,}", " ", kept).strip()
    return kept or text


_BRACKET = re.compile(r"\s?(?:\([^()\n]{1,300}\)|（[^（）\n]{1,300}）)")


def _addresses(text: str) -> Iterator[str]:
    for pattern in (_MARKDOWN_LINK, URL, _SCHEME, _MAIL):
        yield from (match[0] for match in pattern.finditer(text))
    yield from (match[0] for match in _DOTTED.finditer(text) if _is_domain(match))
    for pattern in (_DISGUISED, _TELEPHONE, _MESSENGER, _ACCOUNT):
        yield from (match[0] for match in pattern.finditer(text))


def _is_domain(match: re.Match[str]) -> bool:
    labels, last, path = match[1], match[2], match[3]
    whole = f"{labels}{last}"
    if not path and (_CATEGORY.fullmatch(whole) or _DOCUMENT.fullmatch(whole) or whole.casefold() in _PRODUCTS):
        return False
    if "。" in labels and not labels.isascii() and not re.fullmatch(r"[a-z0-9-]{2,63}。", labels):
        return False  # a Japanese sentence ends there
    if last in _ALSO_WORDS and labels.islower() and not path:
        return False  # `is shown.In this`: a sentence without a space before the next one
    known = last.casefold() in TOP_LEVEL_DOMAINS or last.casefold().startswith("xn--")
    return known or (bool(path) and len(path) > 2 and last.islower() and last.isascii())
