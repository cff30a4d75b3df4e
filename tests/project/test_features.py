"""The READMEs' table of what every chat can do is what the conformance suite runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.long
def test_the_table_of_features_is_what_the_conformance_suite_runs(root: Path) -> None:
    command = [sys.executable, "docs/make_features.py", "--check"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for document in ("README.md", "README.ja.md"):
        assert (root / document).read_text(encoding="utf-8").count("✓") >= 15
