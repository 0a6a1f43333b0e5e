"""What the README and the pages of the site say must run as it stands, and lead where it says."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from pages import BUILT, PAGES, ROOT, SITE, blocks, inside_links

from jmml_edu.course.lessons.data00 import opened_road

README = ROOT / "README.md"
RUN_ELSEWHERE = {"gallery.md"}
"""Its blocks draw the figures of the site: tests/site runs them."""


def test_the_code_in_the_readme_runs_and_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    (road,) = blocks(README, "python")
    exec(compile(road, "README.md", "exec"), {})
    assert float(capsys.readouterr().out) > 0.5
    lines = [line for line in road.splitlines() if line and "import " not in line]
    assert len(lines) <= 15


def test_the_code_of_the_road_runs_from_top_to_bottom(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    road, explorer, correlations = blocks(SITE / "road.md", "python")
    names: dict[str, object] = {}
    exec(compile(road, "road.md", "exec"), names)
    assert float(capsys.readouterr().out) > 0.5
    exec(compile(explorer, "road.md", "exec"), names)
    assert Path("build/explorer.html").stat().st_size > 100_000
    exec(compile(correlations, "road.md", "exec"), names)
    numbers = re.findall(r"-?\d\.\d+", capsys.readouterr().out)
    seen, unseen, p_values = numbers[:3], numbers[3:6], numbers[-3:]
    assert min(map(float, seen)) > 0.5 > max(map(float, unseen))
    assert float(p_values[0]) < 0.01 < float(p_values[-1])


def test_the_picture_shows_one_utterance_heard_and_one_that_only_eeg_puts_right() -> None:
    choose = runpy.run_path(str(ROOT / "docs" / "picture.py"))["worth_seeing"]
    scene = opened_road()
    places = [int(np.flatnonzero(scene.rows == row)[0]) for row in choose(scene)]
    truth = list(scene.labels[places])
    heard, mended = scene.speech_says[places].argmax(axis=1)
    assert heard == truth[0]
    assert mended != truth[1] == scene.both_say[places[1]].argmax()
    assert scene.held_out[places].all()


def test_the_readme_and_the_site_show_the_same_road() -> None:
    assert blocks(README, "python")[0] == blocks(SITE / "road.md", "python")[0]
    assert blocks(README, "text")[0] == blocks(SITE / "road.md", "text")[0]


def test_what_a_grader_reads_is_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    (graded,) = blocks(SITE / "instructor.md", "python")
    exec(compile(graded, "instructor.md", "exec"), {})
    passed, _, rule = capsys.readouterr().out.strip().partition(" ")
    assert passed == "False"
    assert rule


def test_no_other_page_has_code_that_nobody_runs() -> None:
    run_here = {README, SITE / "road.md", SITE / "instructor.md"}
    others = [page for page in PAGES if page not in run_here and page.name not in RUN_ELSEWHERE]
    assert [page.name for page in others if blocks(page, "python")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_points_to_is_there(page: Path) -> None:
    missing = [target for target in inside_links(page) if not _leads_somewhere(page, target)]
    assert missing == []


def _leads_somewhere(page: Path, target: str) -> bool:
    """Tell whether a file is there, or will be once the site is built."""
    if (page.parent / target).exists() or (page.parent / f"{target}.md").exists():
        return True
    if page.parent != SITE:
        return False
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from build import BORROWED
    finally:
        sys.path.remove(str(ROOT / "docs"))
    if target in BORROWED.values() or (ROOT / "docs" / target).exists():
        return True
    folder, _, name = target.partition("/")
    if folder == "api":
        return name == "index" or any((ROOT / "jmml_edu").glob(f"{name}*"))
    return folder in {*BUILT, "gallery"}


def _commands() -> list[str]:
    """Every line with jmml-edu in a block of commands, continued lines joined."""
    text = "\n".join(block for page in PAGES for block in blocks(page, "sh"))
    lines = text.replace("\\\n", " ").splitlines()
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("jmml-edu ")]


def test_commands_on_the_pages_have_only_words_and_options_that_there_are() -> None:
    from typer.main import get_command

    from jmml_edu.cli import app

    known = get_command(app).commands  # type: ignore[attr-defined]
    commands = [shlex.split(line) for line in _commands()]
    assert len(commands) > 5
    for _, name, *words in commands:
        options = {one for parameter in known[name].params for one in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


def test_words_after_start_py_are_known() -> None:
    words = {
        word
        for page in PAGES
        for word in re.findall(r"start\.py ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    usage = subprocess.run(
        [sys.executable, str(ROOT / "start.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert words <= set(re.findall(r"start\.py ([a-z]+)", usage))


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert first is not None
    assert first[1] == project["version"]
    assert "version:" not in (ROOT / "CITATION.cff").read_text(encoding="utf-8").split("\n", 1)[1]


def test_what_is_checked_before_a_commit_is_what_ci_checks() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = {hook["name"]: hook["entry"] for repo in hooks["repos"] for hook in repo["hooks"]}
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for name, entry in entries.items():
        (command,) = re.findall(rf'^stage "{name}" 0 (.*)$', run, re.M)
        plain = command.replace("$venv_python", ".venv/bin/python").replace("$venv", ".venv")
        assert entry == plain.replace('"', "")
    assert list(entries) == ["lint", "format", "types", "import rules"]


def test_every_symbol_of_the_notebooks_is_on_the_page_of_symbols() -> None:
    page = (SITE / "words.md").read_text(encoding="utf-8").partition("## Words")[0]
    told = set(re.findall(r"\\?[A-Za-z]+", " ".join(re.findall(r"\$([^$]+)\$", page))))
    for source in sorted((ROOT / "notebooks" / "src").glob("*.py")):
        formulas = " ".join(re.findall(r"\$\$?([^$]+)\$\$?", source.read_text(encoding="utf-8")))
        bare = re.sub(r"\\(text|mathrm|mathbf|operatorname)\{\w+\}", "", formulas)
        used = set(re.findall(r"\\[A-Za-z]+|(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", bare))
        assert used - told - MARKS == set(), source.name


def test_names_beside_the_symbols_are_those_of_the_code() -> None:
    folders = (ROOT / "jmml_edu", ROOT / "notebooks" / "src")
    code = "\n".join(file.read_text("utf-8") for top in folders for file in top.rglob("*.py"))
    table = (SITE / "words.md").read_text(encoding="utf-8").partition("## Words")[0]
    rows = [re.split(r"(?<!\\)\|", line) for line in table.splitlines() if line.startswith("| $")]
    names = {
        name
        for row in rows
        for quoted in re.findall(r"`([^`]+)`", row[3])
        for name in re.findall(r"[A-Za-z_]{3,}", quoted.replace("..._loss", "cca_loss"))
    }
    assert len(names) > 30
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()


MARKS = {
    *(r"\top", r"\qquad", r"\quad", r"\frac", r"\tfrac", r"\dots", r"\ldots", r"\cdots", r"\cdot"),
    *(r"\sum", r"\prod", r"\max", r"\min", r"\le", r"\ge", r"\leq", r"\geq", r"\in", r"\times"),
    *(r"\sqrt", r"\left", r"\right", r"\lVert", r"\rVert", r"\lvert", r"\rvert", r"\approx"),
    *(r"\hat", r"\bar", r"\tilde", r"\text", r"\mathrm", r"\mathbb", r"\mathcal", r"\mathbf"),
    *(r"\operatorname", r"\neq", r"\ne", r"\to", r"\log", r"\ln", r"\exp", r"\infty", r"\mid"),
    *(r"\propto", r"\pm", r"\equiv", r"\begin", r"\end", r"\big", r"\Big", "i", "j"),
}
"""What joins symbols, and what counts them."""
