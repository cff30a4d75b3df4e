"""What Slack refuses in blocks and views, whatever the contract says: `invalid_blocks`, `invalid_arguments`.

The limits are those of the Block Kit reference and of slack_sdk's models. What is only unwise is the contract's affair.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

MOST_BLOCKS, MOST_VIEW_BLOCKS = 50, 100
MOST_CHARACTERS = 13_200  # of all texts in one message: more of them is answered `msg_blocks_too_long`
_ELEMENT_BLOCKS = {"actions": 25, "context": 10, "context_actions": 5}
_KNOWN = {
    "section", "divider", "header", "context", "actions", "image", "input", "rich_text", "markdown", "video", "file",
    "table", "context_actions", "card", "carousel", "container", "alert",
}  # fmt: skip


def decoded(value: Any) -> Any:
    """The value of an argument that a form body carries as JSON text. Raises ValueError where that is no JSON."""
    return json.loads(value) if isinstance(value, str) else value


def texts(value: object) -> Iterator[str]:
    """Every text inside, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block that it stands in."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        yield from ((block, one) for one in inside if isinstance(one, dict) and one.get("action_id"))


def block_problems(blocks: object, most: int = MOST_BLOCKS) -> list[str]:
    """Why Slack does not take these blocks; empty where it does."""
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        return ["must be an array of blocks"]
    found = [f"no more than {most} items allowed"] if len(blocks) > most else []
    ids = [one["block_id"] for one in blocks if one.get("block_id")]
    if len(ids) != len(set(ids)):
        found.append("block_id is used more than once")
    for index, block in enumerate(blocks):
        found += [f"{problem} [json-pointer:/blocks/{index}]" for problem in _of_block(block)]
    return found


def _of_block(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KNOWN:
        yield f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield "block_id is too long"
    if kind in _BY_KIND:
        yield from _BY_KIND[kind](block)
    if kind in _ELEMENT_BLOCKS:
        inside = block.get("elements")
        if not isinstance(inside, list) or not 1 <= len(inside) <= _ELEMENT_BLOCKS[kind]:
            yield f"elements must have 1 to {_ELEMENT_BLOCKS[kind]} items"
    for _, element in elements([block]):
        yield from _of_element(element)


def _of_section(block: Json) -> Iterator[str]:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        yield "a section needs text or fields"
    if block.get("text") is not None:
        yield from _of_text(block["text"], 3_000)
    if fields is not None and not 1 <= len(fields) <= 10:
        yield "fields must have 1 to 10 items"
    for one in fields or ():
        yield from _of_text(one, 2_000)


def _of_image(block: Json) -> Iterator[str]:
    if not block.get("alt_text") or not (block.get("image_url") or block.get("slack_file")):
        yield "an image needs alt_text and image_url"
    if len(block.get("image_url", "")) > 3_000 or len(block.get("alt_text", "")) > 2_000:
        yield "image_url or alt_text is too long"


def _of_context(block: Json) -> Iterator[str]:
    for element in block.get("elements", ()):
        if element.get("type") in ("mrkdwn", "plain_text"):
            yield from _of_text(element, 3_000)
        elif element.get("type") == "image":
            yield from _of_image(element)
        else:
            yield "a context holds texts and images alone"


def _of_markdown(block: Json) -> Iterator[str]:
    if not 1 <= len(block.get("text") or "") <= 12_000:
        yield "text must have 1 to 12000 characters"


def _of_text(text: object, most: int, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield "missing or unknown text object"
    elif plain and text["type"] != "plain_text":
        yield "must be plain_text"
    elif not isinstance(text.get("text"), str) or not 1 <= len(text["text"]) <= most:
        yield f"text must have 1 to {most} characters"


def _of_element(element: Json) -> Iterator[str]:
    if len(element["action_id"]) > 255:
        yield "action_id is too long"
    if element.get("type") == "button":
        yield from _of_text(element.get("text"), 75, plain=True)
        if len(element.get("value", "")) > 2_000 or len(element.get("url", "")) > 3_000:
            yield "value or url is too long"
        if "value" in element and not element["value"]:
            yield "value must have at least 1 character"
    for option in element.get("options") or ():
        yield from _of_text(option.get("text"), 75)
        if not 1 <= len(option.get("value") or "") <= 150:
            yield "an option's value must have 1 to 150 characters"
    if "options" in element and not 1 <= len(element["options"]) <= 100:
        yield "options must have 1 to 100 items"
    if element.get("initial_option") and element["initial_option"] not in element.get("options", ()):
        yield "initial_option is none of the options"


def _of_rich_text(block: Json) -> Iterator[str]:
    """Channels are mentioned by an id of a channel: direct messages have no name to show."""
    for one in _inside(block):
        if one.get("type") == "channel" and not str(one.get("channel_id", "")).startswith(("C", "G")):
            yield "channel_id is none of a channel"
        if one.get("type") == "text" and not one.get("text"):
            yield "a text must have at least 1 character"


def _inside(element: Json) -> Iterator[Json]:
    for one in element.get("elements") or ():
        yield one
        yield from _inside(one)


_BY_KIND: dict[str, Callable[[Json], Iterator[str]]] = {
    "header": lambda block: _of_text(block.get("text"), 150, plain=True),
    "section": _of_section,
    "image": _of_image,
    "context": _of_context,
    "input": lambda block: _of_text(block.get("label"), 2_000, plain=True),
    "markdown": _of_markdown,
    "rich_text": _of_rich_text,
}


def view_problems(view: object, kinds: tuple[str, ...]) -> list[str]:
    """Why Slack does not take this view; empty where it does."""
    if not isinstance(view, dict):
        return ["view must be an object"]
    found = block_problems(view.get("blocks"), MOST_VIEW_BLOCKS)
    if not view.get("blocks"):
        found.append("a view must have at least 1 block")
    if view.get("type") not in kinds:
        found.append(f"type must be one of {', '.join(kinds)}")
    for name in ("title", "submit", "close"):
        if name in view and view[name] is not None:
            found += [f"{problem} [json-pointer:/{name}]" for problem in _of_text(view[name], 24, plain=True)]
    if view.get("type") == "modal" and not view.get("title"):
        found.append("a modal needs a title")
    if any(one.get("type") == "input" for one in view.get("blocks") or ()) and view.get("type") == "modal":
        found += [] if view.get("submit") else ["a modal with input blocks needs submit"]
    if len(view.get("private_metadata") or "") > 3_000 or len(view.get("callback_id") or "") > 255:
        found.append("private_metadata or callback_id is too long")
    actions = [(block.get("block_id"), one["action_id"]) for block, one in elements(view.get("blocks") or [])]
    if len(actions) != len(set(actions)):
        found.append("an action_id is used more than once in a block")
    return found
