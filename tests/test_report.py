"""The report: one page that stands alone, and numbers that survive."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import made_up
import numpy as np
import pytest

from jmml_edu.report import methods_paragraph, results_json, words, write_report
from jmml_edu.report import page as page_module
from jmml_edu.results import GAINS, TIERS

ROAD = tuple(TIERS["road"])

MADE_UP = (made_up.clear_gain, made_up.three_speakers, made_up.harm, made_up.everybody)
HOSTILE = '<script>alert("$\\frac{$")</script>'


class Page(HTMLParser):
    """What a browser would find: tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The made-up comparisons as HTML."""
    place = tmp_path_factory.mktemp("pages")
    made = {f.__name__: f() for f in MADE_UP}
    return {
        name: write_report(c, place / name).read_text(encoding="utf-8") for name, c in made.items()
    }


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test of the folder do without drawing."""
    dot = page_module.plots.picture(lambda ax: ax, width_in=1.0, height_in=1.0)
    monkeypatch.setattr(page_module, "_draw", lambda *_: dot)


def test_results_have_the_documented_shape() -> None:
    results = results_json(made_up.clear_gain())
    assert list(results["methods"]) == list(ROAD)
    assert set(results["methods"]["eeg_trained"]) == {"uar", "low", "high"}
    for name in GAINS:
        assert set(results[name]) == {"mean", "low", "high"}
    assert {"versions", "seeds", "folds", "counts", "seconds", "peak_mib"} <= set(results["run"])
    assert {"macro_f1", "by_subject", "by_seed", "choices", "confusion"} <= set(results)
    assert results["gain"] == {"mean": 0.082, "low": 0.054, "high": 0.11}
    assert (results["chance"], results["classes"]) == (0.25, list(made_up.FOUR))
    assert results["provenance"]["simulated"] is True
    assert results["run"]["counts"]["people"] == 24
    assert len(results["by_subject"]["gain"]) == 24


def test_results_survive_json_and_miss_what_does_not_exist() -> None:
    few = made_up.three_speakers()
    odd = replace(
        few,
        macro_f1={name: np.float64("nan") for name in ROAD},
        run={"seconds": np.float32(2), "where": Path("a")},
    )
    results = json.loads(json.dumps(results_json(odd), allow_nan=False))
    assert results["gain"]["low"] is None
    assert results["gain"]["high"] is None
    assert set(results["macro_f1"].values()) == {None}
    assert results["run"]["seconds"] == 2
    assert results["run"]["where"] == "a"
    assert results["notes"] == ["12 clipped recordings were dropped."]


@pytest.mark.parametrize("tiny", [1e-9, -1e-9, 0.123456789])
def test_rounding_changes_no_sign(tiny: float) -> None:
    mean = results_json(made_up.with_gain(made_up.harm(), tiny, None, None))["gain"]["mean"]
    assert np.sign(mean) == np.sign(tiny)
    assert mean == pytest.approx(tiny, rel=1e-5)


@pytest.mark.parametrize("name", ["clear_gain", "three_speakers", "harm"])
def test_a_page_loads_nothing_from_anywhere(pages: dict[str, str], name: str) -> None:
    loads = {("img", "src"), ("link", "href"), ("script", "src"), ("iframe", "src")}
    page = Page(pages[name])
    addresses = [a[k] for tag, a in page.tags for t, k in loads if t == tag and k in a]
    assert len(addresses) == 8
    assert all(address.startswith("data:") for address in addresses)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "url(" not in pages[name]
    assert "@import" not in pages[name]


@pytest.mark.parametrize("name", ["clear_gain", "three_speakers", "harm"])
def test_every_figure_has_words_and_every_heading_its_level(
    pages: dict[str, str], name: str
) -> None:
    page = Page(pages[name])
    alts = [a["alt"] for tag, a in page.tags if tag == "img"]
    assert len(set(alts)) == 7
    assert all(len(alt) >= 20 for alt in alts)
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert ("html", {"lang": "en"}) in page.tags
    assert all(a.get("scope") in {"col", "row"} for tag, a in page.tags if tag == "th")


