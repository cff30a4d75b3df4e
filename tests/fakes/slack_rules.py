"""What a careful app never sends to Slack, although Slack may take it: pure rules about one call.

Whoever writes papers, summaries or chat may write anything: their text must be able to notify nobody and to hide behind
no link. Limits: https://docs.slack.dev/reference/methods/chat.postMessage; escaping:
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.fakes.slack_blocks import elements
from tests.fakes.slack_mrkdwn import autolinks

Json = dict[str, Any]

LONGEST_FALLBACK = 4_000  # characters of `text`; what is longer arrives as several messages
_MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
_MESSAGE = "text blocks attachments metadata mrkdwn parse link_names unfurl_links unfurl_media thread_ts markdown_text "

# By method: the arguments that it needs, and those that it also takes. `token` and `team_id` go with any call.
ARGUMENTS: dict[str, tuple[str, str]] = {
    "api.test": ("", "error foo"),
    "apps.connections.open": ("", ""),
    "assistant.threads.setStatus": ("channel_id thread_ts", "status loading_messages username icon_url icon_emoji"),
    "auth.revoke": ("", "test"),
    "auth.test": ("", ""),
    "bots.info": ("", "bot"),
    "chat.appendStream": ("channel ts", "markdown_text chunks"),
    "chat.delete": ("channel ts", "as_user"),
    "chat.getPermalink": ("channel message_ts", ""),
    "chat.postEphemeral": ("channel user", _MESSAGE + "username icon_url icon_emoji"),
    "chat.postMessage": ("channel", _MESSAGE + "username icon_url icon_emoji reply_broadcast"),
    "chat.startStream": (
        "channel thread_ts",
        "markdown_text chunks recipient_user_id recipient_team_id task_display_mode username icon_url icon_emoji",
    ),
    "chat.stopStream": ("channel ts", "markdown_text chunks blocks metadata session_status"),
    "chat.update": ("channel ts", _MESSAGE + "reply_broadcast file_ids"),
    "conversations.history": ("channel", "cursor inclusive latest oldest limit include_all_metadata"),
    "conversations.info": ("channel", "include_locale include_num_members"),
    "conversations.join": ("channel", ""),
    "conversations.list": ("", "cursor exclude_archived limit types"),
    "conversations.members": ("channel", "cursor limit"),
    "conversations.open": ("", "channel prevent_creation return_im users"),
    "conversations.replies": ("channel ts", "cursor inclusive latest oldest limit include_all_metadata"),
    "files.completeUploadExternal": ("files", "channel_id channels thread_ts initial_comment blocks"),
    "files.getUploadURLExternal": ("filename length", "alt_txt snippet_type"),
    "oauth.v2.access": ("client_id client_secret", "code grant_type redirect_uri refresh_token"),
    "reactions.add": ("channel name timestamp", ""),
    "reactions.get": ("", "channel file file_comment full timestamp"),
    "reactions.remove": ("name", "channel file file_comment timestamp"),
    "response_url": ("", _MESSAGE + "response_type replace_original delete_original"),
    "team.info": ("", "domain team"),
    "users.conversations": ("", "cursor exclude_archived limit types user"),
    "users.info": ("user", "include_locale"),
    "views.open": ("view", "trigger_id interactivity_pointer"),
    "views.publish": ("user_id view", "hash"),
    "views.push": ("view", "trigger_id interactivity_pointer"),
    "views.update": ("view", "external_id hash view_id"),
}

_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|\s]+(?:\|([^<>|\n]+))?>|<!date\^[^<>|]+\|([^<>|]+)>")
_NOTIFYING = re.compile(r"<(?:!(?:channel|here|everyone|subteam\b)|@)[^<>]*>")
_QUOTE = re.compile(r"^>+ ?", re.MULTILINE)
_UNESCAPED = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")


def problems(method: str, arguments: Json) -> Iterator[str]:
    """Yield what is wrong with one call. `blocks` and `view` are decoded."""
    if method not in ARGUMENTS:
        yield f"no known method: {method}"
        return
    needed, optional = (set(names.split()) for names in ARGUMENTS[method])
    yield from (f"needs {name}" for name in sorted(needed) if arguments.get(name) in (None, ""))
    yield from (f"takes no {name}" for name in sorted(arguments.keys() - needed - optional - {"token", "team_id"}))
    if method in _MESSAGES:
        yield from _of_message(arguments)
    yield from _of_mrkdwn(str(arguments.get("initial_comment") or ""))
    if method == "chat.startStream" and not str(arguments.get("channel")).startswith("D"):
        yield "streams where others read, who see only how it begins"
    view = arguments.get("view") or {}
    chunks = [one for chunk in arguments.get("chunks") or () for one in chunk.get("blocks") or ()]
    for block in [*(arguments.get("blocks") or ()), *chunks, *(view.get("blocks") or ())]:
        yield from _of_block(block)


def _of_message(arguments: Json) -> Iterator[str]:
    text = str(arguments.get("text") or "")
    if not text.strip() and not arguments.get("delete_original"):
        yield "has no text, which notifications and screen readers read"
    if len(text) > LONGEST_FALLBACK:
        yield f"has a text of {len(text)} characters"
    yield from _of_mrkdwn(text)


def _of_block(block: Json) -> Iterator[str]:
    for kind, text in _texts(block):
        if not text.strip():
            yield "has an empty text"
        if kind == "mrkdwn":
            yield from _of_mrkdwn(text)
        elif kind == "markdown" and _NOTIFYING.search(text):
            yield f"notifies people: {text[:40]!r}"
    times = Counter(one["action_id"] for _, one in elements([block]))
    yield from (f"has {name} twice in a block" for name, count in times.items() if count > 1)


def _of_mrkdwn(text: str) -> Iterator[str]:
    yield from (f"notifies people: {found}" for found in _NOTIFYING.findall(text))
    yield from (f"makes a link of {found!r}" for found in autolinks(text))
    rest = _QUOTE.sub("", _NOTIFYING.sub("", _LINK.sub(lambda link: link[1] or link[2] or "", text)))
    if raw := _UNESCAPED.search(rest):
        yield f"has {raw[0]!r} unescaped: {rest[max(0, raw.start() - 20) : raw.end() + 20]!r}"


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Yield (type, text) of every text object and markdown block inside."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and "type" in value:
            yield value["type"], value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
