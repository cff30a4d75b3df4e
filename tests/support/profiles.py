"""Hypothesis's two profiles: `kawaraban`, which tries the same examples every time, and `fuzz`, which tries others."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine makes and tries examples slowly, without any fault of ours. No database: a run leaves nothing behind.
_PATIENT = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def register() -> None:
    """Make both known to hypothesis; the first one is in use until something else is asked for."""
    settings.register_profile("kawaraban", _PATIENT, derandomize=True)
    settings.register_profile("fuzz", _PATIENT, derandomize=False, print_blob=True)
    settings.load_profile("kawaraban")
