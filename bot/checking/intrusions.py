"""What has no business in a summary: links, mentions, orders to the reader or a model, hidden characters, markup."""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501, ISC004
from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from bot.checking.hidden import visible
from bot.checking.text import URL, plain, sentences
from bot.models import Finding, FindingKind

_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|ai|dev|co|jp|edu|gov|app|xyz|example|test|info|me|gg|ly|cn|ru|uk|de|fr|to|sh"
    r"|site|online|link|tech|cloud|shop|store|club|top|biz|tv|us|eu|kr|in|page|blog|wiki|news)(?![\w-])(?:[/:?#][!#-&*-;=?-~]*)?"
    r"|(?<![\w@./-])[a-z0-9-]{3,63}\.[a-z]{2,3}/\w[!#-&*-;=?-~]*|[a-z0-9-]+\s?[\[(](?:\.|dot)[\])]\s?[a-z]{2,}",
    re.IGNORECASE | re.ASCII,
)
_EMAIL = re.compile(r"[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)
_OTHER_LINK = re.compile(
    r"\b(?:ftp|hxxps?|javascript|data|mailto|tel|slack|discord|file)\s?:(?=[/\w+])(?!\s)[^\s、。]{2,}|\bwww\.[^\s、。]+|\bhttps?\b\s?:",
    re.IGNORECASE | re.ASCII,
)
_MARKDOWN_LINK = re.compile(
    r"!?\[[^\]\n]{0,200}\]\s?\(\s*[^)\s]+[^)]*\)|!?\[[^\]\n]{1,200}\]\[[^\]\n]{0,60}\]|<(?:https?|mailto):[^>]*>",
    re.ASCII,
)
_MENTION = re.compile(
    r"<[@#!][^>\n]{0,80}>|<(?:subteam|date)\^[^>\n]*>|@(?:everyone|here|channel|all)\b|(?<![A-Za-z0-9_@])@\s?[A-Za-z_ぁ-ヿ一-鿿][\w.-]*",
    re.IGNORECASE | re.ASCII,
)
_TAG = re.compile(r"<!--|-->|<\?[a-z]|</?[a-z][a-z0-9-]*(?:\s[^<>]{0,300})?/?>|<!\[CDATA\[", re.IGNORECASE | re.ASCII)
_ROLE = re.compile(
    r"<\|[a-z_ ]{2,40}\|>|\[/?INST\]|<</?SYS>>|(?:^|\n|[.!?。])\s*(?:#{2,}\s*)?(?:system|user|assistant|human)\s*:|(?:^|\n)\s*#{1,6}\s*instructions?\b",
    re.IGNORECASE | re.ASCII,
)
_MARKUP = re.compile(r"```|~~~|\{\{[<%]|[>%]\}\}|(?:^|\n)\s*(?:---|\+\+\+)\s*(?:\n|$)|(?:^|\n)#{1,6}\s|^\s*[\[{]\s*\"")

# An order is found wherever it stands, but for its very words in the source (see `_NEVER_EXCUSED`).
_ORDERS = tuple(
    re.compile(p, re.IGNORECASE | re.ASCII)
    for p in (
        r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|preceding|foregoing|system|existing|all|these|those|your)\b"
        r"[^.\n]{0,20}\b(?:instructions?|prompts?|directives?|rules|guidelines|messages?|context|text)\b",
        r"\b(?:click|tap|press)\b[^.\n]{0,20}\b(?:here|links?|below|button|on this|now)\b",
        r"\b(?:visit|check out|go to|head (?:over )?to|browse)\b[^.\n]{0,12}\b(?:our|us|https?|www|my|website|site|page|link|homepage)\b",
        r"\b(?:subscribe|sign up|log in|register|follow us|join us|donate|retweet|upvote)\b[^.\n]{0,24}\b(?:now|today|here|to (?:our|my|this)|for (?:free|more)|below)\b",
        r"\b(?:give|write|provide|assign|output)\b[^.\n]{0,20}\b(?:positive|favou?rable|glowing|high(?:est)?|perfect)\b[^.\n]{0,12}\b(?:review|rating|score|evaluation|feedback)s?\b",
        r"(?:^|[.!?\n]\s*|\b(?:and|must|should|but) )(?:do not|don't|never)\b[^.\n]{0,10}\b(?:mention|reveal|highlight|tell|disclose|summari[sz]e|translate|trust|share)\b",
        r"あなたは[^。\n]{0,30}(?:アシスタント|です|である|AI|モデル|役)",
        r"\byou (?:are (?:now|an?|the|my)|must now|should now|will now|have been (?:hacked|selected|chosen))\b",
        r"\b(?:act|behave|respond|reply|answer) (?:as|like) (?:a|an|if|the)\b[^.\n]{0,40}\b(?:assistant|pirate|AI|admin|you|model|chatbot|expert)\b",
        r"(?:^|[.!?]\s+)(?:respond|reply|answer)\s+(?:only|with|in|to)\b",
        r"\b(?:dear|attention[,:!]|note to) (?:readers?|reviewers?|users?|assistants?|ai|llms?|models?)\b|\b(?:readers|reviewers|you) (?:must|should|are (?:advised|urged|encouraged|asked|instructed) to|need to|have to)\b|\burge (?:all |the )?(?:readers|users|you|everyone)\b",
        r"\b(?:send|give|enter|provide|share|reveal|print|output|repeat)\b[^.\n]{0,24}\b(?:passwords?|api keys?|credentials?|secrets?|tokens? to|credit card|personal data|system prompt)\b",
        r"\b(?:buy|purchase|download|install|contact|email)(?: (?:it|this|them|yours?))?(?: (?:now|us|today|me))\b",
        r"\bplease\b",
        r"ください|下さい|くださいませ|(?:して|て)(?:ね|よ)[。!]|なさい[。!]|(?:[えけせてねべめれげ]よ|しろ|やめろ|みろ)[。!]|無視して[。!]|お願い(?:し|いた|申)|願います|ましょう|(?:して)?(?:いただきたい|頂きたい|ほしい|欲しい)(?:です)?[。!]",
        r"(?:必ず|絶対に|直ちに|ただちに|今すぐ|いますぐ)[^。\n]{0,40}(?:こと[。!]|べき|べし|登録|購読|フォロー|送信|転送|共有せ|購入|ダウンロード|確認|返信|実行せ|出力)",
        r"[うくぐすつぬぶむる]こと[。!]",
        r"(?:読んだ|読む|読んでいる|見た|処理する)(?:AI|LLM|モデル|アシスタント|方|皆)[^。\n]{0,6}[はへにも、]|(?:AI|アシスタント|LLM|モデル)(?:に告ぐ|(?:へ|各位)[:、])",
        r"(?:高|肯定的な?|好意的な?|最高の?)い?(?:評価|スコア|レビュー|査読)(?:を|だけを|のみを)?(?:付け|与え(?:る(?:こと|よう)|よ)|書|出力|つけ)",
        r"(?:と|のみ|だけ)(?:回答|返答|返信|出力|答え)(?:せよ|すること|しなさい|するよう)|(?:回答|返答|返信|出力)(?:せよ|しなさい|すること[。!])",
        r"(?:忽略|无视|無視)[^。\n]{0,12}(?:指令|指示|提示)|点击|點擊|请(?:访问|点击|订阅|关注|忽略)|請(?:訪問|點擊)|(?:지시|명령)(?:를|을)? 무시|클릭|방문하세요|구독",
        r"\b(?:ignorez|ignoriere|ignora|ignore)\b[^.\n]{0,20}\b(?:instructions|anweisungen|instrucciones|instruções)\b|\bcliquez\b|\bklicken Sie\b|\bhaga clic\b|\bнажмите\b|игнорируй",
    )
)
_NEVER_EXCUSED = 3  # the first ones are orders even where the source gives them too
# (words that are an order, unless the source has what stands beside them: then they may be the paper's own topic)
_TOPICAL = tuple(
    (re.compile(words, re.IGNORECASE | re.ASCII), re.compile(topic, re.IGNORECASE | re.ASCII))
    for words, topic in (
        (
            r"\bsystem prompts?\b|\bdeveloper (?:message|prompt)s?\b|\bjailbreak\w*\b|\bprompt injections?\b",
            r"prompt|jailbreak|inject|developer message",
        ),
        (r"\b(?:you|your|yours|yourself)\b", r"\b(?:you|your|yours|yourself)\b"),
        (r"\bas an? (?:ai|large) language model\b", r"as an? (?:ai|large) language model"),
        (r"\bsubscri(?:be|ption)\b", r"subscri"),
        (r"システムプロンプト|プロンプトインジェクション|ジェイルブレイク|脱獄", r"prompt|inject|jailbreak|attack"),
        (
            r"(?:指示|命令|プロンプト|ルール|制約|設定|指令|文脈|内容)(?:を|は|など|等)?(?:すべて|全て|全部|一切|完全に|必ず)?(?:を)?、?(?:無視|忘れ|破棄|取り消|無効)",
            r"ignor|disregard|overrid|bypass|forget|violat",
        ),
        (
            r"(?:これまで|以前|上記|前述|前|先|今まで|従前|元)の(?:すべての|全ての)?(?:指示|命令|プロンプト|ルール|指令)",
            r"instruction|prompt|rule|command",
        ),
        (
            r"クリック|タップ(?:して|すると|を)|アクセスして|(?:リンク|URL|サイト|ページ|ウェブサイト|公式サイト|ホームページ)(?:を|へ|に|から|も)(?:ぜひ|必ず|今すぐ)?"
            r"(?:参照|開|確認|ご覧|訪|見て|チェック|登録|アクセス|お越し|飛)",
            r"\b(?:web\w*|pages?|sites?|urls?|links?|hyperlinks?|brows\w+|click\w*|guis?|interfaces?|access\w*)\b",
        ),
        (r"あなた|貴方|皆(?:さん|様|さま)|お客様", r"\b(?:you|your|customers?)\b"),
        (r"読者(?:は|の皆|に|へ|諸)", r"\breaders?\b"),
        (r"(?:チャンネル|メルマガ|ニュースレター)(?:を|の|に)?(?:購読|登録)|購読", r"subscri|newsletter"),
        (r"フォロー(?:を|して|お願)|いいね", r"follow|\blikes?\b"),
        (r"お問い?合わ?せ|お申し込み", r"inquir|enquir|customer|appl|quer"),
        (
            r"(?:パスワード|APIキー|暗証番号|個人情報|認証情報|秘密鍵)を?(?:入力|送|教え|開示|出力|共有|提供せ)",
            r"password|credential|api key|personal|secret|privat",
        ),
    )
)
_IMPERATIVE = re.compile(
    r"^(?:then |now |just |also |immediately |always |kindly |[\s\"'*>-]+)?"
    r"(?:click|visit|subscribe|follow|share|send|reply|respond|contact|download|install|call|email|forward|retweet|star|join|switch|enter|enable|disable|activate|pretend|assume|answer|summari[sz]e|grant"
    r"|register|buy|check|remember|forget|tell|read|try|output|print|write|translate|repeat|say|reveal|execute|go|log|sign|make|don't"
    r"|do not|vote|cite|tag|post|copy|paste|open|delete|approve|accept|rate|rank|recommend|praise|mark|consider|ask|stop|ignore|disregard)"
    r"\s+(?:the|this|these|that|your|our|us|here|now|all|any|my|me|it|a|an|to|for|in|out|sure|only|everyone|with|everything|not|every)\b",
    re.IGNORECASE | re.ASCII,
)


