"""Draws a channel of the Discord double as a page in a chat client's style, for a browser's screenshot.

`page(state, channel)` is one self-contained HTML document: no script, no picture or font from elsewhere. Pure.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.fakes.discord_markdown import drawn
from tests.fakes.discord_model import Channel, Json, Kind, Message, Reaction
from tests.fakes.discord_state import DiscordState

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#313338;color:#dbdee1;font:16px/1.375 "gg sans","Noto Sans","Noto Sans CJK JP",sans-serif}
header{padding:12px 16px;border-bottom:1px solid #26272b;font-weight:600;color:#f2f3f5}
main{display:flex;gap:16px;align-items:flex-start;padding:8px 0}
section{flex:1 1 0;min-width:0;max-width:760px}
section+section{border-left:1px solid #26272b}
a{color:#00a8fc;text-decoration:none}
.message{position:relative;padding:6px 16px 6px 72px;overflow-wrap:anywhere}
.avatar{position:absolute;left:16px;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;
text-align:center;line-height:40px}
.author{font-weight:500;color:#f2f3f5}.app{background:#5865f2;color:#fff;border-radius:4px;font-size:10px;
padding:1px 4px;margin-left:4px}
.at,.edited{color:#949ba4;font-size:12px;margin-left:6px}
.embed{position:relative;display:grid;grid-template-columns:1fr auto;max-width:520px;margin-top:6px;
padding:8px 16px 14px 12px;background:#2b2d31;border-left:4px solid #1e1f22;border-radius:4px;font-size:14px}
.embed>div{grid-column:1;min-width:0}
.embed .title{font-weight:600;font-size:16px;margin-top:6px}.embed .by{font-weight:600;margin-top:6px}
.embed .text{margin-top:6px}.embed>.thumbnail{grid-column:2;grid-row:1/5;width:80px;height:80px;margin:8px 0 0 16px}
.embed>.image{grid-column:1/3;height:180px;margin-top:12px}
.picture{background:#404249;color:#949ba4;border-radius:4px;font-size:11px;padding:4px;overflow:hidden}
.fields{display:grid;grid-template-columns:repeat(3,1fr);gap:8px;margin-top:8px}.field{grid-column:1/4}
.field.inline{grid-column:auto}.field>b{display:block;color:#f2f3f5}
.footer{font-size:12px;margin-top:8px}
.embed>.footer{grid-column:1/3}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:6px}
.button{background:#4e5058;color:#fff;border-radius:8px;padding:6px 16px;font-size:14px;font-weight:500}
.button.s1{background:#5865f2}.button.s3{background:#248046}.button.s4{background:#da373c}.off{opacity:.5}
.modal{background:#313338;border:1px solid #26272b;border-radius:8px;width:440px;margin:24px;padding:16px}
.modal h2{margin:0 0 12px}.label{font-weight:600;font-size:14px;margin-top:12px;color:#f2f3f5}
.about{font-size:13px;color:#b5bac1}.input{background:#1e1f22;border-radius:6px;padding:10px;margin-top:6px;
min-height:42px;font-size:15px}.input.long{min-height:90px}.empty{color:#949ba4}
.options{background:#2b2d31;border-radius:8px;width:400px;padding:4px 0}.option{padding:6px 12px}
.file{background:#2b2d31;border-radius:8px;padding:10px 12px;margin-top:6px;max-width:400px;color:#00a8fc}
.time{background:#404249;border-radius:3px;padding:0 2px}
.menu{background:#1e1f22;border:1px solid #1e1f22;border-radius:8px;padding:8px 12px;width:400px}
.reactions{display:flex;flex-wrap:wrap;gap:4px;margin-top:6px}
.reaction{background:#2b2d31;border:1px solid transparent;border-radius:8px;padding:2px 6px;font-size:14px}
.reaction.me{background:#373a53;border-color:#5865f2}.reaction.burst{box-shadow:0 0 6px #eb459e}
.thread{background:#2b2d31;border-radius:8px;padding:8px;margin-top:6px;max-width:480px;font-size:14px}
.container{background:#2b2d31;border:1px solid #3f4147;border-radius:8px;padding:12px;margin-top:6px;max-width:520px}
.private{background:rgba(88,101,242,.1)}
.system{color:#949ba4}
code,pre{background:#1e1f22;border-radius:4px;font:14px/1.3 monospace;padding:1px 4px}
pre{padding:8px;white-space:pre-wrap}
.mention{background:rgba(88,101,242,.3);color:#c9cdfb;border-radius:3px;padding:0 2px}
.spoiler{background:#1e1f22;color:#1e1f22}.quote{border-left:4px solid #4e5058;padding-left:12px}
.item{padding-left:18px}.item:before{content:"• ";margin-left:-14px}
.small{font-size:13px;color:#949ba4}h1,h2,h3{margin:8px 0 4px;color:#f2f3f5}h1{font-size:24px}
h2{font-size:20px}h3{font-size:16px}
""".replace("\n", "")


