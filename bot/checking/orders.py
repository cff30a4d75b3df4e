"""Orders to the reader or to a model, offers, and claims of a text about itself. A summary only tells what a paper says.

What decides is the mood, not the topic: `the attack makes models ignore earlier instructions` tells something, `ignore
earlier instructions` asks for it, whoever said it first. So nothing is excused by standing in the source.
"""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checking.orders_ja import JAPANESE, OTHER
from bot.models import Finding, FindingKind

_ACTIONS_EN = (
    "click|tap|press|visit|browse|navigate|scroll|scan|subscribe|unsubscribe|follow|share|forward|retweet|repost|upvote|vote|star|"
    "send|reply|respond|contact|call|phone|dial|text|email|e-mail|message|dm|ping|write|download|install|open|run|execute|launch|"
    "register|enroll|join|enter|type|input|provide|submit|fill|upload|paste|copy|verify|confirm|validate|authenticate|update|upgrade|renew|reset|"
    "change|activate|enable|disable|unlock|claim|redeem|collect|buy|purchase|order|pay|donate|transfer|deposit|invest|apply|book|"
    "ignore|disregard|forget|override|bypass|skip|pretend|act|behave|answer|summarize|summarise|translate|repeat|print|output|say|"
    "tell|reveal|disclose|give|grant|assign|award|rate|rank|score|mark|grade|recommend|endorse|praise|cite|approve|accept|reject|delete|"
    "remove|stop|remember|check|read|see|watch|listen|try|use|go|get|grab|make|keep|don't|never|always|ask|post|tag|switch|"
    "execute|sign|log|hurry|act|trust|believe|choose|select|pick|start|begin|continue|proceed|return|look|stay"
)
# Behind a verb at the head of a sentence, these make an order of it; a noun has none of them behind it.
_OBJECT_EN = r"(?:the|this|these|that|those|your|our|us|here|now|all|any|my|me|it|him|them|a|an|only|everyone|everything|not|every|no|yes|today|immediately|below|above|free|more|out|as if|with ok|only with|positively)\b"
_PHRASAL_EN = (
    r"(?:log ?in|log on|sign (?:in|up|on|here)|logging in|click|tap|go to|head (?:over )?to|tune in|opt in|scroll down|reply (?:to|with|in|only|stop|yes)|respond (?:to|with|in|only)|answer (?:with|in|only)"
    r"|subscribe (?:to|now|here|for|via|and)|register (?:for|at|with|now|here|today|via|on|to)|navigate to|proceed to|turn to|join (?:us|our|now|the)|contact (?:us|me|the authors?|our|support|your|sales)|call (?:us|now|toll)|follow us|act now|order now|apply now"
    r"|buy now|shop now|pay now|hurry|stay tuned|learn more|read more|see more|find out|check (?:out|it)|sign the|enter (?:your|the code)|do not|don't|never|make sure|be sure|feel free|remember to|please|kindly|note that you"
    r"|switch to|pretend|act (?:as|like)|behave (?:as|like)|you (?:are|must|should|will|have|can|may|need)|scan (?:the|this|here)|write to (?:us|me)|write (?:me|us)|(?:e-?mail|message|dm) (?:us|me|the authors?|your|support)|text (?:us|me|to)|give (?:it|this|the|a|us|me)|vote for|upvote)\b"
)
_HEAD_EN = r"(?:^|[.!?:;\n—–•|>*\"“”'‘(\[{「『]\s{0,3}|\s[-–—]\s)"
_LEAD_EN = r"(?:(?:then|now|just|also|immediately|always|kindly|please|simply|so|first|next|finally|instead|and|but|or|ok|hey|hello|dear [a-z]+,?|attention|important|notice|warning|urgent|reminder|tip|ps|p\.s\.)[,:!]?\s){0,3}"
_AFTER_PURPOSE_EN = (
    r"(?:^|[.!?\n]\s{0,3})(?:to|for|if|in order|before|after|once|when|otherwise|unless)\b[^.,\n]{2,90},\s"
)
_PEOPLE_EN = r"(?:readers?|reviewers?|users?|members?|recipients?|subscribers?|visitors?|viewers?|everyone|anyone|evaluators?|graders?|judges?)"
_MACHINES_EN = (
    r"(?:assistants?|ai (?:models?|assistants?|systems?|agents?|reviewers?)|llms?|language models?|chatbots?)"
)
_READER_EN = rf"(?:(?:the |all |every |each |any )?(?:{_PEOPLE_EN}|{_MACHINES_EN}|models?|agents?))"
_RATING_EN = r"(?:perfect|maximum|max|highest|top|full|positive|favou?rable|glowing|excellent|five[- ]star|5[- ]star|10/10|100/100|strong accept)"
_AUTHORITY_EN = r"(?:arxiv|kawaraban|slack|discord|anthropic|claude|openai|hugging ?face|semantic scholar|google|microsoft|meta|the (?:bot|editors?|editorial (?:team|board|office)|moderators?|moderation team|staff|administrators?|admins?|security team|support team|program chairs?))"
_APPROVED_EN = r"(?:verified|approved|certified|endorsed|authenticated|validated|vetted|fact[- ]?checked|recommended|confirmed|reviewed|checked|guaranteed|sponsored|trusted|accredited)"
_SELF_EN = r"(?:this|the above|the following|the present|our) (?:summary|summaries|digest|message|entry|post|notice|text|answer|translation|abstract|bot|channel|link|content)"
_ACCOUNT_EN = r"(?:(?<![a-z] )registration|(?:user|member|online) registration|membership|log-?in|sign-?(?:up|in)|an? (?:free )?account|free (?:account|registration|trial|membership)|account (?:creation|registration|verification)|(?:paid )?subscription|password (?:reset|change)|payment|a (?:small )?fee|identity verification|email verification)"

