"""The doctor: what it looks at, what it calls wrong, and the remedy it gives."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from jmml_edu._checks import InputError
from jmml_edu.doctor import Finding, diagnose, jupyter, machine, memory_limit_mib, nouns, packages


def _find(name: str) -> Finding:
    """Return the finding of this name."""
    (finding,) = [finding for finding in diagnose() if finding.name == name]
    return finding


class Pretended(Distribution):
    """The record of a package that was never installed."""

    requires = ("nvidia-cublas; linux",)
    version = ""

    def __init__(self, version: str) -> None:
        self.version = version

    def read_text(self, filename: str) -> None:
        return None

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


def _installed(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    """Pretend that these packages have these versions, or are missing."""
    real = nouns.distribution

    def pretend(name: str) -> Distribution:
        if name not in versions:
            return real(name)
        version = versions[name]
        if version is None:
            raise PackageNotFoundError(name)
        return Pretended(version)

    monkeypatch.setattr(nouns, "distribution", pretend)


def test_this_very_environment_is_described() -> None:
    names = [finding.name for finding in diagnose()]
    assert names[0] == "Python"
    assert {"numpy", "torch", "mne", "librosa", "PyTorch build", "Sound files"} <= set(names)
    assert len(names) == len(set(names))
    assert _find("numpy").ok


def test_optional_packages_are_not_called_missing() -> None:
    assert "pyarrow" not in {finding.name for finding in diagnose()}


def test_all_that_is_wrong_has_a_remedy_and_nothing_else_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _installed(monkeypatch, numpy="1.20", torch=None, jupyterlab=None)
    findings = diagnose()
    assert {f.name for f in findings if not f.ok} >= {"numpy", "torch", "jupyterlab"}
    assert all(bool(finding.remedy) == (not finding.ok) for finding in findings)


def test_an_old_python_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "version_info", (3, 10, 1))
    finding = _find("Python")
    assert not finding.ok
    assert finding.remedy == "Install Python 3.11 or newer, then: python3 start.py setup"


@pytest.mark.parametrize(("version", "ok"), [("2.0", True), ("1.26.4", False), ("3.0rc1", True)])
def test_a_version_is_held_against_the_requirement(
    monkeypatch: pytest.MonkeyPatch, version: str, ok: bool
) -> None:
    _installed(monkeypatch, numpy=version)
    finding = _find("numpy")
    assert finding.ok == ok
    assert finding.value == (version if ok else f"{version}; needs >=2.0")
    assert finding.remedy.endswith("" if ok else '-m pip install "numpy>=2.0"')


def test_a_missing_torch_is_fetched_as_the_cpu_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.sys, "platform", "linux")
    _installed(monkeypatch, torch=None)
    assert "https://download.pytorch.org/whl/cpu" in _find("torch").remedy
    assert not _find("PyTorch build").ok


@pytest.mark.parametrize(
    ("version", "system", "build"),
    [
        ("2.13.0+cpu", "linux", "cpu: CPU"),
        ("2.13.0+cu130", "linux", "cu130: CUDA"),
        ("2.13.0", "linux", "no tag: CUDA"),
        ("2.13.0", "darwin", "no tag: CPU"),
    ],
)
def test_the_build_of_torch_is_read_from_its_version(
    monkeypatch: pytest.MonkeyPatch, version: str, system: str, build: str
) -> None:
    monkeypatch.setattr(packages.sys, "platform", system)
    _installed(monkeypatch, torch=version)
    assert _find("PyTorch build").value == build


@pytest.mark.parametrize(
    ("first", "second", "limit_mib"),
    [("1073741824\n", "max", 1024), ("max\n", "536870912", 512), ("2147483648", "1048576", 1)],
)
def test_the_smallest_limit_on_memory_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, limit_mib: float
) -> None:
    paths = tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes"
    for path, text in zip(paths, (first, second), strict=True):
        path.write_text(text)
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", paths)
    assert memory_limit_mib() == limit_mib


def test_without_a_container_the_machine_is_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", (tmp_path / "not there",))
    monkeypatch.setattr(machine, "_physical_bytes", lambda: 3 * 2**30)
    assert memory_limit_mib() == 3 * 1024
    assert _find("Memory") == Finding("Memory", "3072 MiB")


def test_unknown_memory_is_said_to_be_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", (tmp_path / "not there",))
    monkeypatch.setattr(machine, "_physical_bytes", lambda: None)
    assert _find("Memory") == Finding("Memory", "unknown")


def test_a_limit_on_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_limit_bytes", lambda: 100 * 2**20)
    assert memory_limit_mib() == 100


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit.")
def test_the_limit_on_a_process_is_read_as_ulimit_sets_it() -> None:
    code = "from jmml_edu.doctor import machine; print(machine._limit_bytes())"
    told = [
        subprocess.run(
            ["bash", "-c", f'{before} "$0" -c "{code}"', sys.executable],
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for before in ("", "ulimit -Sv 3000000;")
    ]  # fmt: skip
    assert told == ["None", str(3_000_000 * 1024)]


def test_too_little_memory_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "memory_limit_mib", lambda: 512.0)
    finding = _find("Memory")
    assert (finding.value, finding.ok) == ("512 MiB", False)
    assert finding.remedy == "Give the container or machine 1024 MiB or more."


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked in another way.")
def test_physical_memory_agrees_with_psutil() -> None:
    import psutil

    assert machine._physical_bytes() == pytest.approx(psutil.virtual_memory().total, rel=0.05)


def test_a_full_disk_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=100 * 2**20)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)
    assert (_find("Free disk").value, _find("Free disk").ok) == ("100 MiB", False)


def test_blas_threads_are_shown_as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in machine._THREADS:
        monkeypatch.delenv(name, raising=False)
    assert _find("BLAS threads").value.startswith("one per core")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert _find("BLAS threads") == Finding("BLAS threads", "OMP_NUM_THREADS=3")


def test_a_broken_sound_library_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    finding = _find("Sound files")
    assert not finding.ok
    assert finding.remedy.endswith("--force-reinstall --no-deps soundfile")


def test_a_sound_library_without_flac_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    import soundfile

    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": "", "OGG": ""})
    assert _find("Sound files").value.endswith("without FLAC, MP3")


def test_a_missing_browser_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    expected = Finding("Browser for tests", "no Chromium found: browser tests will skip")
    assert _find("Browser for tests") == expected


def test_samples_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "samples_folder", lambda: tmp_path)
    assert _find("Samples") == Finding("Samples", str(tmp_path))


@pytest.mark.parametrize(
    ("clone", "remedy"), [(True, "checkout -- data_samples"), (False, "--no-deps jmml_edu")]
)
def test_missing_samples_come_back_from_where_the_package_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clone: bool, remedy: str
) -> None:
    def missing() -> Path:
        raise InputError("nowhere")

    if clone:
        (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(machine, "samples_folder", missing)
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "package" / "doctor" / "machine.py"))
    finding = _find("Samples")
    assert (finding.value, finding.ok) == ("missing", False)
    assert finding.remedy.endswith(remedy)


def test_a_folder_that_cannot_be_written_is_wrong_and_nothing_is_left_in_one_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _find("Writing") == Finding("Writing", f"allowed in {tmp_path}")
    assert list(tmp_path.iterdir()) == []

    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refuse)
    finding = _find("Writing")
    assert finding.value == f"not allowed in {tmp_path} (Permission denied)"
    assert finding.remedy == "Change to a folder of your own, or give --out."


def test_it_looks_without_importing_what_is_heavy() -> None:
    code = (
        "import sys; from jmml_edu.doctor import diagnose; diagnose();"
        "print(sorted({'torch', 'mne', 'librosa', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_package_itself_is_named_with_its_place() -> None:
    assert _find("jmml_edu").value.endswith(str(Path(packages.__file__).parents[1]))


def test_requirements_of_an_extra_are_its_own_only(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["numpy>=2", 'jupyterlab>=4.6; extra == "lab"', 'ruff; extra == "dev"']
    monkeypatch.setattr(packages, "requires", lambda name: lines)
    assert list(packages.requirements_of()) == [("numpy", ">=2")]
    assert list(packages.requirements_of("lab")) == [("jupyterlab", ">=4.6")]


def test_an_old_jupyterlab_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, jupyterlab="4.5.1")
    monkeypatch.setattr(packages, "requires", lambda name: ['jupyterlab>=4.6; extra == "lab"'])
    finding = _find("jupyterlab")
    assert finding.value == "4.5.1; needs >=4.6"
    assert finding.remedy.endswith('-m pip install "jupyterlab>=4.6"')


@pytest.fixture
def lab_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of JupyterLab in which nothing lies but what a test puts there."""
    from jupyter_core import paths

    monkeypatch.setattr(paths, "jupyter_path", lambda *kind: [str(tmp_path.joinpath(*kind))])
    monkeypatch.setattr(paths, "jupyter_config_path", lambda: [str(tmp_path / "config")])
    for inside, _ in jupyter._EXTENSIONS.values():
        _write(tmp_path / "labextensions" / inside / "package.json", version="1.2.3")
    _write(tmp_path / "kernels" / "python3" / "kernel.json", argv=["python", "-m", "ipykernel"])
    return tmp_path


