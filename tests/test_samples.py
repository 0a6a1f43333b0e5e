"""The samples that ship: their size, their stamp, how hard they are, and where they come from."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from jmml_edu.classifier import Classifier
from jmml_edu.comparison import compare
from jmml_edu.corpora.indexed import read_indexed
from jmml_edu.corpora.samples import RAW_NAME, TABLE_NAME, samples_folder
from jmml_edu.data import MODALITIES, Features, Modality
from jmml_edu.experiment import Settings, plan_comparison
from jmml_edu.features.eeg import eeg_features
from jmml_edu.features.speech import speech_features
from jmml_edu.missing import Scaler
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.simulate.gaussian import QUADRANTS
from jmml_edu.simulate.pairs import draw_trials, simulate_eeg, simulate_speech
from jmml_edu.sources import read_features
from jmml_edu.splits import grouped_folds


@pytest.fixture(scope="module")
def table() -> dict[Modality, Features]:
    """Both sides of the feature table."""
    return {modality: read_features("samples", modality) for modality in MODALITIES}


def rows_of(trials: np.ndarray, features: Features) -> Features:
    """The rows of these trials, in this order."""
    row = {trial: number for number, trial in enumerate(features.trials)}
    return features.take(np.array([row[trial] for trial in trials]))


def test_there_are_two_thousand_pairs_of_forty_people_in_four_quadrants(
    table: dict[Modality, Features],
) -> None:
    eeg, speech = table["eeg"], table["speech"]
    assert (eeg.values.shape, speech.values.shape) == ((2_000, 165), (2_000, 101))
    for name in ("subjects", "labels", "trials"):
        np.testing.assert_array_equal(getattr(eeg, name), getattr(speech, name))
    assert Counter(speech.subjects) == {f"p{number:02d}": 50 for number in range(1, 41)}
    assert len(set(speech.trials)) == 2_000
    quadrants = Counter(speech.labels)
    assert set(quadrants) == set(QUADRANTS)
    assert min(quadrants.values()) >= 450
    assert all(len(set(speech.labels[speech.subjects == who])) == 4 for who in set(speech.subjects))
    assert eeg.values.std(axis=0).min() > 0
    assert speech.values.std(axis=0).min() > 0


def test_all_that_ships_says_that_it_is_simulated(table: dict[Modality, Features]) -> None:
    raw = samples_folder() / RAW_NAME
    said = json.loads((raw / "provenance.json").read_text("utf-8"))
    assert said["simulated"] is True
    for modality, features in table.items():
        recordings = list(read_indexed(raw).of(modality))
        assert {recording.provenance.stamp for recording in recordings} == {"SIMULATED"}
        assert {recording.provenance.source for recording in recordings} == {said["source"]}
        assert features.provenance.stamp == "SIMULATED"
        assert features.provenance.source == said["source"]
    first = (samples_folder() / TABLE_NAME).read_text("utf-8").partition("\n")[0]
    assert '"simulated": true' in first


def test_they_are_small_enough_to_ship() -> None:
    files = [path for path in samples_folder().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 12e6


def test_six_people_can_be_looked_at_and_listened_to_in_each_quadrant() -> None:
    for modality in MODALITIES:
        recordings = read_indexed(samples_folder() / RAW_NAME).of(modality)
        met = Counter((recording.subject, recording.label) for recording in recordings)
        assert met == {(f"p0{who}", label): 1 for who in range(1, 7) for label in QUADRANTS}


# The files keep 16 bit. That moves EEG by next to nothing; of the voice, what is measured near
# its noise (shimmer, how loudness falls into a pause) hangs on single frames.
@pytest.mark.parametrize(
    ("modality", "most", "nearly_all"), [("eeg", 0.01, 0.01), ("speech", 0.4, 0.05)]
)
def test_recordings_reproduce_their_rows_of_the_table(
    table: dict[Modality, Features], modality: Modality, most: float, nearly_all: float
) -> None:
    raw = read_features(str(samples_folder() / RAW_NAME), modality)
    rows = rows_of(raw.trials, table[modality])
    assert raw.names == rows.names
    assert (len(raw), raw.subjects.tolist(), raw.labels.tolist()) == (
        24, rows.subjects.tolist(), rows.labels.tolist(),
    )  # fmt: skip
    off_sd = np.abs(raw.values - rows.values) / table[modality].values.std(axis=0)
    assert off_sd.max() < most
    assert np.percentile(off_sd, 99) < nearly_all
    assert np.median(off_sd) < 0.001


@pytest.fixture(scope="module")
def made() -> ModuleType:
    """The script that made the samples."""
    path = samples_folder() / "make.py"
    if not path.is_file():
        pytest.skip("The script is not part of an installed package.")
    spec = importlib.util.spec_from_file_location("make", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("number", [0, 39])
def test_the_script_makes_the_rows_that_ship(
    made: ModuleType, table: dict[Modality, Features], number: int
) -> None:
    world, trials = made.WORLD, draw_trials(made.WORLD, number)
    assert len(trials) == 50
    eeg = eeg_features([clean_eeg(simulate_eeg(world, number, 3, trials[3]))])
    speech = speech_features([clean_speech(simulate_speech(world, number, 3, trials[3]))])
    for found in (eeg, speech):
        expected = rows_of(found.trials, table[found.modality])
        assert found.labels.tolist() == expected.labels.tolist() == [trials[3].label]
        np.testing.assert_allclose(found.values, expected.values, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("modality", "lowest", "highest"), [("speech", 58, 68), ("eeg", 42, 52)])
def test_they_are_as_hard_as_real_data(
    table: dict[Modality, Features], modality: Modality, lowest: float, highest: float
) -> None:
    features = table[modality]
    said = np.empty(len(features), dtype=object)
    number = np.array([QUADRANTS.index(label) for label in features.labels])
    for fold in grouped_folds(features.subjects, features.labels, n_folds=5, seed=0):
        scaler = Scaler.of(features.values[fold.train])
        model = Classifier(scaler.apply(features.values[fold.train]), number[fold.train])
        said[fold.test] = model.predict(scaler.apply(features.values[fold.test]))
    recall_percent = 100 * balanced_accuracy_score(number, said.astype(int))
    assert lowest < recall_percent < highest


@pytest.mark.slow
def test_with_few_labels_eeg_gains_on_the_samples_and_shuffled_eeg_does_not(
    table: dict[Modality, Features],
) -> None:
    closed_form = Settings(labels_per_class=10, n_seeds=2, step1="none", step2="CCA")
    plan = plan_comparison(table["eeg"], table["speech"], closed_form)
    gains = compare(table["eeg"], table["speech"], plan).gains
    assert gains["gain_over_raw"].value >= 0.08
    assert gains["gain"].low is not None
    assert gains["gain"].low > 0
    assert gains["gain_shuffled"].low is not None
    assert gains["gain_shuffled"].low <= 0
