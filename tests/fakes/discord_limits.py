"""What Discord refuses in the body of a message: 50035 with the path of each fault, or 50006 for one that is empty."""

from __future__ import annotations

import re
from collections import Counter

from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_model import Json, MessageFlag, flattened

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, CONTAINER = 1, 2, 3, 4, 9, 10, 17
LINK = 5  # a button's style
FILLING = ("title", "description", "fields", "image", "thumbnail", "author", "footer")  # any makes an embed
BODY = ("content", "embeds", "components", "attachments", "sticker_ids", "poll")


def check_message(body: Json, flags: MessageFlag, edit: bool = False) -> None:
    """Raises Refused for a message that Discord would not take; `flags` are those that it has after the request."""
    form = Form()
    form.length(body.get("content"), 2000, "content")
    form.length(body.get("nonce"), 25, "nonce")
    embeds: list[Json] = body.get("embeds") or []
    form.length(embeds, 10, "embeds")
    for index, embed in enumerate(embeds):
        _check_embed(form, embed, index)
    if sum(map(_embed_length, embeds)) > 6000:
        form.wrong(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    components: list[Json] = body.get("components") or []
    if flags & MessageFlag.COMPONENTS_V2:
        _check_v2(form, body, components)
    else:
        form.length(components, 5, "components")
        for index, one in enumerate(components):
            if one.get("type") != ROW:
                form.wrong(("components", index, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1}.")
    check_components(form, components, ("components",))
    allowed: Json = body.get("allowed_mentions") or {}
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or []) and allowed.get(kind):
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            form.wrong(("allowed_mentions",), code, f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.')
        form.length(allowed.get(kind), 100, "allowed_mentions", kind)
    form.refuse()
    if not edit and not any(_filled(body.get(name)) for name in BODY):
        raise Refused(50006)


def _filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [text for one in embed.get("fields") or [] for text in (one.get("name"), one.get("value"))]
    return sum(len(text or "") for text in texts)


def _check_embed(form: Form, embed: Json, index: int) -> None:
    at = ("embeds", index)
    if not any(embed.get(name) for name in FILLING):
        form.required(*at, "description")
    form.length(embed.get("title"), 256, *at, "title")
    form.length(embed.get("description"), 4096, *at, "description")
    form.length(embed.get("fields"), 25, *at, "fields")
    for number, one in enumerate(embed.get("fields") or []):
        for name, most in (("name", 256), ("value", 1024)):
            if not str(one.get(name) or "").strip():
                form.required(*at, "fields", number, name)
            form.length(one.get(name), most, *at, "fields", number, name)
    form.length((embed.get("footer") or {}).get("text"), 2048, *at, "footer", "text")
    form.length((embed.get("author") or {}).get("name"), 256, *at, "author", "name")
    _check_url(form, embed.get("url"), *at, "url")
    for name in ("image", "thumbnail"):
        _check_url(form, (embed.get(name) or {}).get("url"), *at, name, "url", files=True)
    for name in ("author", "footer"):
        _check_url(form, (embed.get(name) or {}).get("icon_url"), *at, name, "icon_url", files=True)
    _check_url(form, (embed.get("author") or {}).get("url"), *at, "author", "url")
    colour = embed.get("color")
    if colour is not None and not (isinstance(colour, int) and 0 <= colour <= 0xFFFFFF):
        form.wrong((*at, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")


def _check_url(form: Form, url: object, *path: str | int, files: bool = False) -> None:
    if url is None:
        return
    form.length(url, 2048, *path)
    schemes = "https?://[^\\s/]|attachment://." if files else "https?://[^\\s/]"
    if not isinstance(url, str) or not re.match(schemes, url):
        message = "Scheme \"{}\" is not supported. Scheme must be one of ('http', 'https')."
        form.wrong(path, "URL_TYPE_INVALID_SCHEME", message.format(str(url).partition(":")[0].lower()[:20]))
    elif re.search(r"\s", url):
        form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _check_v2(form: Form, body: Json, components: list[Json]) -> None:
    for name in ("content", "embeds", "sticker_ids", "poll"):
        if body.get(name):
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            form.wrong((name,), code, f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
    every = flattened(components)
    if len(every) > 40:
        form.wrong(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40 in length.")
    if sum(len(one.get("content") or "") for one in every if one.get("type") == TEXT) > 4000:
        code = "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
        form.wrong(("components",), code, "Displayable text size exceeds maximum size of 4000")


def check_components(form: Form, components: list[Json], path: tuple[str | int, ...]) -> None:
    """Rows, buttons, menus and inputs, wherever they stand."""
    ids = Counter(one["custom_id"] for one in flattened(components) if one.get("custom_id"))
    if repeated := [one for one, times in ids.items() if times > 1]:
        form.wrong(path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id cannot be duplicated: {repeated[0]}")
    for index, one in enumerate(components):
        _check_component(form, one, (*path, index))


def _check_component(form: Form, one: Json, at: tuple[str | int, ...]) -> None:
    inside: list[Json] = one.get("components") or []
    match one.get("type"):
        case 1:
            form.length(inside, 5, *at, "components", least=1)
        case 2:
            _check_button(form, one, at)
        case 3:
            _check_menu(form, one, at)
        case 4:
            form.length(one.get("label"), 45, *at, "label", least=1)
            form.length(one.get("placeholder"), 100, *at, "placeholder")
            form.length(one.get("value"), min(4000, one.get("max_length") or 4000), *at, "value")
            _check_lengths(form, one, at)
        case 10:
            form.length(one.get("content") or "", 4000, *at, "content", least=1)
        case 18:
            form.length(one.get("label") or "", 45, *at, "label", least=1)
            form.length(one.get("description"), 100, *at, "description")
    if one.get("type") in (3, 4, 5, 6, 7, 8):
        form.length(one.get("custom_id") or "", 100, *at, "custom_id", least=1)
    for number, child in enumerate(inside):
        _check_component(form, child, (*at, "components", number))
    for name in ("accessory", "component"):
        if one.get(name):
            _check_component(form, one[name], (*at, name))


def _check_lengths(form: Form, one: Json, at: tuple[str | int, ...]) -> None:
    """The style of a form's field, and how much may be typed into it."""
    if one.get("style") not in (1, 2):
        form.wrong((*at, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    for name, least in (("min_length", 0), ("max_length", 1)):
        value = one.get(name)
        if value is not None and not (isinstance(value, int) and least <= value <= 4000):
            form.wrong((*at, name), "NUMBER_TYPE_MAX", f"int value should be between {least} and 4000.")


def _check_menu(form: Form, one: Json, at: tuple[str | int, ...]) -> None:
    form.length(one.get("options") or [], 25, *at, "options", least=1)
    for number, option in enumerate(one.get("options") or []):
        for name in ("label", "value"):
            form.length(option.get(name) or "", 100, *at, "options", number, name, least=1)
        form.length(option.get("description"), 100, *at, "options", number, "description")
    form.length(one.get("placeholder"), 150, *at, "placeholder")


def _check_button(form: Form, one: Json, at: tuple[str | int, ...]) -> None:
    form.length(one.get("label"), 80, *at, "label")
    if not one.get("label") and not one.get("emoji"):
        form.wrong((*at, "label"), "BUTTON_COMPONENT_REQUIRES_LABEL_OR_EMOJI", "A label or an emoji is required")
    if one.get("style") == LINK:
        if one.get("custom_id"):
            code = "COMPONENT_LINK_BUTTON_CANNOT_HAVE_CUSTOM_ID"
            form.wrong((*at, "custom_id"), code, "A custom id cannot be used with a url")
        if one.get("url"):
            form.length(one["url"], 512, *at, "url")
            _check_url(form, one["url"], *at, "url")
        else:
            form.required(*at, "url")
    else:
        form.length(one.get("custom_id") or "", 100, *at, "custom_id", least=1)
