"""The page: a comparison becomes one HTML file that needs nothing else, and its figures."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from jmml_edu import plots
from jmml_edu._folders import whole_folder
from jmml_edu.evaluation import FEWEST_SUBJECTS, N_DRAWS
from jmml_edu.report import words
from jmml_edu.report.results import results_json
from jmml_edu.report.verdict import labels, percent, points, verdict
from jmml_edu.results import METHODS, TIERS, Comparison
from jmml_edu.significance import DRAWS

TITLE = "Can EEG at training help a machine hear emotion?"
FAIR_PAIR = ("eeg_free", "eeg_trained")


def write_report(
    comparison: Comparison, folder: Path | str, *, title: str = TITLE, overwrite: bool = False
) -> Path:
    """Write the page, its figures and ``results.json`` into a new folder; return the page's path.

    The folder appears whole or not at all. ``index.html`` holds its figures and style and loads
    nothing, so it can be sent to somebody alone.

    Parameters
    ----------
    comparison
        What a run found.
    folder
        Where to write. It must not exist yet.
    title
        Heading of the page.
    overwrite
        Replace ``folder`` if it holds an earlier report.

    Returns
    -------
    page
        Path of ``index.html``; beside it ``results.json`` and ``figures/*.png``.

    Raises
    ------
    InputError
        If ``folder`` is taken. What is in it stays as it was.
    """
    replaces = "results.json" if overwrite else ""
    with whole_folder("write_report", Path(folder), replaces=replaces) as new:
        pictures = _pictures(comparison)
        (new / "figures").mkdir()
        for name, picture in pictures.items():
            (new / "figures" / f"{name}.png").write_bytes(picture.png)
        results = json.dumps(results_json(comparison), indent=2, ensure_ascii=False)
        _write(new / "results.json", results + "\n")
        _write(new / "index.html", _page(comparison, pictures, title))
    return Path(folder) / "index.html"


def _write(path: Path, text: str) -> None:
    """Write text the same on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _page(comparison: Comparison, pictures: dict[str, plots.Picture], title: str) -> str:
    """Fill the template."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            title=title,
            comparison=comparison,
            plan=comparison.plan,
            run=results_json(comparison)["run"],
            verdict=verdict(comparison),
            labels=labels(comparison.plan),
            limits=words.limits(comparison),
            methods_paragraph=methods_paragraph(comparison),
            captions={
                "comparison": words.caption_comparison(comparison),
                "correlations": words.caption_correlations(comparison),
                "confusion": words.caption_confusion(comparison),
            },
            pictures=pictures,
            alts=_alts(comparison),
        )
    )


def methods_paragraph(comparison: Comparison) -> str:
    """Return the paragraph of a paper that tells other researchers what was done."""
    template = _environment().get_template("methods.txt.j2")
    plan, run = comparison.plan, comparison.run
    told = template.render(comparison=comparison, plan=plan, run=run, labels=labels(plan))
    return str(Markup(" ".join(told.split())).unescape())


def _environment() -> jinja2.Environment:
    """Return the templates with the words and filters that every page needs."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jmml_edu"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters |= {
        "typeset": _typeset, "percent": percent, "points": points, "data_uri": _data_uri,
        "gain_name": words.gain_name,
    }  # fmt: skip
    environment.globals |= {
        "names": plots.METHOD_NAMES, "methods": METHODS, "reading": plots.reading,
        "road": tuple(TIERS["road"]),
        "fair_pair": FAIR_PAIR, "fewest_people": FEWEST_SUBJECTS, "n_draws": N_DRAWS,
        "n_exchanges": DRAWS,
    }  # fmt: skip
    return environment


def _typeset(text: str) -> str:
    """Return text with true minus signs, and numbers that stay with their unit."""
    text = re.sub(r"(?<!\w)-(?=\d)", "\N{MINUS SIGN}", text)
    return text.replace(" %", "\N{NO-BREAK SPACE}%").replace(" points", "\N{NO-BREAK SPACE}points")


def _data_uri(picture: plots.Picture) -> str:
    """Return the SVG as an address that holds the whole picture."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.svg).decode('ascii')}"


def _pictures(comparison: Comparison) -> dict[str, plots.Picture]:
    """Draw every figure of the page."""
    stamp: dict[str, Any] = {"provenance": comparison.plan.provenance}
    latent = partial(plots.plot_latent, comparison.latent, **stamp)
    wide: dict[str, Callable[..., Any]] = {
        "scores": partial(
            plots.plot_scores,
            {name: score for name, score in comparison.methods.items() if name in TIERS["road"]},
            chance=comparison.chance,
            **stamp,
        ),
        "gains": partial(plots.plot_gains, comparison.gains, kind=comparison.plan.kind, **stamp),
        "correlations": partial(plots.plot_correlations, comparison.latent, **stamp),
    }
    square: dict[str, Callable[..., Any]] = {
        "latent_eeg": partial(latent, "eeg"),
        "latent_speech": partial(latent, "speech"),
    }
    for method in FAIR_PAIR:
        counts, name = comparison.confusions[method], plots.METHOD_NAMES[method]
        square[f"confusion_{method}"] = partial(
            plots.plot_confusion, counts, comparison.classes, title=name, **stamp
        )
    pictures = {name: _draw(draw, 5.2, 3.2) for name, draw in wide.items()}
    pictures |= {name: _draw(draw, 4.0, 4.2) for name, draw in square.items()}
    if comparison.differences:
        everybody = partial(
            plots.plot_comparison, comparison.methods, comparison.differences,
            comparison.noise_floor, chance=comparison.chance, **stamp,
        )  # fmt: skip
        pictures["comparison"] = _draw(everybody, 6.8, 1.6 + 0.31 * len(comparison.methods))
    return pictures


def _draw(draw: Callable[..., Any], width_in: float, height_in: float) -> plots.Picture:
    """Draw one figure."""
    return plots.picture(lambda ax: draw(ax=ax), width_in=width_in, height_in=height_in)


def _alts(comparison: Comparison) -> dict[str, str]:
    """Return the text that stands for each figure where it cannot be seen."""
    return {
        "scores": words.alt_scores(comparison),
        "gains": words.alt_gains(comparison),
        "correlations": words.alt_correlations(comparison),
        "latent_eeg": words.alt_latent(comparison, "eeg"),
        "latent_speech": words.alt_latent(comparison, "speech"),
        "comparison": words.alt_comparison(comparison),
    } | {f"confusion_{name}": words.alt_confusion(comparison, name) for name in FAIR_PAIR}
