"""Answers to the exercises of notebook 10, right in several ways, and wrong in the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from jmml_edu.losses import cca_loss

Answers = list[tuple[Any, str]]


def add_up(eeg, speech, maps, weights, *, read=None, tell=None, lose=None):
    """The whole loss, or one in which something was done another way."""
    views = {"eeg": eeg, "speech": speech}
    codes = {name: maps[name](view) for name, view in views.items()}
    found = {}
    for term, weight in weights.items():
        if term == "correlation":
            found[term] = weight * cca_loss(codes["eeg"], codes["speech"], ridge=0.01)
            continue
        target, _, source = term.split()
        told = maps[term](codes[(read or (lambda target, source: source))(target, source)])
        error = told - views[(tell or (lambda target, source: target))(target, source)]
        found[term] = weight * (lose or (lambda one: one.square().mean()))(error)
    return found


def written_out(eeg, speech, maps, weights):
    code_eeg, code_speech = maps["eeg"](eeg), maps["speech"](speech)
    made_from = {"eeg": code_eeg, "speech": code_speech}
    found = {"correlation": cca_loss(code_eeg, code_speech, ridge=0.01)}
    for source, code in made_from.items():
        for target, view in (("eeg", eeg), ("speech", speech)):
            name = f"{target} from {source}"
            if name in weights:
                found[name] = ((view - maps[name](code)) ** 2).sum() / view.numel()
    return {name: weights[name] * found[name] for name in weights}


def as_plain_numbers(*given):
    return {name: loss.item() for name, loss in add_up(*given).items()}


def own_code(*given):
    return add_up(*given, read=lambda target, source: target)


def own_view(*given):
    return add_up(*given, tell=lambda target, source: source)


def summed(*given):
    return add_up(*given, lose=lambda error: error.square().sum())


def not_squared(*given):
    return add_up(*given, lose=lambda error: error.mean())


def absolute(*given):
    return add_up(*given, lose=lambda error: error.abs().mean())


def row_by_row(*given):
    return add_up(*given, lose=lambda error: error.square().mean(dim=1))


def unweighted(eeg, speech, maps, weights):
    return add_up(eeg, speech, maps, dict.fromkeys(weights, 1.0))


def maximised(*given):
    found = add_up(*given)
    return found | {"correlation": -found["correlation"]}


def total(*given):
    return sum(add_up(*given).values())


def only_reconstructions(*given):
    found = add_up(*given)
    del found["correlation"]
    return found


def a_blank_inside(eeg, speech, maps, weights):
    return {"correlation": maps["eeg"](eeg)[...] + maps[...](speech)}


def by_sentence(missing, kept):
    agree = {"correlation"}
    return {
        "DCCAE": agree | {f"{view} from {view}" for view in (missing, kept)},
        "DCC-CAE": agree | {f"{missing} from {view}" for view in (missing, kept)},
        "split autoencoder": {f"{view} from {kept}" for view in (missing, kept)},
        "translation and alignment": agree | {f"{missing} from {kept}"},
    }


def as_lists(missing, kept):
    return {name: sorted(terms) for name, terms in by_sentence(missing, kept).items()}


def changed(method, terms):
    """By sentence, but for one method."""
    return lambda missing, kept: (
        by_sentence(missing, kept) | {method: {t.format(m=missing, k=kept) for t in terms}}
    )


def hard_coded(missing, kept):
    return by_sentence("eeg", "speech")


def in_words(missing, kept):
    return {name: "all" for name in by_sentence(missing, kept)}


def three_methods(missing, kept):
    found = by_sentence(missing, kept)
    del found["DCCAE"]
    return found


def one_left_out(terms, score):
    whole = score(terms)
    return {term: whole - score([one for one in terms if one != term]) for term in terms}


def by_sets(terms, score):
    return {term: score({*terms}) - score({*terms} - {term}) for term in reversed(terms)}


def backwards(terms, score):
    return {term: -change for term, change in one_left_out(terms, score).items()}


def alone(terms, score):
    return {term: score([term]) for term in terms}


def scores_without(terms, score):
    return {term: score([one for one in terms if one != term]) for term in terms}


def one_after_another(terms, score):
    there, found = list(terms), {}
    for term in terms:
        before = score(there)
        there.remove(term)
        found[term] = before - score(there)
    return found


def takes_away(terms, score):
    found = {}
    for term in list(terms):
        before = score(terms)
        terms.remove(term)
        found[term] = before - score(terms)
    return found


ANSWERS: dict[str, Answers] = {
    "10.A": [
        (add_up, "passed"), (written_out, "passed"), (as_plain_numbers, "passed"),
        (own_code, "reads the code of what it tells"), (own_view, "tells what it read"),
        (summed, "a sum"), (not_squared, "not squared"), (absolute, "other numbers"),
        (row_by_row, "one number per term"), (unweighted, "not weighted"),
        (maximised, "sign of the correlation"), (total, "one number per term"),
        (only_reconstructions, "one number per term"), (a_blank_inside, "blank"),
    ],
    "10.B": [
        (by_sentence, "passed"), (as_lists, "passed"),
        (hard_coded, "names of views"), (in_words, "four methods"), (three_methods, "four methods"),
        (lambda missing, kept: [missing, kept], "four methods"),
        (changed("DCCAE", {"correlation", "{m}<-{m}"}), "no such term"),
        (changed("DCCAE", {"correlation", "{m} from {k}", "{k} from {m}"}), "DCCAE"),
        (changed("DCCAE", {"{m} from {m}", "{k} from {k}"}), "DCCAE"),
        (changed("DCC-CAE", {"correlation", "{m} from {k}", "{k} from {m}"}),
         "DCC-CAE rebuilds what is there"),
        (changed("DCC-CAE", {"{m} from {m}", "{m} from {k}"}), "DCC-CAE"),
        (changed("split autoencoder", {"correlation", "{k} from {k}", "{m} from {k}"}),
         "a split autoencoder reads one view"),
        (changed("split autoencoder", {"{m} from {m}", "{k} from {k}"}),
         "a split autoencoder reads one view"),
        (changed("split autoencoder", {"{m} from {k}"}), "split autoencoder"),
        (changed("translation and alignment", {"correlation", "{k} from {m}"}),
         "translation and alignment"),
        (changed("translation and alignment", {"{m} from {k}"}), "translation and alignment"),
    ],
    "10.C": [
        (one_left_out, "passed"), (by_sets, "passed"),
        (backwards, "the other way round"), (alone, "each term alone"),
        (scores_without, "scores, not differences"), (one_after_another, "one after another"),
        (takes_away, "changes its input"),
        (lambda terms, score: score(terms), "one number per term"),
        (lambda terms, score: {term: score for term in terms}, "one number per term"),
        (lambda terms, score: {t: c / 2 for t, c in one_left_out(terms, score).items()},
         "other numbers"),
        (lambda terms, score: dict.fromkeys(terms, np.nan), "other numbers"),
    ],
}  # fmt: skip
"""Each answer with the rule that it breaks first."""
