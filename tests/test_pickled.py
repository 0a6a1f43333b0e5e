"""Pickles of arrays: read as numpy reads them, and refused as soon as they ask for more."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from made_corpora import python2_pickle, resave

from jmml_edu._checks import InputError
from jmml_edu.corpora import pickled
from jmml_edu.corpora.pickled import read_pickled

RNG = np.random.default_rng(0)
SMALL, LARGE = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 40, 200))


def refused(path: Path) -> str:
    """The sentence with which a pickle is turned away."""
    with pytest.raises(InputError) as caught:
        read_pickled(path)
    return str(caught.value)


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["f8", "f4", "i2", ">f8", "u1"])
def test_arrays_come_back_as_numpy_has_them(
    tmp_path: Path, protocol: int, order: str, kind: str
) -> None:
    for array in (SMALL, LARGE):
        written = np.asarray(100 * array, order=order).astype(kind)  # type: ignore[call-overload]
        read = read_pickled(resave(tmp_path / "a.pkl", written, protocol))
        assert read.dtype == np.dtype(kind)
        assert np.array_equal(read, written)


def test_a_pickle_of_python_2_is_read_as_python_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "s01.dat"
    path.write_bytes(python2_pickle({"labels": SMALL, "data": LARGE}))
    with path.open("rb") as file:
        by_python = pickle.load(file, encoding="latin1")
    ours = read_pickled(path)
    assert set(ours) == {"labels", "data"}
    assert np.array_equal(by_python["data"], LARGE)
    for name, expected in by_python.items():
        assert np.array_equal(ours[name], expected)


def test_large_arrays_stay_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "large.pkl"
    path.write_bytes(python2_pickle({"data": LARGE}))
    data = read_pickled(path)["data"]
    assert not data.flags.owndata
    assert not data.flags.writeable
    # What is on disk now is what a slice shows: nothing was copied.
    content = path.read_bytes()
    at = content.index(LARGE.tobytes())
    with path.open("r+b") as file:
        file.seek(at)
        file.write(np.float64(42).tobytes())
    assert data[0, 0, 0] == 42


class Command:
    """Runs a program when it is unpickled by ``pickle.load``."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path, protocol: int) -> None:
    mark = tmp_path / "ran"
    evil = resave(tmp_path / "evil.pkl", {"data": [Command(mark)]}, protocol)
    assert "hold arrays of numbers and nothing that runs; got evil.pkl: asks for" in refused(evil)
    assert not mark.exists()
    with evil.open("rb") as file:
        pickle.load(file)
    assert mark.exists()  # the pickle is truly one that runs


@pytest.mark.parametrize(
    "content",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cnumpy\nload\n.",
        b"cnumpy\ndtype\n.",  # a class instead of an array
        b"cnumpy\ndtype\n}(S'shape'\nK\x01ub.",  # changes the class itself
        b"cnumpy\ndtype\nN}(S'code'\nS'O'\nu\x86b.",
        b"cnumpy\ndtype\n(S'O8'\nK\x00K\x01tR.",
        b"Pname\n.",
        b"\x82\x01.",
        b"i builtins\nexec\n.",
    ],
)
def test_other_ways_out_are_closed_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.pkl"
    path.write_bytes(content)
    assert refused(path).startswith(
        "read_pickled: path must hold arrays of numbers and nothing that runs; got odd.pkl:"
    )


def test_nothing_of_the_reader_itself_can_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "odd.pkl"
    path.write_bytes(b"cnumpy.core.multiarray\n_reconstruct\n}(S'mark'\nK\x01ub.")
    assert "changes something that is no array" in refused(path)
    assert "mark" not in vars(pickled._rebuild)


def test_objects_in_an_array_are_refused(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}, "text"], dtype=object)
    assert "an array of 'O8'" in refused(resave(tmp_path / "o.pkl", objects, 4))


@pytest.mark.parametrize("kept", [0, 1, 30, 200, -1000, -1])
def test_a_pickle_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.dat"
    path.write_bytes(python2_pickle({"labels": SMALL, "data": LARGE})[:kept])
    assert "got cut.dat: " in refused(path)


def test_an_array_whose_bytes_do_not_fit_its_shape_is_refused(tmp_path: Path) -> None:
    whole = python2_pickle({"data": LARGE})
    wrong = whole.replace(b"J" + (200).to_bytes(4, "little"), b"J" + (201).to_bytes(4, "little"))
    path = tmp_path / "shape.dat"
    path.write_bytes(wrong)
    assert "for an array of shape (3, 40, 201)" in refused(path)


def test_a_pointer_and_a_missing_file_get_sentences(tmp_path: Path) -> None:
    path = tmp_path / "s01.dat"
    assert refused(path).startswith("read_pickled: path must name a file that exists; got ")
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert refused(path) == (
        "read_pickled: path must hold data; got s01.dat, which only points to them. Fetch the"
        " data themselves with 'git lfs pull'."
    )
