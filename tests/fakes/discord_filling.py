"""What Discord's clients make of what people type: options of commands, and fields of forms. Pure."""

from __future__ import annotations

from tests.fakes.discord_model import Json

TYPES: dict[int, tuple[type, ...]] = {3: (str,), 4: (int,), 5: (bool,), 10: (int, float)}  # of options


class NotOffered(Exception):
    """Raised where a client would not let somebody do that: no such command here, a button that is off."""


def filled_in(path: str, known: list[Json], options: dict[str, object], focused: str) -> list[Json]:
    """Options as the client sends them. Raises NotOffered for those that it would not."""
    if unknown := (options.keys() | ({focused} if focused else set())) - {one["name"] for one in known}:
        raise NotOffered(f"/{path} has no {sorted(unknown)}")
    found = []
    for one in known:
        name = one["name"]
        if name not in options:
            if one.get("required") and not focused:
                raise NotOffered(f"/{path} needs {name}")
            continue
        value = options[name]
        _check_value(path, one, value, typing=name == focused)
        chosen: Json = {"name": name, "type": one["type"], "value": value}
        found.append(chosen | ({"focused": True} if name == focused else {}))
    if focused and not any(one.get("focused") for one in found):
        found.append({"name": focused, "type": 3, "value": "", "focused": True})
    return found


def _check_value(path: str, option: Json, value: object, typing: bool) -> None:
    fits = isinstance(value, TYPES.get(option["type"], (str,))) or typing
    choices = [one["value"] for one in option.get("choices") or []]
    if not fits or (choices and value not in choices):
        raise NotOffered(f"/{path}: {option['name']} cannot be {value!r}")
    size = len(value) if isinstance(value, str) else value if isinstance(value, int | float) else 0
    bounds = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    least, most = (option.get(bound) for bound in bounds)
    if not typing and ((least is not None and size < least) or (most is not None and size > most)):
        raise NotOffered(f"/{path}: {option['name']} is out of bounds")


def _check_text(field: Json, text: str) -> None:
    """Raises NotOffered for a text that a form's field does not let anybody send."""
    name, least, most = field["custom_id"], field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and field.get("required") is not False:
        raise NotOffered(f"{name} is required")
    if text and not least <= len(text) <= most:
        raise NotOffered(f"{name} has between {least} and {most} characters")


def submitted(component: Json, values: dict[str, str | list[str]]) -> Json:
    """A form's component with what was filled in; what was not keeps its value."""
    found: Json = {"type": component["type"], "id": component.get("id", 0)}
    if "components" in component:
        return found | {"components": [submitted(one, values) for one in component["components"]]}
    if "component" in component:
        return found | {"component": submitted(component["component"], values)}
    if "custom_id" not in component:
        return found
    name = component["custom_id"]
    if component["type"] == 4:
        text = values.get(name, component.get("value") or "")
        _check_text(component, str(text))
        return found | {"custom_id": name, "value": text}
    default = [one["value"] for one in component.get("options") or [] if one.get("default")]
    return found | {"custom_id": name, "values": values.get(name, default)}