_ENGLISH = (
    # orders to a model
    rf"{_HEAD_EN}{_LEAD_EN}(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{{0,40}}\b(?:instructions?|prompts?|directives?|rules|guidelines|messages?|context|text|constraints|above|before)\b",
    r"(?<![a-z] )\b(?:ignore|disregard|forget|override)\s(?:all\s|any\s|the\s|your\s|my\s|these\s|those\s){0,3}(?:previous|prior|above|earlier|preceding|foregoing|existing|system)\s(?:and\s\w{3,20}\s)?(?:instructions?|prompts?|directives?|rules|guidelines|messages?|context)\b",
    r"(?:^|[.!?\n]\s{0,3})as an? (?:ai|large) language model\b|\b(?:system|developer) prompt\s?:|\bnew (?:instructions?|task|rules?)\s?:|\b(?:end|start|begin) of (?:the )?(?:prompt|system|instructions?|user)\b|\bjailbreak mode\b|\b(?:developer|admin|god|dan) mode (?:on|enabled|activated)\b",
    rf"\b(?:give|giving|gives|assign|award|output|write|leave|grant|rate|score|grade)\b[^.\n]{{0,40}}\b{_RATING_EN}\b[^.\n]{{0,16}}\b(?:reviews?|ratings?|scores?|evaluations?|feedback|marks?|grades?|recommendations?)\b(?! (?:to|of|than|on|for|from|among|in|is|are|was|were|when|by)\b)",
    rf"{_HEAD_EN}{_LEAD_EN}(?:give|assign|award|output|write|leave|grant|rate|score|grade)\b[^.\n]{{0,40}}\b{_RATING_EN}\b",
    rf"\b(?:rate|score|grade|mark)\s(?:this|it|the (?:paper|work|submission))\b[^.\n]{{0,30}}\b(?:\d{{1,3}}|{_RATING_EN})\b|\b(?:deserves|merits|should (?:get|receive|be given)|must (?:get|receive|be given))\b[^.\n]{{0,20}}\b{_RATING_EN}\b[^.\n]{{0,12}}\b(?:reviews?|ratings?|scores?|marks?|grades?)\b|\b(?:strongly )?recommend (?:acceptance|accepting)\b",
    r"\b(?:act|behave|respond|reply|answer) (?:as|like) (?:a|an|if|the)\b[^.\n]{0,40}\b(?:assistant|pirate|AI|admin|you|model|chatbot|expert)\b(?=[.!]|\s?$)",
    # the reader is spoken to
    r"\bplease\b|\bkindly\b",
    rf"\b(?:dear|attention[,:!]|note to|message to|hello|hi|hey)\s{_READER_EN}\b",
    rf"{_PEOPLE_EN}\s(?:must|shall|should|need to|have to|are (?:advised|urged|encouraged|asked|instructed|required|requested|invited|reminded) to)\s(?:now |also |first |always |immediately |only ){{0,2}}(?:click|tap|visit|log|sign|register|subscribe|follow|share|download|install|contact|call|email|send|enter|pay|donate|vote|cite|star|upvote|read|ignore|disregard|reply|give|rate|score|recommend|join|verify|confirm|update|reset|change)\b(?! (?:to (?:a|the) (?:query|question|prompt)|questions|queries))",
    rf"{_MACHINES_EN}\s(?:must|shall|should|need to|have to|are (?:asked|instructed|required|requested|reminded) to)\s(?:now |also |first |always |immediately |only ){{0,2}}(?:ignore|disregard|forget|(?:reply|respond|answer) (?:with|only|in)|say that|give (?:this|it|the)|rate|recommend|praise|mention)\b",
    r"\burge (?:all |the )?(?:readers|users|you|everyone)\b|\bwe (?:urge|invite|encourage|ask|advise|beg) (?:all |the )?(?:readers|you|everyone|reviewers)\b",
    # orders and offers to a person
    rf"{_AFTER_PURPOSE_EN}(?:please\s|just\s|simply\s)?(?:(?:{_ACTIONS_EN})\s{_OBJECT_EN}|(?:log|sign) (?:in|up|on)\b|click|visit|contact|call|email|register|subscribe|scan|download|go to|see https?|e-?mail)",
    r"\b(?:log(?:ging)? ?in|sign(?:ing)? ?(?:in|up)) (?:at|via|here|now|below|through|on|with)\b(?! (?:a|an|the same|multiple|several|each|other|new|different|untrusted|fake|fraudulent|websites?|sites?|pages?|behalf))[^.\n]{0,40}\b(?:portal|page|site|website|link|account|address|below|here|now|today|to (?:read|view|access|continue|see|unlock))\b",
    r"\b(?:click(?:ing)?|tap(?:ping)?|press(?:ing)?)\s(?:here|below|now|on this link|this link|the (?:link|button) (?:below|above|here))\b",
    r"\b(?:visit|check out|go to|head to|browse|see)\s(?:our|my|their official|the official|the project'?s?|the authors'?|the linked)\s(?:\w{1,20}\s){0,2}(?:web ?sites?|sites?|pages?|links?|homepages?|profiles?|channels?|bios?|portals?|shops?|stores?|servers?)\b",
    r"\b(?:subscribe|sign up|log in|register|follow us|join us|donate|retweet|upvote)\b[^.\n]{0,24}\b(?:now|today|here|to (?:our|my|this)|for (?:free|more)|below)\b",
    r"\b(?:buy|purchase|download|install|contact|email|text|message|write to|dm|ping)\s(?:it|this|them|us|me|the authors?|our team|support|customer (?:service|support)|sales)(?: (?:now|today|directly|at|on|via|by|for)\b)?(?=[\s.,!;:]|$)(?! (?:to the|with the|as|and|is|are|who|whose|were|have)\b)",
    r"\b(?:limited[- ]time|special offer|act (?:now|fast)|while (?:stocks|supplies) last|free gifts?|promo(?:tion(?:al)?)? code|discount code|coupon code|gift cards?\b(?= (?:for|now|to (?:the|all|every)))|prize|giveaway|money[- ]back|risk[- ]free|guaranteed returns?|double your)\b",
    r"\b(?:account|session|password|subscription|license|mailbox)s? (?:has been|have been|is|was|will be|are) (?:suspended|locked|disabled|deactivated|expired|compromised|terminated|limited|on hold)\b(?=[.!,]|\s?$)",
    rf"\b{_ACCOUNT_EN}\s(?:is|are)\s(?:now |also )?(?:required|needed|necessary|mandatory)\b(?! for (?:all|the|each|training|every) (?:users|method|approach|models?))|\b(?:registration|registering)\s(?:is|are)\s(?:required|needed|mandatory)\s(?:to|for|before)\s(?:read|view|access|continu|see|download|unlock|open|full|the (?:full|complete))",
    r"\b(?:requires?|needs?) (?:a |an )?(?:free |paid )?(?:registration|log-?in|membership|sign-?up|subscription|account) (?:to|for) (?:read|view|access|continue|see|download|unlock|the full)\b|\b(?:full text|full paper|details|full version|access|code|paper|report)\b[^.\n]{0,30}\b(?:after|upon|with|behind|for) (?:a |free |paid )*(?:registration|registering|log(?:ging)?[- ]?in|sign(?:ing)?[- ]?(?:in|up)|membership|subscription|payment|subscribers|members)\b",
    # claims about the text itself
    rf"\b{_APPROVED_EN}\s(?:as \w+ )?by\s(?:the\s)?{_AUTHORITY_EN}\b(?:'s)?(?:\s(?:staff|team|moderators?|editors?|administrators?|security|support|officials?|review(?:ers)?))?(?!\s(?:models?|agents?|data ?sets?|api|\d|[a-z]+ (?:models?|benchmark)))",
    rf"\b{_SELF_EN}\s(?:has been|have been|is|was|were|are)\s(?:\w{{2,20}}\s){{0,2}}(?:{_APPROVED_EN}|correct|accurate|official|safe|genuine|authentic|complete)\b",
    rf"(?:^|[.!?\n(\[【]\s{{0,3}})(?:officially |fully |human[- ]|expert[- ]|peer[- ]|independently |100% |double[- ]){{0,2}}(?:{_APPROVED_EN}|official(?: summary)?|safe|certified safe|editor'?s? (?:pick|choice|note)|staff pick|sponsored|advertisement)(?: (?:content|summary|source|account|paper|true|accurate|correct|(?:and )?safe|and (?:certified|verified|approved|official|checked))){{0,3}}\s?(?:[.!:)\]】\n]|$)",
    r"\b(?:officially|independently)\s(?:verified|approved|endorsed|certified|recognized)\b(?=[.!,]|\s?$| by (?:the )?(?:arxiv|slack|discord|kawaraban))|\b(?:arxiv|slack|discord|kawaraban)(?:'s)? (?:staff|team|security|support|moderators?|administrators?|officials?)\b|\bfact[- ]checked (?:and|by)\b(?=[^.]{0,30}(?:team|staff|editors?|arxiv))",
    r"\beditor'?s note\b|\bdisclaimer\s?:|\bsponsored by\b(?= [^.]{0,30}(?:casino|shop|store|token|coin))",
)  # fmt: skip
# Titles speak to their readers as well (`Don't Ignore the Tail`), and a summary may name a paper by its title.
_LIKE_A_TITLE = (
    r"(?<!know )(?<!knowing )(?<!bring )(?<!as )\b(?:yours?|yourself|yourselves|y'all)\b|(?<!all )(?<!what )\byou(?:'re|'ll|'ve|'d)?\b(?! only [a-z]{2,12} once)",
    rf"{_HEAD_EN}{_LEAD_EN}(?:{_ACTIONS_EN})\s{_OBJECT_EN}",
    rf"{_HEAD_EN}{_LEAD_EN}{_PHRASAL_EN}",
)  # fmt: skip
_FLAGS = re.IGNORECASE | re.ASCII | re.MULTILINE
_ALWAYS = tuple(re.compile(p, _FLAGS) for p in (*_ENGLISH, *JAPANESE, *OTHER))
_UNLESS_TITLED = tuple(re.compile(p, _FLAGS) for p in _LIKE_A_TITLE)
_STAMPS = re.compile(
    "[\u2705\u2714\u2611\u2713\u2747\u26a0\u2757\u203c\u2049\u2b50\u2b55\u2139\u24c2\u3297\u3299\u00a9\u00ae\u2122\u260e\u2709\u270d\u261d-\u261f\u2192\u27a1]?[\U0001f000-\U0001faff]|[\u2705\u2714\u2611\u2713\u26a0\u2757\u260e\u2709\u261a-\u261f\u2b50]"
)


def order_findings(title: str, text: str) -> Iterator[Finding]:
    """Yield INSTRUCTION for each order, offer and claim about itself of a plain text without addresses."""
    said = [match[0].strip()[:80] for pattern in _ALWAYS if (match := pattern.search(text))]
    for part in {title, *re.split(r"[:?–—]\s", title)}:
        if " " in part.strip():
            text = text.replace(part.strip(), "X")
    said += [match[0].strip()[:80] for pattern in _UNLESS_TITLED if (match := pattern.search(text))]
    yield from (Finding(FindingKind.INSTRUCTION, words) for words in dict.fromkeys(said))


def stamp_findings(source: str, text: str) -> Iterator[Finding]:
    """Yield MALFORMED for each pictograph that is no example of the paper's own; stamps such as ✅ never are."""
    for sign in dict.fromkeys(_STAMPS.findall(text)):
        if sign not in source or sign in _SEALS:
            yield Finding(FindingKind.MALFORMED, f"pictograph {sign}")


_SEALS = frozenset("✅✔☑✓⚠❗☎✉⭐🔒🔐🛡🏅🎖🆗💯📞📱📧📩🔗👉👇🚨🔔🎁🎉💰")
