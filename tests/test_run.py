"""What the tests stand on themselves: two runs of them at once don't meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_run_beside_this_one_closes_no_folder_to_its_postgres(tmp_path: Path) -> None:
    """Seen once: initdb ended with "Permission denied" as the other run made its first temporary folder."""
    (tmp_path / "test_beside.py").write_text("def test_one(tmp_path): assert tmp_path.exists()")
    shared = tmp_path.parents[1]
    shared.chmod(0o755)
    beside = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTEST_DEBUG_TEMPROOT", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST"}
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "--rootdir=.", "."]
    subprocess.run(command, cwd=tmp_path, env=beside, check=True, capture_output=True)
    assert shared.stat().st_mode & 0o777 == 0o755
