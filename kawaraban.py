"""The start of the command `kawaraban`, under a name that nobody else has.

The product's packages are called `bot` and `adapters`, as other programs' may be. What is found in their place is
looked at before any of it runs.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("bot", "adapters")
_OURS = "Kawaraban"  # in the docstring of each package
# Here and not in the catalogues, which lie in one of the packages that are missing.
_SAYS = {
    "en": "kawaraban found another package named “{name}” ({place}). Install kawaraban into an environment of its own: "
    "pipx install, uv tool install, or a new venv.",
    "ja": "kawaraban のものではないパッケージ「{name}」が見つかりました（{place}）。"
    "pipx、uv tool、または新しい venv で、専用の環境にインストールしてください。",
}


def foreign(beside: Path) -> tuple[str, str] | None:
    """Return the name and the place of the first package that is not ours; None where all are.

    `beside` is the folder where ours are. Nothing that is found is imported.
    """
    for name in PACKAGES:
        spec = find_spec(name)
        origin = spec.origin if spec else None
        ours = beside / name / "__init__.py"
        if origin is None or not ours.is_file() or not Path(origin).samefile(ours) or _OURS not in _head(ours):
            return name, origin or "-"
    return None


def main() -> None:
    """The console script. Raises SystemExit with the exit status: 1 where another's package is in the way."""
    stranger = foreign(Path(__file__).resolve().parent)
    if stranger:
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        sys.exit(_SAYS["ja" if locale.startswith("ja") else "en"].format(name=stranger[0], place=stranger[1]))
    from bot.__main__ import main as start

    start()


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as stream:
        return stream.readline()


if __name__ == "__main__":
    main()
