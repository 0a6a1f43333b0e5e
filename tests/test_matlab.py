"""MATLAB files of both kinds: shapes first, one variable at a time, and what is damaged."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from jmml_edu._checks import InputError
from jmml_edu.corpora.matlab import mat_array, mat_shapes

RNG = np.random.default_rng(0)
ARRAYS = {"seg1": RNG.standard_normal((50, 3, 4)), "label": np.eye(4)}


def save_v73(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """HDF5 behind 512 bytes of MATLAB's header, axes from last to first, as MATLAB writes it."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array.T)
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124))
    return path


def save(path: Path, form: str) -> Path:
    """The same arrays in one of three forms."""
    if form == "v7.3":
        return save_v73(path, ARRAYS)
    scipy.io.savemat(path, ARRAYS, do_compression=form == "v5 compressed")
    return path


FORMS = ("v5", "v5 compressed", "v7.3")


def refused(path: Path, name: str = "seg1") -> str:
    """The sentence with which a file is turned away."""
    with pytest.raises(InputError) as caught:
        mat_array(path, name)
    return str(caught.value)


@pytest.mark.parametrize("form", FORMS)
def test_shapes_and_arrays_are_those_that_were_saved(tmp_path: Path, form: str) -> None:
    path = save(tmp_path / "a.mat", form)
    assert mat_shapes(path) == {"seg1": (50, 3, 4), "label": (4, 4)}
    for name, array in ARRAYS.items():
        assert np.array_equal(mat_array(path, name), array)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kept", [600, -1, -400])
def test_a_file_cut_short_is_told_before_its_numbers_are_read(
    tmp_path: Path, form: str, kept: int
) -> None:
    path = save(tmp_path / "a.mat", form)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"^read_matlab: path must name a complete .*a\.mat"):
        mat_shapes(path)


def test_a_variable_that_is_not_there_is_told_beside_those_that_are(tmp_path: Path) -> None:
    assert refused(save(tmp_path / "a.mat", "v5"), "seg") == (
        "read_matlab: path must have the variable 'seg'; got ['label', 'seg1'] in a.mat. Fetch the"
        " file again, or rename the variable."
    )


def test_text_where_numbers_should_be_is_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "a.mat", {"seg1": "words"})
    assert refused(tmp_path / "a.mat").startswith("read_matlab: path must hold numbers in 'seg1'")


def test_other_files_get_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    assert refused(path).startswith("read_matlab: path must name a file that exists")
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    assert "which only points to them. Fetch the data themselves" in refused(path)
    for content in (b"", b"PK\x03\x04" * 200, b"\x89HDF\r\n\x1a\nbroken"):
        path.write_bytes(content)
        assert "a.mat, which cannot be read" in refused(path)
