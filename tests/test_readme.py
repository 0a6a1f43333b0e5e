"""What the README says must run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_code_in_the_readme_runs_from_top_to_bottom(
    capsys: pytest.CaptureFixture[str],
) -> None:
    road, correlations = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(road, "README.md", "exec"), names)
    assert float(capsys.readouterr().out) > 0.5
    exec(compile(correlations, "README.md", "exec"), names)
    numbers = re.findall(r"-?\d\.\d+", capsys.readouterr().out)
    seen, unseen, p_values = numbers[:3], numbers[3:6], numbers[-3:]
    assert min(map(float, seen)) > 0.5 > max(map(float, unseen))
    assert float(p_values[0]) < 0.01 < float(p_values[-1])


def test_files_that_the_readme_points_to_are_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    inside = [target for target in targets if not target.startswith("http")]
    assert len(inside) > 3
    assert [target for target in inside if not (ROOT / target).exists()] == []