def _write(path: Path, **told: object) -> None:
    """Write a JSON file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))


def test_extensions_that_are_there_have_a_version(lab_folders: Path) -> None:
    for name in jupyter._EXTENSIONS:
        assert _find(name) == Finding(name, "1.2.3, found by JupyterLab")


@pytest.mark.parametrize("name", list(jupyter._EXTENSIONS))
def test_a_lost_extension_is_wrong(lab_folders: Path, name: str) -> None:
    inside, package = jupyter._EXTENSIONS[name]
    (lab_folders / "labextensions" / inside / "package.json").unlink()
    finding = _find(name)
    assert finding.value == "not found by JupyterLab"
    assert finding.remedy.endswith(f"--force-reinstall --no-deps {package}")


@pytest.mark.parametrize("said", [["anywidget"], {"anywidget": True, "other": False}])
def test_an_extension_that_is_switched_off_is_wrong(lab_folders: Path, said: object) -> None:
    page = lab_folders / "config" / "labconfig" / "page_config.json"
    _write(page, disabledExtensions=said)
    finding = _find("Explorer widgets")
    assert (finding.value, finding.ok) == ("switched off", False)
    assert finding.remedy == 'jupyter labextension enable "anywidget"'
    _write(page, disabledExtensions={"anywidget": False})
    assert _find("Explorer widgets").ok


def test_the_kernel_is_this_python(lab_folders: Path) -> None:
    assert _find("Notebook kernel") == Finding("Notebook kernel", sys.executable)


def test_a_kernel_of_another_python_is_wrong(lab_folders: Path) -> None:
    record = lab_folders / "kernels" / "python3" / "kernel.json"
    _write(record, argv=["/elsewhere/bin/python", "-m", "ipykernel"])
    finding = _find("Notebook kernel")
    assert finding.value == f"/elsewhere/bin/python, another Python, by {record}"
    assert f'remove "{record.parent}"' in finding.remedy
    record.unlink()
    assert _find("Notebook kernel").value == "not found"


def test_without_jupyter_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, jupyter_core=None)
    assert {_find(name).ok for name in (*jupyter._EXTENSIONS, "Notebook kernel")} == {False}
    assert jupyter._switched_off() == set()