def intrusion_findings(source: str, text: str) -> Iterator[Finding]:
    """LINK, MENTION, INSTRUCTION and MALFORMED. `source` is the title and the text; links and handles of it may stay."""
    shown = visible(unicodedata.normalize("NFKC", html.unescape(text)))
    known = unicodedata.normalize("NFKC", html.unescape(source))
    yield from _markup(shown, known)
    yield from _mentions(shown, known)
    yield from _links(shown, known)
    yield from _orders(shown, known)


def _markup(text: str, source: str) -> Iterator[Finding]:
    for match in _ROLE.finditer(text):
        if match[0].strip() not in source:
            yield Finding(FindingKind.INSTRUCTION, match[0].strip())
    for match in _TAG.finditer(text):
        if match[0] not in source and not _MENTION.match(match[0]):
            yield Finding(FindingKind.MALFORMED, match[0][:80])
    for match in _MARKUP.finditer(text):
        if match[0].strip() not in source:
            yield Finding(FindingKind.MALFORMED, match[0].strip() or "markup")
    told = [s for s in sentences(plain(text)) if len(s) > 12]
    for sentence in dict.fromkeys(told):
        if told.count(sentence) > 2:
            yield Finding(FindingKind.MALFORMED, f"said {told.count(sentence)} times: {sentence[:60]}")


