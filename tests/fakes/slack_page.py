"""A channel of the tests' Slack as one page without anything from outside, for a browser's screenshot."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tests.fakes.slack_mrkdwn import glyph, mrkdwn
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Channel, Ephemeral, Json, Message, OpenView, User

STYLE = """
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.47 "Noto Sans CJK JP", "Noto Sans", sans-serif; }
h1 { font-size: 17px; margin: 0; padding: 12px 20px; border-bottom: 1px solid #ddd; position: sticky; top: 0;
     background: #fff; }
.message { display: flex; gap: 10px; padding: 8px 20px; max-width: 720px; overflow-wrap: anywhere; }
.avatar { flex: 0 0 36px; height: 36px; border-radius: 6px; background: #4a154b; color: #fff; text-align: center;
          line-height: 36px; font-weight: 700; }
.avatar.person { background: #2b7a8c; }
.body { min-width: 0; flex: 1; }
.name { font-weight: 700; } .app { font-size: 10px; background: #e8e8e8; padding: 1px 4px; border-radius: 3px; }
.time, .note { color: #616061; font-size: 12px; }
.thread { margin-left: 46px; border-left: 2px solid #e3e3e3; }
.ephemeral { background: #f7f7f2; }
.header { font-size: 18px; font-weight: 800; margin: 6px 0; }
.section { margin: 6px 0; display: flex; gap: 12px; } .section > .text { flex: 1; min-width: 0; white-space: pre-line; }
.section > .button { align-self: flex-start; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; margin: 6px 0; }
.context { color: #616061; font-size: 13px; margin: 4px 0; display: flex; flex-wrap: wrap; gap: 4px 10px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.button { border: 1px solid #bbb; border-radius: 6px; padding: 4px 12px; font-size: 13px; font-weight: 700; }
.button.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.button.danger { color: #e01e5a; border-color: #e01e5a; }
.field { border: 1px solid #bbb; border-radius: 6px; padding: 5px 10px; min-width: 160px; color: #444; }
.label { font-weight: 700; margin-top: 10px; }
.image { background: #eef; border: 1px dashed #99b; border-radius: 6px; padding: 24px; text-align: center; }
.reactions { display: flex; gap: 4px; margin-top: 4px; flex-wrap: wrap; }
.reaction { background: #efefef; border-radius: 12px; padding: 1px 8px; font-size: 13px; }
.reaction.own { background: #e8f5fa; box-shadow: inset 0 0 0 1px #1d9bd1; }
.emoji { border: 1px solid #ccc; border-radius: 8px; padding: 0 4px; font-size: 12px; background: #fff; }
.mention { background: #fff2c2; color: #1264a3; } .fault { background: #e01e5a; color: #fff; }
a { color: #1264a3; text-decoration: none; } hr { border: 0; border-top: 1px solid #ddd; margin: 10px 0; }
code { background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 0 3px; color: #c0392b; }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; white-space: pre-wrap; }
.rich { white-space: pre-wrap; } .rich ul, .rich ol { margin: 2px 0; padding-left: 24px; white-space: normal; }
.rich li { white-space: pre-wrap; }
blockquote { border-left: 4px solid #ddd; margin: 2px 0; padding-left: 10px; }
.modal { width: 520px; margin: 16px; border: 1px solid #ccc; border-radius: 8px; padding: 0 20px 16px; }
"""


class Page:
    """Draws what `viewer` sees: without one, what everybody does. `pictures` of emoji need a font that has them."""

    def __init__(self, state: SlackState, viewer: User | None = None, *, pictures: bool = False) -> None:
        self.pictures = pictures
        self.state = state
        self.viewer = viewer
        self.people = {one.id: one.name for one in state.users.values()}

    def channel(self, channel: Channel) -> str:
        """The messages of a channel, each with its thread, and what the viewer alone sees."""
        seen: list[Message | Ephemeral] = list(channel.top_level)
        seen += self._alone(channel, None)
        drawn = []
        for one in sorted(seen, key=lambda message: message.ts):
            drawn.append(self.message(one))
            replies = channel.replies(one.ts) if isinstance(one, Message) else []
            alone = self._alone(channel, one.ts)
            doing = self.state.status(channel, one.ts)
            if replies or alone or doing:
                both: list[Message | Ephemeral] = sorted([*replies, *alone], key=lambda message: message.ts)
                under = "".join(self.message(reply) for reply in both)
                under += f'<div class="message note">kawaraban {_plain(doing)}</div>' if doing else ""
                drawn.append(
                    f'<div class="thread"><div class="note">&nbsp;&nbsp;{len(replies)} replies</div>{under}</div>'
                )
        mark = {"public": "#", "private": "🔒", "im": "@", "mpim": "@"}[channel.kind]
        return _document(f"{mark} {channel.name or 'kawaraban'}", "".join(drawn))

    def _alone(self, channel: Channel, thread_ts: str | None) -> list[Ephemeral]:
        """What the viewer alone sees there."""
        mine = (one for one in self.state.ephemerals if self.viewer and one.alive and one.user == self.viewer.id)
        return [one for one in mine if one.channel == channel.id and one.thread_ts == thread_ts]

    def view(self, opened: OpenView) -> str:
        """A modal or the home tab."""
        view = opened.view
        title = _plain((view.get("title") or {}).get("text", "Home"))
        ends = "".join(
            f'<span class="button {"primary" * (name == "submit")}">{_plain(view[name]["text"])}</span>'
            for name in ("close", "submit")
            if view.get(name)
        )
        body = f'<div class="modal"><div class="header">{title}</div>{self.blocks(view["blocks"])}'
        return _document(title, f'{body}<div class="actions">{ends}</div></div>')

    def message(self, message: Message | Ephemeral) -> str:
        user = self.state.users.get(message.user) if isinstance(message, Message) else None
        ours = user is None or user.is_bot
        name = user.name if user else "kawaraban"
        app = '<span class="app">APP</span> ' if ours else ""
        head = f'<span class="name">{_plain(name)}</span> {app}<span class="time">{self._time(message.ts)}</span>'
        text, blocks = self._seen(message)
        body = self.blocks(blocks) if blocks else self._mrkdwn(text)
        body += "".join(f'<div class="field">📄 {_plain(self.state.files[one].name)}</div>' for one in _files(message))
        notes = '<div class="note">Only visible to you</div>' if isinstance(message, Ephemeral) else ""
        if isinstance(message, Message):
            notes += '<span class="note">(edited)</span>' * bool(message.edits) + self._reactions(message)
        kind = " ephemeral" * isinstance(message, Ephemeral)
        avatar = f'<div class="avatar{" person" * (not ours)}">{_plain(name[:1].upper())}</div>'
        return f'<div class="message{kind}">{avatar}<div class="body">{head}<div>{body}</div>{notes}</div></div>'

    def _seen(self, message: Message | Ephemeral) -> tuple[str, list[Json]]:
        if isinstance(message, Message):
            return message.seen_by(self.viewer.id if self.viewer else "")
        return message.text, message.blocks

    def _mrkdwn(self, text: str) -> str:
        return mrkdwn(text, self.people, self._emoji)

    def _emoji(self, name: str) -> str:
        return _plain(glyph(name)) if self.pictures else f'<span class="emoji">{_plain(name)}</span>'

    def _time(self, ts: str) -> str:
        offset = timedelta(seconds=self.viewer.tz_offset if self.viewer else 32_400)
        return f"{datetime.fromtimestamp(float(ts), UTC) + offset:%H:%M}"

    def _reactions(self, message: Message) -> str:
        if not message.reactions:
            return ""
        mine = self.viewer.id if self.viewer else ""
        drawn = (
            f'<span class="reaction{" own" * (mine in users)}">{self._emoji(name)} {len(users)}</span>'
            for name, users in message.reactions.items()
        )
        return f'<div class="reactions">{"".join(drawn)}</div>'

    def blocks(self, blocks: Sequence[Json]) -> str:
        return "".join(self._block(one) for one in blocks)

    def _block(self, block: Json) -> str:
        draw: dict[str, Callable[[Json], str]] = {
            "header": lambda one: f'<div class="header">{self._text(one["text"])}</div>',
            "section": self._section,
            "context": lambda one: f'<div class="context">{"".join(map(self._small, one["elements"]))}</div>',
            "actions": lambda one: f'<div class="actions">{"".join(map(self._element, one["elements"]))}</div>',
            "divider": lambda _: "<hr>",
            "image": lambda one: f'<div class="image">🖼 {_plain(one["alt_text"])}</div>',
            "input": self._input,
            "rich_text": lambda one: f'<div class="rich">{"".join(map(self._rich, one["elements"]))}</div>',
            "markdown": lambda one: f"<pre>{_plain(one['text'])}</pre>",
        }
        drawn = draw.get(block["type"])
        return drawn(block) if drawn else f'<mark class="fault">{_plain(block["type"])}</mark>'

    def _text(self, text: Json) -> str:
        return self._mrkdwn(text["text"]) if text["type"] == "mrkdwn" else _plain(text["text"])

    def _section(self, block: Json) -> str:
        text = f'<div class="text">{self._text(block["text"])}</div>' if block.get("text") else ""
        beside = self._element(block["accessory"]) if block.get("accessory") else ""
        fields = "".join(f"<div>{self._text(one)}</div>" for one in block.get("fields") or ())
        below = f'<div class="fields">{fields}</div>' if fields else ""
        return f'<div class="section">{text}{beside}</div>{below}'

    def _small(self, element: Json) -> str:
        return (
            f"<span>🖼 {_plain(element['alt_text'])}</span>"
            if element["type"] == "image"
            else (f"<span>{self._text(element)}</span>")
        )

    def _element(self, element: Json) -> str:
        if element["type"] == "button":
            return f'<span class="button {_plain(element.get("style", ""))}">{self._text(element["text"])}</span>'
        if element["type"] == "image":
            return f'<span class="image">{_plain(element["alt_text"])}</span>'
        return f'<span class="field">{self._held(element)} ▾</span>'

    def _held(self, element: Json) -> str:
        """What an input shows before anyone touches it."""
        options = [element[name] for name in ("initial_option",) if element.get(name)] + (
            element.get("initial_options") or []
        )
        if options:
            return ", ".join(self._text(one["text"]) for one in options)
        for name in ("initial_value", "initial_time", "initial_date", "initial_user", "initial_channel"):
            if held := str(element.get(name) or ""):
                return _plain(self.people.get(held, held))
        placeholder = element.get("placeholder")
        choices = ", ".join(self._text(one["text"]) for one in element.get("options") or ())
        return self._text(placeholder) if placeholder else choices or "&nbsp;"

    def _input(self, block: Json) -> str:
        hint = f'<div class="note">{self._text(block["hint"])}</div>' if block.get("hint") else ""
        field = f'<div class="field">{self._held(block["element"])}</div>'
        return f'<div class="label">{self._text(block["label"])}</div>{field}{hint}'

    def _rich(self, element: Json) -> str:  # noqa: PLR0911 (one line for each kind of element)
        inside = "".join(map(self._rich, element.get("elements") or ()))
        match element["type"]:
            case "rich_text_list":
                kind = "ol" if element.get("style") == "ordered" else "ul"
                first = f' start="{element["offset"] + 1}"' if element.get("offset") else ""
                items = "".join(f"<li>{self._rich(one)}</li>" for one in element["elements"])
                return f"<{kind}{first}>{items}</{kind}>"
            case "rich_text_section":
                return f"<div>{inside}</div>"
            case "channel":
                known = self.state.channels.get(element["channel_id"])
                name = known.name if known else ""
                return f'<span class="mention">#{_plain(name or element["channel_id"])}</span>'
            case "user":
                person = self.people.get(element["user_id"])
                return f'<span class="mention">@{_plain(person or element["user_id"])}</span>'
            case "rich_text_quote":
                return f"<blockquote>{inside}</blockquote>"
            case "rich_text_preformatted":
                return f"<pre>{inside}</pre>"
            case "text":
                return _styled(_plain(element["text"]), element.get("style") or {})
            case "link":
                shown = _styled(_plain(element.get("text") or element["url"]), element.get("style") or {})
                return f'<a href="{_plain(element["url"])}">{shown}</a>'
            case "emoji":
                return self._emoji(element["name"])
            case _:
                return inside


def _files(message: Message | Ephemeral) -> list[str]:
    return message.files if isinstance(message, Message) else []


def _styled(shown: str, style: Mapping[str, bool]) -> str:
    for name, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        shown = f"<{tag}>{shown}</{tag}>" if style.get(name) else shown
    return shown


def _plain(text: str) -> str:
    return html.escape(text)


def _document(title: str, body: str) -> str:
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    return f"{head}<body><h1>{title}</h1>{body}</body></html>"
