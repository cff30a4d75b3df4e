"""Each test runs once for every world, and for every fault of its kind that the world's platform knows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conformance.world import AMBIGUOUS, PERMANENT, TRANSIENT, World, WorldKind
from tests.conformance.worlds import WORLDS

FAULTS = {"transient": TRANSIENT, "ambiguous": AMBIGUOUS, "permanent": PERMANENT, "fault": (*TRANSIENT, *AMBIGUOUS)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" not in metafunc.fixturenames:
        return
    kinds = [kind for kind in WORLDS if kind.reacts or "reacting" not in metafunc.fixturenames]
    for name, faults in FAULTS.items():
        if name in metafunc.fixturenames:
            pairs = [(kind, fault) for kind in kinds for fault in faults if fault in kind.faults]
            ids = [f"{kind.name}-{fault.value}" for kind, fault in pairs]
            metafunc.parametrize(("kind", name), pairs, ids=ids)
            return
    metafunc.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


@pytest.fixture
async def world(kind: WorldKind) -> AsyncIterator[World]:
    """The platform under test, empty."""
    async with kind.open() as opened:
        yield opened


@pytest.fixture
def reacting(world: World) -> World:
    """The same, for tests that only concern platforms with reactions."""
    return world