def test_words_for_figures_hold_the_numbers(pages: dict[str, str]) -> None:
    alts = " ".join(a["alt"] for tag, a in Page(pages["clear_gain"]).tags if tag == "img")
    alts = alts.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
    assert "EEG at training 56.6 % (95 % interval 53.0 to 60.2)" in alts
    assert "EEG at training over best without EEG +8.2 points" in alts
    assert "component 1: 0.74 and 0.66" in alts
    assert "Recognised: 56.6 % of calm" in alts
    assert "420 codes of new people, filled, and 1596 of training people" in alts


def test_only_simulated_pages_carry_the_banner(pages: dict[str, str]) -> None:
    assert "SIMULATED" in Page(pages["clear_gain"]).text
    assert "SIMULATED" not in Page(pages["harm"]).text
    assert "prove nothing about people" in Page(pages["clear_gain"]).text


def test_class_pairs_are_explained_with_the_bound_on_correlations(pages: dict[str, str]) -> None:
    text = " ".join(Page(pages["three_speakers"]).text.split())
    assert "carry at most 1 correlation (classes minus one)" in text
    assert "NEGATIVE CONTROL" not in pages["harm"]
    for person in ("s01", "s02", "s03"):
        assert person in text


def test_the_page_names_its_limits_its_choices_and_how_to_repeat_it(pages: dict[str, str]) -> None:
    text = " ".join(Page(pages["clear_gain"]).text.split())
    assert "Labels are ratings or acted intentions, not inner states" in text
    assert "speaker-projected (15 of 25)" in text
    assert "jmml-edu run --pairs samples --labels-per-class 10 --seeds 5" in text
    assert "calm heard as excited: 32.6 %" in text
    assert "KNOWN" in text
    assert "OUR READING" in text


@pytest.mark.parametrize(
    ("step1", "step2", "said", "unsaid"),
    [
        ("none", "CCA", "No step 1. Step 2 in closed form", "E-DCC-CAE"),
        (
            "either",
            "E-DCC-CAE",
            "only where held-out labels speak for it. Step 2: E-DCC-CAE, which",
            "No",
        ),
        ("JEC-SSL", "DCCA", "Step 1: JEC-SSL. Step 2: DCCA, which", "E-DCC-CAE"),
    ],
)
def test_the_page_names_the_two_steps_that_were_taken(
    step1: str, step2: str, said: str, unsaid: str, tmp_path: Path
) -> None:
    clear = made_up.clear_gain()
    plan = replace(clear.plan, step1=step1, step2=step2)
    page = write_report(replace(clear, plan=plan), tmp_path / "report")
    text = " ".join(Page(page.read_text("utf-8")).text.split())
    method = text[text.index("OUR READING") : text.index("What this does not show")]
    assert said in method
    assert unsaid + " " not in method


def test_a_correlation_that_could_not_be_measured_is_called_unknown() -> None:
    clear = made_up.clear_gain()
    latent = replace(clear.latent, held_out_correlations=np.full(6, np.nan))
    unknown = replace(clear, latent=latent)
    assert "0.74 in the people it was learned from and unknown in new ones" in (
        words.caption_correlations(unknown)
    )
    assert "component 1: 0.74 and unknown" in words.alt_correlations(unknown)


def test_correlations_of_class_pairs_say_that_true_classes_joined_them() -> None:
    sentence = "New people's pairs were joined by their true class"
    assert sentence in words.caption_correlations(made_up.three_speakers())
    assert sentence not in words.caption_correlations(made_up.clear_gain())