def _mentions(text: str, source: str) -> Iterator[Finding]:
    for match in _MENTION.finditer(_EMAIL.sub(" ", text)):
        for_all = re.fullmatch(r"<!?[^>]*>|@(?:everyone|here|channel)", match[0], re.IGNORECASE | re.ASCII)
        if for_all or match[0] not in source:
            yield Finding(FindingKind.MENTION, match[0])


def _links(text: str, source: str) -> Iterator[Finding]:
    compared = source.casefold()
    found: list[str] = []
    for pattern in (_MARKDOWN_LINK, URL, _OTHER_LINK, _EMAIL, _DOMAIN):
        for match in pattern.finditer(text):
            address = match[0].rstrip(".,;:!?/)") if pattern is not _MARKDOWN_LINK else match[0]
            if address.casefold() in compared or any(address in known for known in found):
                continue
            found.append(address)
            yield Finding(FindingKind.LINK, address[:200])


def _orders(text: str, source: str) -> Iterator[Finding]:
    said: list[str] = []
    prose = URL.sub(" ", plain(text))
    copied = " ".join(plain(source).casefold().split())
    for n, pattern in enumerate(_ORDERS):
        match = pattern.search(prose)
        if match and (n < _NEVER_EXCUSED or " ".join(match[0].casefold().split()) not in copied):
            said.append(match[0].strip())
    for pattern, topic in _TOPICAL:
        match = pattern.search(prose)
        if match and not topic.search(source):
            said.append(match[0])
    for sentence in sentences(prose):
        match = _IMPERATIVE.search(sentence)
        if match and match[0].casefold() not in copied:
            said.append(sentence[:80])
    yield from (Finding(FindingKind.INSTRUCTION, words[:80]) for words in dict.fromkeys(said))
