"""What the site is made of, piece by piece: what is fetched, and the tables that are filled in."""

from __future__ import annotations

import io
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(autouse=True)
def builder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the modules of the site be imported as its command imports them."""
    monkeypatch.syspath_prepend(str(DOCS))
    yield
    for name in [name for name in sys.modules if name == "build" or name.startswith("builder")]:
        del sys.modules[name]


def _archive(path: Path, **files: str) -> Path:
    """Write an archive as the registry has them, everything below `package/`."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that the registry offers, and a cache that is empty."""
    from builder import vendor

    offered = _archive(tmp_path / "offered.tgz", **{"index.js": "1;", "other.js": "2;"})
    monkeypatch.setenv("JMML_EDU_NPM_CACHE", str(tmp_path / "cache"))

    def pack(command: list[str], cwd: str, **_: object) -> SimpleNamespace:
        assert command[1:3] == ["pack", "@some/thing@1.2.3"]
        (Path(cwd) / "some-thing-1.2.3.tgz").write_bytes(offered.read_bytes())
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(vendor.shutil, "which", lambda name: "npm")
    monkeypatch.setattr(vendor.subprocess, "run", pack)
    return offered


def test_what_is_fetched_is_checked_kept_and_taken_from_the_cache_next_time(
    offered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from builder import vendor

    package = vendor.Package("@some/thing", "1.2.3", vendor.sha512(offered), ("index.js",))
    vendor.write_vendored(tmp_path / "site", (package,))
    assert (tmp_path / "site" / "thing" / "index.js").read_text() == "1;"
    assert not (tmp_path / "site" / "thing" / "other.js").exists()
    monkeypatch.setattr(vendor.shutil, "which", lambda name: pytest.fail("asked for npm again"))
    vendor.write_vendored(tmp_path / "again", (package,))
    assert (tmp_path / "again" / "thing" / "index.js").exists()


def test_an_archive_that_was_changed_is_refused_and_not_kept(offered: Path, tmp_path: Path) -> None:
    from builder import vendor

    package = vendor.Package("@some/thing", "1.2.3", "another hash", ("index.js",))
    with pytest.raises(SystemExit, match=r"must have the hash another hash; got .*Do not use it"):
        vendor.write_vendored(tmp_path / "site", (package,))
    assert list((tmp_path / "cache").iterdir()) == []
    assert not (tmp_path / "site").exists()


def test_a_cache_that_was_changed_is_fetched_anew(offered: Path, tmp_path: Path) -> None:
    from builder import vendor

    package = vendor.Package("@some/thing", "1.2.3", vendor.sha512(offered), ("index.js",))
    vendor.fetched(package).write_bytes(b"something else")
    assert vendor.sha512(vendor.fetched(package)) == package.sha512


def test_without_npm_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from builder import vendor

    monkeypatch.setenv("JMML_EDU_NPM_CACHE", str(tmp_path))
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"got no npm\. Install Node\.js, which brings it\."):
        vendor.fetched(vendor.PACKAGES[0])


def test_nothing_is_unpacked_outside_of_the_folder(tmp_path: Path) -> None:
    from builder import vendor

    archive = _archive(tmp_path / "a.tgz", **{"dist/../../../evil.js": "1;", "dist/good.js": "2;"})
    package = replace(vendor.PACKAGES[0], files=("dist/",))
    vendor.unpack(archive, package, tmp_path / "a" / "b" / "site")
    assert [path.name for path in tmp_path.rglob("*.js")] == ["good.js"]


def test_versions_in_the_browser_are_those_of_python() -> None:
    from builder import vendor

    pins = (DOCS.parent / "constraints.txt").read_text(encoding="utf-8").split()
    versions = {package.name: package.version for package in vendor.PACKAGES}
    assert f"anywidget=={versions['anywidget']}" in pins


def test_tables_name_every_notebook_and_every_corpus_that_there_is(tmp_path: Path) -> None:
    from builder import tables

    from jmml_edu.corpora.known import READERS

    told = "<!-- unless: 04 -->\nno 04\n<!-- end -->\n<!-- unless: 99 -->\nno 99\n<!-- end -->\n"
    (tmp_path / "a.md").write_text(f"{told}<!-- table: corpora -->\n[[04]] and [[99]]", "utf-8")
    tables.fill_tables(tmp_path)
    text = (tmp_path / "a.md").read_text("utf-8")
    assert all(reader.about.name in text for reader in READERS)
    assert "[04 · Linear CCA](notebooks/04_linear_cca.ipynb) and 99 (not written yet)" in text
    assert "no 99\n" in text
    assert "no 04" not in text
    assert tables.objectives_table().count("\n") == 1 + len(tables.lesson_numbers())
    assert "`04.B` all canonical correlations" in tables.objectives_table()
    assert "[04 · Linear CCA]" in tables.notebooks_table()


def test_the_reference_has_all_that_is_public_and_no_command() -> None:
    from builder import api

    linear = api.page_of("linear")
    assert ".. autoclass:: jmml_edu.linear.CCA\n   :members:" in linear
    assert ".. autofunction:: jmml_edu.linear.permutation_test\n" in linear
    assert "automodule:: jmml_edu.features.eeg\n   :members:" in api.page_of("features")
    assert api.page_of("pairing").endswith("automodule:: jmml_edu.pairing\n   :members:\n")
    names = {path.stem for path in api.PACKAGE.iterdir() if api._is_public(path)}
    assert {"pipeline", "features", "losses"} <= names
    assert not names & {"cli", "_checks", "console", "templates"}


def test_outputs_lead_to_headings_by_the_names_that_the_site_gives_them() -> None:
    from builder.course import with_places

    cell = nbformat.v4.new_code_cell(id="a")
    told = '<a href="#See-it-first">See it first</a> <a href="A.html#B">B</a>'
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": told})]
    cell.outputs += [nbformat.v4.new_output("stream", text='href="#See"')]
    first, second = with_places(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    expected = '<a href="#see-it-first">See it first</a> <a href="A.html#B">B</a>'
    assert first.data["text/html"] == expected
    assert second.text == 'href="#See"'


def test_a_borrowed_page_points_to_the_site_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import build

    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "HERE", tmp_path / "docs")
    page = tmp_path / "CONTRIBUTING.md"
    page.write_text("[a](CHANGELOG.md) [b](notebooks/src/README.md) [c](https://x.org) ![d](e.png)")
    build.borrow(page, tmp_path / "out.md")
    told = (tmp_path / "out.md").read_text()
    assert told == "[a](changelog.md) b [c](https://x.org) ![d](e.png)"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--help"], "python docs/build.py"),
        (["a", "b"], "python docs/build.py"),
        (["full"], "got "),
    ],
)
def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], told: str,
) -> None:  # fmt: skip
    import build

    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("all of it")
    assert build.main(words) == 2
    assert told in capsys.readouterr().out
    assert (tmp_path / "full" / "thesis.txt").read_text() == "all of it"