def page(state: DiscordState, channel: Channel, thread: Channel | None = None, private: Sequence[Message] = ()) -> str:
    """The channel's messages, beside it those of one `thread`, and below it what one person alone sees (`private`)."""
    names = _names(state)
    forum = [one for one in state.channels.values() if one.parent is channel and channel.kind is Kind.FORUM]
    left = "".join(_message(one, names) for one in [*channel.shown, *private])
    left += "".join(_post(one, names) for one in sorted(forum, key=lambda one: -one.id))
    right = ""
    if thread is not None:
        messages = "".join(_message(one, names) for one in thread.shown)
        right = f"<section><header>🧵 {html.escape(thread.name)}</header>{messages}</section>"
    title = html.escape(channel.name or "direct messages")
    left = f"<section><header># {title}</header>{left}</section>"
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><main>{left}{right}</main></body></html>"
    )


def form(modal: Json) -> str:
    """A form as it opens: its title, and each field with its label and what it holds."""
    fields = "".join(_labelled(one) for one in modal["components"])
    buttons = '<div class="row"><span class="button">Cancel</span><span class="button s1">Submit</span></div>'
    title = html.escape(modal["title"])
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>"
        f'<body><div class="modal"><h2>{title}</h2>{fields}{buttons}</div></body></html>'
    )


def _labelled(one: Json) -> str:
    field = one["component"]
    chosen = [option["label"] for option in field.get("options") or [] if option.get("default")]
    text = field.get("value") or ", ".join(chosen)
    kind = "input" if text else "input empty"
    kind += " long" if field.get("style") == 2 else ""
    about = f'<div class="about">{html.escape(one["description"])}</div>' if one.get("description") else ""
    mark = "" if field.get("required") is False else " *"
    return (
        f'<div class="label">{html.escape(one["label"])}{mark}</div>{about}'
        f'<div class="{kind}">{html.escape(text or field.get("placeholder") or "")}</div>'
    )


def _names(state: DiscordState) -> dict[str, str]:
    people = {str(one.id): one.name for one in state.users.values()}
    return people | {str(one.id): one.name for one in state.channels.values()}


def _message(message: Message, names: Mapping[str, str]) -> str:
    if message.reference and not message.content and not message.embeds:  # the first line of a thread
        return f'<div class="message system">{html.escape(message.reference.author.name)} started this thread</div>'
    author = html.escape(message.author.name)
    app = '<span class="app">APP</span>' if message.author.bot else ""
    at = datetime.fromtimestamp(message.at, UTC).strftime("%Y-%m-%d %H:%M")
    edited = '<span class="edited">(edited)</span>' if message.edits else ""
    parts = [drawn(message.content, names) if message.content else ""]
    parts += [_embed(one, names) for one in message.embeds]
    parts += [f'<div class="file">📄 {html.escape(one["filename"])}</div>' for one in message.attachments]
    parts += [_component(one, names) for one in message.components]
    if message.reactions:
        parts.append(f'<div class="reactions">{"".join(_reaction(one) for one in message.reactions.values())}</div>')
    if message.thread:
        sent = message.thread.thread.sent if message.thread.thread else 0
        parts.append(f'<div class="thread">🧵 <b>{html.escape(message.thread.name)}</b> · {sent} messages</div>')
    if message.ephemeral:
        parts.append('<div class="small">👁 Only you can see this</div>')
    return (
        f'<div class="message{" private" if message.ephemeral else ""}"><div class="avatar">{author[:1].upper()}</div>'
        f'<span class="author">{author}</span>{app}<span class="at">{at}</span>{edited}{"".join(parts)}</div>'
    )


