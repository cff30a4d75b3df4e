"""Words that do harm where nothing bears them out: accusations, endorsements, and talk of accounts and of this service.

A statement may have such a word only if the sentences that it rests on have one of the same meaning, in Japanese or in
English. Without this, whoever makes a model write in another language than the paper's may have it say what he likes.
"""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checking.text import plain
from bot.models import Finding, FindingKind

# What a statement says, and what of its source bears it out beside the same words. In lower case.
_PAIRS: tuple[tuple[str, str], ...] = (
    # what befalls papers and people
    (r"撤回|取り下げ|\bretract\w*|\bwithdr[ae]w\w*", r"retract|withdr"),
    (
        r"捏造|ねつ造|改ざん|改竄|剽窃|盗用|盗作|不正(?:行為|を|が|な)|研究不正|詐欺|\b(?:fabricat|plagiari|falsif|fraud|scam|misconduct)\w*",
        r"fabricat|plagiar|falsif|fraud|scam|misconduct|tamper|manipulat|forg|alter|illegal|malicious|cheat|decept",
    ),
    (r"乗っ取|漏洩|漏えい|流出|ハッキング|\b(?:compromised|hacked|hijack\w*|leaked)\b", r"compromis|hack|hijack|leak|breach|expos|steal|takeover|take over|taking over"),
    # who vouches for what
    (r"推薦|推奨|お墨付き|\b(?:recommends?|recommended|endors\w*)\b", r"recommend|endors|suggest|advi[sc]|encourag|prefer|should"),
    (r"保証|\bguarante\w*", r"guarant|ensur|assur|warrant|provabl|prove|certif|bound"),
    (
        r"認定|認証|公認|(?:検証|確認|照合|審査|承認)済|\b(?:certified|accredited|authenticated)\b",
        r"certif|accredit|authent|verif|validat|confirm|approv|check|review|login|log in",
    ),
    (r"モデレータ|運営(?:者|側|から|は|が)|管理者|管理人|事務局|\b(?:administrators?|admins?|moderators?)\b", r"admin|moderat|operator|manage|maintain"),
    (r"最高評価|満点|採択|\b(?:reviewers? should|strong accept)\b", r"accept|highest|best|perfect|full|top|maximum"),
    # accounts and money
    (r"ログイン|ログオン|サインイン|サインアップ|\b(?:log(?:s|ged|ging)?|sign(?:s|ed|ing)?)[ -]?(?:in|on|up)\b|\blogin\b", r"log[ -]?(?:in|on)|logged|sign[ -]?(?:in|up|ed)|authent"),
    (r"パスワード|暗証番号|\bpasswords?\b", r"password|passphrase|passcode|\bpin\b"),
    (r"(?:api|アクセス|秘密)\s?(?:キー|鍵|トークン)|トークンの再発行|\bapi[ -]?keys?\b|\baccess tokens?\b", r"\bkeys?\b|token|secret|credential"),
    (r"アカウント|会員|\baccounts?\b(?! for)|\bmembership\b", r"account|member|user|profile|registr"),
    (r"購読|\bsubscri\w*", r"subscri"),
    (r"暗号資産|仮想通貨|コインを|\b(?:bitcoins?|cryptocurrenc\w*)\b", r"coin|crypto|currenc|blockchain|ethereum"),
    (
        r"特典|賞品|賞金|抽選|懸賞|プレゼント|クーポン|当選|報酬が(?:得|もら)|\b(?:prizes?|lotter\w*|giveaways?|coupons?)\b",
        r"prize|award|reward|bonus|incentiv|lotter|compensat|paid|pay|coupon|gift",
    ),
    (r"振込|送金|支払(?:い|う|っ)|\b(?:wire|bank) transfer\b", r"pay|paid|transfer|purchas|transaction|price|cost|fee|money|bank"),
    # what somebody may type into a shell
    (r"\b(?:sudo|rm -rf|chmod|powershell|wget|curl -|bash -c|(?:pip|npm|brew|apt) install)\b", r"$^"),
    # this service and whoever answers
    (r"この(?:チャンネル|スレッド|サーバー?|ワークスペース)|\b(?:this|the) (?:channel|thread|workspace)\b", r"channel|thread|workspace|server"),
    (r"(?:この|当|本)ボット|瓦版|\bkawaraban\b|\bthe bot\b", r"\bbots?\b|kawaraban"),
    (r"この(?:回答|返答|要約)|\bthis (?:answer|reply|summary)\b", r"answer|repl|respons|summar|output"),
    (r"システムプロンプト|(?:以前|これまで|新しい|上記)の?指示|\bsystem prompt\b|\b(?:previous|new) instructions?\b", r"prompt|instruct"),
    (r"開発者モード|管理者モード|\b(?:developer|admin|debug) mode\b", r"\bmodes?\b"),
    (r"投票|リアクション|いいね|\b(?:up|down)?vot(?:es?|ed|ing)\b|\bthumbs-?up\b", r"vot|ballot|poll|elect|react|like|prefer|rat(?:e|ing)|major"),
    (r"\bqrコード|\bqr codes?\b", r"\bqr\b"),
    (r"プロフィール|\bprofiles?\b", r"profil|\bbio"),
    (r"ボタン|\bbuttons?\b", r"button|click|press|interface"),
    (r"有効期限|期限切れ|セッション(?:が|の)|\bexpire[sd]?\b", r"expir|session|timeout|deadline|valid"),
    # whoever writes speaks of itself
    (r"私[はがのも]|わたし|僕[はが]|\bi(?:'m| am| was| will| can| cannot| must| have)\b|\bmy\b", r"\bi\b|\bi'|\bmy\b|\bme\b"),
    (r"申し訳|お答えでき|\bi'm sorry\b|\bas an ai\b", r"sorry|apolog|as an ai|cannot"),
)  # fmt: skip
_GRAVE = tuple((re.compile(said), re.compile(f"{said}|{known}")) for said, known in _PAIRS)


def grave_findings(source: str, text: str) -> Iterator[Finding]:
    """Yield OTHER_PAPER for each grave word of a statement that nothing in its source bears out."""
    told, known = plain(text).casefold(), plain(source).casefold()
    for said, borne_out in _GRAVE:
        match = said.search(told)
        if match and not borne_out.search(known):
            yield Finding(FindingKind.OTHER_PAPER, f"nothing bears out: {match[0]}")
