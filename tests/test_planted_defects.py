"""The list of planted defects fits the code: each can still be planted."""

from __future__ import annotations

import pytest
from plant_defects import ROOT, Defect, listed


@pytest.mark.parametrize("defect", listed(), ids=lambda defect: f"{defect.file}: {defect.why}")
def test_each_defect_can_be_planted_in_one_place(defect: Defect) -> None:
    assert (ROOT / defect.file).read_text().count(defect.old) == 1
    assert defect.new != defect.old
    assert defect.tests
    assert all((ROOT / test.partition("::")[0]).exists() for test in defect.tests)
