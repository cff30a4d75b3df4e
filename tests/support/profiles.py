"""Hypothesis's two profiles: `kawaraban`, with the same examples every time, and `fuzz`, with new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Without a deadline, because a busy machine is slow, and without a database, so that a run leaves nothing behind.
_PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def register() -> None:
    """Register both profiles, and load the first by default."""
    settings.register_profile("kawaraban", _PATIENT, derandomize=True)
    settings.register_profile("fuzz", _PATIENT, derandomize=False, print_blob=True)
    settings.load_profile("kawaraban")
