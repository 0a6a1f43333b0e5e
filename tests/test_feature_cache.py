"""Kept features: found again for the same content only, whole under many writers, bounded."""

from __future__ import annotations

import multiprocessing
import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jmml_edu import feature_cache
from jmml_edu._checks import InputError, InputWarning
from jmml_edu.data import Provenance, Recording
from jmml_edu.feature_cache import FeatureCache, KeptRow, open_cache

ROW = KeptRow(("f0_mean_st", "voiced_share"), (0.1 + 0.2, float("inf")), ("cleaned", "summed up"))
SOUND = Recording(
    np.random.default_rng(0).standard_normal((1, 800)), 16_000.0, ("mono",), "speech", "ann",
    Provenance("noise", simulated=True), label="calm", trial="1",
)  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "kept")


def test_what_is_kept_comes_back_to_the_last_bit(cache: FeatureCache) -> None:
    key = cache.key(SOUND, "plain")
    assert cache.get(key) is None
    cache.put(key, ROW)
    assert cache.get(key) == ROW


@given(st.lists(st.floats(allow_nan=False), max_size=5))
def test_any_numbers_come_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    cache = FeatureCache(tmp_path_factory.getbasetemp() / "any")
    row = KeptRow(tuple(map(str, range(len(values)))), tuple(values), ())
    cache.put("ab" * 20, row)
    assert cache.get("ab" * 20) == row


def test_who_and_what_do_not_matter_but_every_sample_and_setting_does(cache: FeatureCache) -> None:
    key = cache.key(SOUND, "plain")
    relabelled = replace(SOUND, subject="bob", label="loud", trial="2")
    assert cache.key(relabelled, "plain") == key
    signal = SOUND.signal.copy()
    signal[0, 799] = np.nextafter(signal[0, 799], 9)
    others = (
        cache.key(replace(SOUND, signal=signal), "plain"),
        cache.key(replace(SOUND, sample_rate_hz=16_001.0), "plain"),
        cache.key(replace(SOUND, channels=("left",)), "plain"),
        cache.key(SOUND, "other"),
        cache.key(
            replace(SOUND, signal=SOUND.signal.reshape(2, 400), channels=("a", "b")), "plain"
        ),
    )
    assert len({key, *others}) == 6


def test_other_code_finds_nothing(cache: FeatureCache, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key(SOUND, "plain")
    monkeypatch.setattr(feature_cache, "version", lambda name: "0.0")
    feature_cache.code_fingerprint.cache_clear()
    after = cache.key(SOUND, "plain")
    monkeypatch.undo()
    feature_cache.code_fingerprint.cache_clear()
    assert after != before
    assert cache.key(SOUND, "plain") == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"names": [], "values": 3, "steps": []}'])
def test_a_damaged_file_is_computed_anew(cache: FeatureCache, content: bytes) -> None:
    key = cache.key(SOUND, "plain")
    cache.put(key, ROW)
    cache.files()[0][2].write_bytes(content)
    assert cache.get(key) is None
    cache.put(key, ROW)
    assert cache.get(key) == ROW


def test_the_oldest_go_first_and_only_as_many_as_needed(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, limit_mb=0.001)
    for number in range(10):
        cache.put(f"{number:040x}", ROW)
        for _, _, path in cache.files():
            if path.stem == f"{number:040x}"[2:]:
                os.utime(path, (number, number))
    size = cache.files()[0][1]
    cache.get(f"{0:040x}")  # used again: no longer the oldest
    removed = cache.trim()
    left = sum(file_size for _, file_size, _ in cache.files())
    assert 800 - size < left <= 800
    assert removed == 10 - len(cache.files())
    assert cache.get(f"{0:040x}") == ROW
    assert cache.get(f"{1:040x}") is None
    assert cache.get(f"{9:040x}") == ROW
    assert cache.trim() == 0


def test_clearing_takes_nothing_but_what_was_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "photo.png").write_text("")
    cache = FeatureCache(tmp_path)
    cache.put("ab" * 20, ROW)
    (tmp_path / "ab" / "half.part").write_text("a process was stopped here")
    assert cache.clear() == 2
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["ab", "photo.png", "thesis.tex"]


def write_many(folder: str, own: int) -> int:
    """Write and read the same keys as others do; return how often something torn was read."""
    cache = FeatureCache(Path(folder), limit_mb=0.01)
    torn = 0
    for turn in range(60):
        key = f"{turn % 6:040x}"
        cache.put(key, KeptRow(("x",) * 50, (float(turn % 6),) * 50, ()))
        found = cache.get(key)
        torn += found is not None and set(found.values) != {float(turn % 6)}
        if turn % 20 == own:
            cache.trim()
    return torn


def test_processes_that_write_the_same_never_read_something_torn(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        torn = pool.starmap(write_many, [(str(tmp_path), 3), (str(tmp_path), 7)])
    assert torn == [0, 0]
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".part"]


def test_a_disk_that_refuses_is_told_and_nothing_stops(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = FeatureCache(tmp_path / "file")
    with pytest.warns(InputWarning, match="FeatureCache: folder should take files; got Not a dir"):
        cache.put("ab" * 20, ROW)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.get("ab" * 20) is None
        assert cache.trim() == cache.clear() == 0


def test_a_limit_below_zero_is_turned_away(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="FeatureCache: limit_mb must be at least 0; got -1"):
        FeatureCache(tmp_path, limit_mb=-1)


@pytest.mark.parametrize(
    ("platform", "name", "end"),
    [
        ("linux", "XDG_CACHE_HOME", "jmml_edu/features"),
        ("win32", "LOCALAPPDATA", "jmml_edu/features"),
        ("darwin", "HOME", "Library/Caches/jmml_edu/features"),
    ],
)
def test_the_folder_is_where_the_system_keeps_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, name: str, end: str
) -> None:
    monkeypatch.setattr(feature_cache.sys, "platform", platform)
    monkeypatch.delenv("JMML_EDU_CACHE")
    monkeypatch.setenv(name, str(tmp_path))
    assert open_cache().folder == tmp_path / end
    monkeypatch.setenv("JMML_EDU_CACHE", str(tmp_path / "mine"))
    assert open_cache().folder == tmp_path / "mine"
