"""What notebooks 00 and 06 tell: their numbers, by another route where there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import recall_score

from jmml_edu.course import quiz
from jmml_edu.course.finding import find_lesson
from jmml_edu.course.lessons.data00 import opened_road, verdicts_to_score
from jmml_edu.course.lessons.data06 import (
    class_corners,
    joined_by_class,
    moments,
    own_classes,
    own_pairs,
)
from jmml_edu.course.lessons.entry00 import ASKED, where_to_begin
from jmml_edu.course.lessons.judges00 import average_recall
from jmml_edu.course.lessons.pictures00 import draw_switch, recalls
from jmml_edu.course.lessons.pictures06 import (
    CLEARLY,
    draw_carried,
    draw_inside,
    fooled,
    held_out,
    label_contest,
)
from jmml_edu.course.session import student_seed
from jmml_edu.linear import CCA

RIGHT = {name: "abc"[find_lesson("test", 0).questions[name].right] for name in ASKED}


@pytest.fixture(autouse=True)
def _own_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMML_EDU_DIARY", str(tmp_path / "diary.jsonl"))


def answer(**wrong: bool) -> str:
    """Where to begin after answering all four, some of them wrongly."""
    for name in ASKED:
        letter = RIGHT[name]
        quiz(name, letter if not wrong.get(f"q{name[-1]}") else "abc".replace(letter, "")[0])
    return where_to_begin().text.splitlines()[0]


def test_lesson_00_is_found_by_number_and_by_name() -> None:
    assert find_lesson("test", 0) is find_lesson("test", "00")


def test_who_misses_something_begins_there_and_first_things_come_first() -> None:
    assert where_to_begin().text.startswith("▸ Answer the four questions first")
    assert answer(q1=True, q4=True) == "▸ Begin with 04 Linear CCA"


def test_what_is_known_may_be_skipped_and_the_first_answer_counts() -> None:
    assert answer(q2=True) == "▸ Begin with 06 What class pairs carry"
    assert "You may skip 04 Linear CCA" in where_to_begin().text
    quiz("00.1", "b")
    assert where_to_begin().text.startswith("▸ Begin with 06")


def test_who_knows_all_is_sent_to_a_notebook_that_exists() -> None:
    assert answer().startswith(("▸ Begin with 11", "▸ Begin with 12"))


def test_recalls_of_the_road_are_those_of_another_library() -> None:
    scene, found = opened_road(), recalls(opened_road())
    for name, says in (("rhythm alone", scene.speech_says), ("EEG on", scene.both_say)):
        said, true = says[scene.held_out].argmax(axis=1), scene.labels[scene.held_out]
        wanted = recall_score(true, said, average="macro")
        assert found[name].value == pytest.approx(wanted)
    words = draw_switch(scene)[1]
    assert f"rhythm alone {found['rhythm alone'].value:.0%}" in words


def test_the_average_recall_is_that_of_another_library() -> None:
    truth, said = verdicts_to_score(3)
    wanted = recall_score(truth, said, average="macro", labels=np.unique(truth))
    assert average_recall(truth, said) == pytest.approx(wanted)


@pytest.mark.parametrize("n_classes", range(2, 10))
def test_class_means_lie_in_one_dimension_less_and_equally_far(n_classes: int) -> None:
    corners = class_corners(n_classes)
    apart = np.linalg.norm(corners[:, None] - corners, axis=2)[~np.eye(n_classes, dtype=bool)]
    np.testing.assert_allclose(apart, apart[0])
    assert np.linalg.matrix_rank(corners) == n_classes - 1


@pytest.mark.parametrize("n_classes", range(2, 9))
def test_class_pairs_share_one_component_less_than_classes(n_classes: int) -> None:
    recorded = moments(n_classes)
    assert (held_out(recorded) > CLEARLY).sum() == 8
    assert (held_out(joined_by_class(recorded)) > CLEARLY).sum() == n_classes - 1
    verb = "1 component is" if n_classes == 2 else f"{n_classes - 1} components are"
    figure, words = draw_carried(n_classes)
    assert f"{verb} left" in figure.axes[0].get_title(loc="left")
    assert words.endswith(f"pairs joined by class {n_classes - 1}.")


def test_nothing_is_shared_inside_a_class_of_class_pairs() -> None:
    words = draw_inside(moments(4))[1]
    recorded, by_class = (float(w.split()[-1]) for w in words.removesuffix(".").split(",")[-2:])
    assert recorded > 0.9
    assert abs(by_class) < 0.06


def test_the_label_is_lda_and_weak_eeg_is_worse() -> None:
    found = label_contest()
    lda = found["no second view: LDA"][0].value
    for name in ("the label itself (one-hot)", "a random vector per class"):
        assert found[name][1] < 1e-6
        assert found[name][0].value == pytest.approx(lda)
    assert lda - 0.02 < found["EEG, joined by class"][0].value <= lda
    assert found["EEG that hears one direction"][0].value < lda - 0.2


def test_a_shared_nuisance_raises_the_correlation_and_lowers_the_recall() -> None:
    clean, half, whole = (fooled(shared) for shared in (0, 6, 12))
    assert clean[0] + 0.05 < half[0] < whole[0]
    assert clean[1] > 0.65  # what the notebook promises
    assert abs(clean[0] - 0.74) < 0.006
    assert abs(clean[1] - 0.71) < 0.006
    assert max(half[1], whole[1]) < 0.4


@pytest.mark.parametrize("student", ["", "Ada", "Bob", "Chi", "Dai"])
def test_each_student_can_count_the_classes(student: str) -> None:
    seed = student_seed(6, student)
    own = own_pairs(seed)
    found = CCA(10).fit(own.eeg, own.speech).correlations(own.new_eeg, own.new_speech)
    assert int((found > CLEARLY).sum()) + 1 == own_classes(seed)