def _embed(embed: Json, names: Mapping[str, str]) -> str:
    parts = []
    if author := embed.get("author"):
        parts.append(f'<div class="by">{_linked(html.escape(author["name"]), author.get("url"))}</div>')
    if title := embed.get("title"):
        parts.append(f'<div class="title">{_linked(drawn(title, names, links=False), embed.get("url"))}</div>')
    if description := embed.get("description"):
        parts.append(f'<div class="text">{drawn(description, names)}</div>')
    if fields := embed.get("fields"):
        parts.append(f'<div class="fields">{"".join(_field(one, names) for one in fields)}</div>')
    parts += [
        f'<div class="picture {kind}">{html.escape(embed[kind]["url"])}</div>'
        for kind in ("thumbnail", "image")
        if embed.get(kind)
    ]
    below = [(embed.get("footer") or {}).get("text") or "", str(embed.get("timestamp") or "")[:16].replace("T", " ")]
    if any(below):
        parts.append(f'<div class="footer">{html.escape(" • ".join(filter(None, below)))}</div>')
    colour = f"#{int(embed.get('color') or 0x1E1F22):06x}"
    return f'<div class="embed" style="border-color:{colour}">{"".join(parts)}</div>'


def _linked(inside: str, address: str | None) -> str:
    return f'<a href="{html.escape(address)}">{inside}</a>' if address else inside


def _field(field: Json, names: Mapping[str, str]) -> str:
    kind = "field inline" if field.get("inline") else "field"
    return f'<div class="{kind}"><b>{drawn(field["name"], names, links=False)}</b>{drawn(field["value"], names)}</div>'


def _component(one: Json, names: Mapping[str, str]) -> str:
    inside = "".join(_component(child, names) for child in one.get("components") or [])
    match one.get("type"):
        case 1:
            inside = f'<div class="row">{inside}</div>'
        case 2:
            inside = _button(one)
        case 3 | 5 | 6 | 7 | 8:
            options = "".join(_option(each) for each in one.get("options") or [])
            inside = f'<div class="menu">{html.escape(one.get("placeholder") or "Make a selection")} ⌄</div>'
            inside = f'<div>{inside}<div class="options">{options}</div></div>' if options else inside
        case 9:
            beside = _component(one["accessory"], names) if one.get("accessory") else ""
            inside = f'<div class="row"><div style="flex:1">{inside}</div>{beside}</div>'
        case 10:
            inside = drawn(one.get("content") or "", names)
        case 11:
            inside = f'<div class="picture">{html.escape(one["media"]["url"])}</div>'
        case 14:
            inside = "<hr>"
        case 17:
            inside = f'<div class="container">{inside}</div>'
    return inside


def _option(one: Json) -> str:
    about = one.get("description") or ""
    return f'<div class="option">{html.escape(one["label"])}<div class="small">{html.escape(about)}</div></div>'


def _button(one: Json) -> str:
    emoji = (one.get("emoji") or {}).get("name") or ""
    label = html.escape(" ".join(filter(None, (emoji, one.get("label"), "↗" if one.get("url") else ""))))
    off = " off" if one.get("disabled") else ""
    return f'<span class="button s{int(one.get("style", 2))}{off}">{label}</span>'


def _reaction(reaction: Reaction) -> str:
    kinds = " burst" if reaction.burst else ""
    kinds += " me" if any(one.bot for one in reaction.normal) else ""
    emoji = html.escape(reaction.emoji.partition(":")[0] if ":" in reaction.emoji else reaction.emoji)
    return f'<span class="reaction{kinds}">{emoji} {len(reaction.normal) + len(reaction.burst)}</span>'


def _post(thread: Channel, names: Mapping[str, str]) -> str:
    """A forum's post with the start of its first message."""
    known = {tag.id: tag.name for tag in thread.parent.tags} if thread.parent else {}
    tags = " ".join(html.escape(f"[{known.get(tag, tag)}]") for tag in (thread.thread.tags if thread.thread else []))
    first = _message(thread.shown[0], names) if thread.messages else ""
    return f'<div class="message"><div class="thread"><b>{html.escape(thread.name)}</b> {tags}</div></div>{first}'
