"""Archives: unpacked whole into a new folder, or refused before anything is written."""

from __future__ import annotations

import io
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from jmml_edu._checks import InputError
from jmml_edu.cli import app
from jmml_edu.corpora.archive import unpack_archive

FILES = {"corpus/data.tsv": b"a\tb\n", "corpus/samples/x.wav": b"sound" * 500}


def make(path: Path, files: dict[str, bytes]) -> Path:
    """An archive of the kind that its name says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, content in files.items():
                zipped.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return path


def refused(archive: Path, folder: Path) -> str:
    """The sentence with which an archive is turned away; nothing may have been written."""
    before = sorted(path for path in folder.parent.rglob("*"))
    with pytest.raises(InputError) as caught:
        unpack_archive(archive, folder)
    assert sorted(path for path in folder.parent.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize("name", ["c.zip", "c.tar", "c.tar.gz"])
def test_files_come_out_as_they_went_in(tmp_path: Path, name: str) -> None:
    folder = unpack_archive(make(tmp_path / name, FILES), tmp_path / "deep" / "out")
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == FILES


@pytest.mark.parametrize("kind", ["c.zip", "c.tar", "c.tar.gz"])
@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/tmp/evil", "..\\evil", "C:\\evil", "a\\..\\..\\evil"]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    archive = make(tmp_path / kind, {"good": b"1", name: b"2"})
    sentence = refused(archive, tmp_path / "in" / "out")
    assert sentence.startswith("unpack_archive: archive must hold names that stay in its folder;")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "c.tar"
    with tarfile.open(path, "w") as tar:
        about = tarfile.TarInfo("link")
        about.type, about.linkname = kind, "/etc/passwd"
        tar.addfile(about)
    assert "hold files and folders only; got the link or device 'link' in c.tar" in refused(
        path, tmp_path / "out"
    )


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        about = zipfile.ZipInfo("link")
        about.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(about, "/etc/passwd")
    assert "the link or device 'link'" in refused(path, tmp_path / "out")


@pytest.mark.parametrize("name", ["c.zip", "c.tar.gz"])
def test_a_damaged_archive_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    archive = make(tmp_path / name, FILES | {"more": bytes(range(256)) * 500})
    archive.write_bytes(archive.read_bytes()[:-60])
    assert "be a whole ZIP or TAR file" in refused(archive, tmp_path / "out")


def test_other_files_and_taken_folders_get_sentences(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no archive")
    assert "be a whole ZIP or TAR file" in refused(tmp_path / "notes.txt", tmp_path / "out")
    assert "be a file that exists" in refused(tmp_path / "none.zip", tmp_path / "out")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("years of work")
    archive = make(tmp_path / "c.zip", FILES)
    assert "folder must not exist yet" in refused(archive, tmp_path / "taken")


class Disk(NamedTuple):
    """What is said of a disk."""

    total: int
    used: int
    free: int


def test_an_archive_larger_than_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make(tmp_path / "c.zip", {"zeros": bytes(10_000_000)})
    assert archive.stat().st_size < 50_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(10**9, 0, 9_999_999))
    assert "got 0.0 GB in c.zip for 0.0 GB that are free" in refused(archive, tmp_path / "out")


def test_the_command_unpacks_and_says_what_to_type_next(tmp_path: Path) -> None:
    archive, folder = make(tmp_path / "c.zip", FILES), tmp_path / "out"
    result = CliRunner().invoke(app, ["unpack", str(archive), str(folder)], env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    assert f"jmml-edu inspect {folder}" in "".join(result.stdout.split("\n"))
    again = CliRunner().invoke(app, ["unpack", str(archive), str(folder)])
    assert again.exit_code == 2
    assert "must not exist yet" in again.stderr
