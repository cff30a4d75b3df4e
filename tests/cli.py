"""The command line as tests call it: in this process, with its output caught."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from bot.__main__ import main


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


def kawaraban(*arguments: str, environment: Mapping[str, str]) -> Result:
    """Run one command with nothing but `environment` set on top of this process's own variables."""
    out, err = io.StringIO(), io.StringIO()
    with patch.dict("os.environ", environment), redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        else:
            status = 0
    return Result(status, out.getvalue(), err.getvalue())
