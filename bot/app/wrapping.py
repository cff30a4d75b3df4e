"""The terminal's line breaking, for texts of the command line itself."""

from __future__ import annotations

from adapters.terminal.wrap import Row, Wrapped

__all__ = ["Row", "Wrapped"]
