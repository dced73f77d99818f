"""Short forms of faults that `scripts/soak` plays at length."""

from pathlib import Path

import pytest

from scripts.soak_case import Case, Ground
from scripts.soak_clock import of_codes
from scripts.soak_stop import with_two_workers


@pytest.mark.parametrize("case", [of_codes, with_two_workers], ids=lambda case: case.__name__)
def test_fault_leaves_nothing_behind(tmp_path: Path, case: Case) -> None:
    """No code is good twice however the clock is set (D5); SIGTERM loses no answer (D8)."""
    report = case(Ground(folder=tmp_path, kills=1, times=1, load_s=0.5, say=print))

    assert [] == report.faults
    assert report.counts