def test_hostile_names_are_shown_and_not_run(tmp_path: Path) -> None:
    clear = made_up.three_speakers()
    plan = replace(clear.plan, class_counts={HOSTILE: 1}, notes=(HOSTILE,))
    by_subject = {HOSTILE: 0.1}
    hostile = replace(
        clear,
        classes=(HOSTILE, "neutral"),
        plan=replace(plan, provenance=replace(plan.provenance, source=HOSTILE)),
        gains={name: replace(gain, by_subject=by_subject) for name, gain in clear.gains.items()},
        run={"command": HOSTILE},
    )
    html = write_report(hostile, tmp_path / "out", title=HOSTILE).read_text(encoding="utf-8")
    assert "script" not in {tag for tag, _ in Page(html).tags}
    assert html.count("&lt;script&gt;") >= 7


def test_a_report_is_a_page_its_figures_and_its_numbers(tmp_path: Path, quick: None) -> None:
    page = write_report(made_up.three_speakers(), tmp_path / "deep" / "out")
    folder = tmp_path / "deep" / "out"
    assert page == folder / "index.html"
    assert {p.name for p in folder.iterdir()} == {"index.html", "results.json", "figures"}
    assert len(list((folder / "figures").glob("*.png"))) == 7
    assert json.loads((folder / "results.json").read_text(encoding="utf-8"))["pairing"] == "class"
    assert [p.name for p in folder.parent.iterdir()] == ["out"]


def test_a_run_that_recorded_nothing_still_has_a_page(tmp_path: Path, quick: None) -> None:
    assert write_report(replace(made_up.harm(), run={}, choices={}), tmp_path / "out").is_file()


def test_the_same_comparison_gives_the_same_page(tmp_path: Path, pages: dict[str, str]) -> None:
    again = write_report(made_up.three_speakers(), tmp_path / "again")
    assert again.read_text(encoding="utf-8") == pages["three_speakers"]


def test_one_draw_of_labels_is_named_as_a_limit() -> None:
    clear = made_up.clear_gain()
    for n_seeds in (1, 3):
        plan = replace(clear.plan, seeds=tuple(range(n_seeds)))
        said = " ".join(words.limits(replace(clear, plan=plan)))
        assert ("drawn once" in said) is (n_seeds == 1)


def test_only_a_page_of_everybody_tells_of_others(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        told = Page(page).text
        assert ("Beside other methods" in told) == (name == "everybody")
        assert ("with --tiers all they are" in told) == (name != "everybody")
    told = Page(pages["everybody"]).text
    assert "InfoNCE" in told
    assert "1.0 points to either side" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "Holm" in told
    assert "below the noise floor" in told
    assert "<td>better</td>" in pages["everybody"]


def test_results_hold_what_eeg_at_training_has_ahead() -> None:
    results = results_json(made_up.everybody())
    assert results["noise_floor"] == 0.01
    assert results["differences"]["oracle"]["reading"] == "EEG at training is worse"
    assert results["differences"]["eeg_free"]["ahead"] == 0.082
    assert results["differences"]["eeg_free"]["p_adjusted"] == 0.0076
    assert results_json(made_up.clear_gain())["differences"] == {}


def test_the_paragraph_for_a_paper_says_all_that_was_done() -> None:
    told = methods_paragraph(made_up.everybody())
    for part in (
        "26 methods of telling 4 classes (calm, excited, sad, tense)",
        "The simulated data (samples made by a program) hold 2,016 utterances of 24 speakers",
        "split into 5 folds",
        "10 labels per class were shown; the other training utterances served without labels.",
        "seeds 0, 1, 2, 3, 4.",
        "2,000 bootstrap draws of people and seeds, widened because folds share who teaches",
        "9,999 random exchanges",
        "adjusted for 23 comparisons (Holm)",
        "Software: jmml_edu 0.1.0.",
    ):
        assert part in told, part
    few = methods_paragraph(made_up.three_speakers())
    assert "The recorded data (nemo_3spk + sizecontemo)" in few
    assert "joined to them by class only" in few
    assert "In each training fold all labels were shown. " in few
    assert "with seed 0. We report unweighted average recall; people were too few for" in few
    assert "Holm" not in few
