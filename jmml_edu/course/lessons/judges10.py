"""How answers of notebook 10 are judged: its three functions, and the rules of each exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from jmml_edu.course.lessons.rules import numbers_of
from jmml_edu.course.nouns import Rule, Trial

LOSS, FAMILY, LEFT_OUT = "What is lost", "One model, many names", "What each term brings"

Family = dict[str, set[str]]


def loss_terms(
    eeg: Any, speech: Any, maps: Mapping[str, Callable[..., Any]], weights: Mapping[str, float]
) -> dict[str, Any]:
    """Return what a batch loses, term by term."""
    views = {"eeg": eeg, "speech": speech}
    codes = {name: maps[name](view) for name, view in views.items()}
    terms = {}
    for term, weight in weights.items():
        if term == "correlation":
            loss = cca_loss(codes["eeg"], codes["speech"], ridge=0.01)
        else:
            target, _, source = term.split()
            told = maps[term](codes[source])  # which code does this decoder read?
            loss = (told - views[target]).square().mean()  # which view should it have told?
        terms[term] = weight * loss
    return terms


def cca_loss(eeg: Any, speech: Any, *, ridge: float) -> Any:
    """Return the correlation loss; torch takes seconds to import, so only when it is needed."""
    from jmml_edu.losses import cca_loss as loss

    return loss(eeg, speech, ridge=ridge)


def family(missing: str, kept: str) -> Family:
    """Return the terms of each method, of two views of which one will be missing."""
    return {
        "DCCAE": {"correlation", f"{missing} from {missing}", f"{kept} from {kept}"},
        "DCC-CAE": {"correlation", f"{missing} from {missing}", f"{missing} from {kept}"},
        "split autoencoder": {f"{kept} from {kept}", f"{missing} from {kept}"},
        "translation and alignment": {"correlation", f"{missing} from {kept}"},
    }


def left_out(terms: Iterable[str], score: Callable[[Iterable[str]], float]) -> dict[str, float]:
    """Return what each term brings: the score of all less that of all the others."""
    whole = score(terms)
    return {term: whole - score([one for one in terms if one != term]) for term in terms}


def _keys_of(trial: Trial, wanted: Iterable[str]) -> str | None:
    """Return in words which names a dictionary lacks or has too many; nothing if it is right."""
    if not isinstance(trial.result, Mapping):
        return f"You return a {type(trial.result).__name__}."
    missing, extra = {*wanted} - {*trial.result}, {*trial.result} - {*wanted}
    parts = {"Missing": missing, "There should be no": extra}
    said = [f"{head}: {', '.join(sorted(map(str, one)))}." for head, one in parts.items() if one]
    return " ".join(said) or None


def _losses(result: Mapping[str, Any]) -> np.ndarray:
    """Return the losses of a result in the order of their names."""
    return np.array([float(result[term]) for term in sorted(result)])


def _no_loss(trial: Trial) -> str | None:
    keys = _keys_of(trial, trial.given[3])
    if keys is not None:
        return keys
    sizes = {term: int(np.prod(np.shape(loss))) for term, loss in trial.result.items()}
    large = [f"{term} has {size} numbers" for term, size in sizes.items() if size != 1]
    return ", ".join(large) or None


def _same_losses(trial: Trial, other: Callable[..., Mapping[str, Any]]) -> bool:
    """Tell whether a result has the numbers of another way to add up."""
    wanted = _losses(other(*trial.given))
    return bool(np.allclose(_losses(trial.result), wanted, rtol=1e-5, atol=1e-7))


def _slip(
    name: str, message: str, told: Callable[..., Any], *, by: Callable[..., Any] | None = None
) -> Rule:
    """Return the rule that a loss is not that of a slip: in what is told, or in what is lost."""

    def wrongly(eeg: Any, speech: Any, maps: Any, weights: Mapping[str, float]) -> dict[str, Any]:
        views, right = {"eeg": eeg, "speech": speech}, loss_terms(eeg, speech, maps, weights)
        codes = {one: maps[one](view) for one, view in views.items()}
        for term in {*weights} - {"correlation"}:
            target, _, source = term.split()
            error = told(maps[term], codes, views, target, source)
            right[term] = weights[term] * (by or _mean)(error)
        return right

    def broken(trial: Trial) -> str | None:
        met = _same_losses(trial, wrongly) and not _same_losses(trial, loss_terms)
        return "Your numbers are exactly those of a well-known slip." if met else None

    return Rule(name, "", broken, message, LOSS)


def _mean(error: Any) -> Any:
    return error.square().mean()


def _error(one: Any, codes: Any, views: Any, target: str, source: str) -> Any:
    return one(codes[source]) - views[target]


def _not_weighted(trial: Trial) -> str | None:
    eeg, speech, maps, weights = trial.given
    plain = loss_terms(eeg, speech, maps, dict.fromkeys(weights, 1.0))
    met = np.allclose(_losses(trial.result), _losses(plain), rtol=1e-5)
    return "Each term has the value that weight 1 would give it." if met else None


def _other_sign(trial: Trial) -> str | None:
    found = float(trial.result["correlation"])
    return f"Your correlation term is {found:+.3f}." if found > 0 else None


def _off(trial: Trial) -> str | None:
    if _same_losses(trial, loss_terms):
        return None
    right = loss_terms(*trial.given)
    apart = {term: abs(float(trial.result[term]) - float(right[term])) for term in right}
    worst = max(apart, key=lambda term: apart[term])
    return f"`{worst}` is off by {apart[worst]:.3g}."


LOSS_RULES = (
    Rule("one number per term", "There is one number for each term that has a weight.", _no_loss,
         "Return a dictionary: the name of each term in `weights`, and one number.", LOSS),
    Rule("sign of the correlation", "More correlation means less loss.", _other_sign,
         "Training makes losses small. Would it then make codes agree, or disagree?", LOSS),
    _slip("reads the code of what it tells",
          "A decoder of `eeg from speech` got the code of EEG. With EEG missing there is none.",
          lambda one, codes, views, target, source: one(codes[target]) - views[target]),
    _slip("tells what it read",
          "What `eeg from speech` says was compared with speech. What should it have told?",
          lambda one, codes, views, target, source: one(codes[source]) - views[source]),
    _slip("a sum",
          "The squares were added up. A longer batch would then lose more; what is independent of"
          " its length?", _error, by=lambda error: error.square().sum()),
    _slip("not squared",
          "Errors above and below cancel each other. What makes both count?", _error,
          by=lambda error: error.mean()),
    Rule("not weighted", "Each term is multiplied by its weight.", _not_weighted,
         "The weights are how the switches are set; they have to be used.", LOSS),
    Rule("other numbers", "Each number is that of the formula.", _off,
         "Print one term for a batch of two rows, and compute it with a pencil.", LOSS),
)  # fmt: skip


def _methods(trial: Trial) -> str | None:
    keys = _keys_of(trial, family(*trial.given))
    if keys is not None:
        return keys
    bad = [name for name, terms in trial.result.items() if not _is_set_of_words(terms)]
    return f"{bad[0]} is no collection of names." if bad else None


def _is_set_of_words(terms: Any) -> bool:
    return isinstance(terms, set | frozenset | list | tuple) and all(
        isinstance(term, str) for term in terms
    )


def _asked(trial: Trial) -> set[str]:
    return {term for terms in trial.result.values() for term in terms}


def _known_names(trial: Trial) -> str | None:
    words = {word for term in _asked(trial) for word in term.split()}
    strange = words & {"eeg", "EEG", "speech", "missing", "kept"} - {*trial.given}
    met = f"For the views {trial.given[0]!r} and {trial.given[1]!r} you name {sorted(strange)}."
    return met if strange else None


def _known_terms(trial: Trial) -> str | None:
    known = {"correlation", *(f"{a} from {b}" for a in trial.given for b in trial.given)}
    strange = sorted(_asked(trial) - known)
    return f"There is no term {strange[0]!r}." if strange else None


def _wrong(trial: Trial, method: str, among: Callable[[str], bool] = bool) -> str | None:
    """Return which term of a method should not be there, or how many are missing."""
    found, right = {*trial.result[method]}, family(*trial.given)[method]
    extra = sorted(term for term in found - right if among(term))
    if extra:
        return f"Your {method} asks for `{extra[0]}`."
    missing = [term for term in right - found if among(term)]
    return f"Your {method} lacks a term." if missing else None


def _rebuilds_kept(trial: Trial) -> str | None:
    kept = trial.given[1]
    found = [term for term in trial.result["DCC-CAE"] if term.startswith(f"{kept} from")]
    return f"Your DCC-CAE rebuilds {kept}." if found else None


def _needs_missing(trial: Trial) -> str | None:
    missing = trial.given[0]
    needs = ("correlation", f"{missing} from {missing}", f"{trial.given[1]} from {missing}")
    found = sorted({*trial.result["split autoencoder"]} & {*needs})
    return f"Your split autoencoder asks for `{found[0]}`." if found else None


FAMILY_RULES = (
    Rule("four methods", "", _methods,
         "Return a dictionary of the four methods, each with a set of names.", FAMILY),
    Rule("names of views", "Any two views may be given.", _known_names,
         "The views come as arguments: put their names together, as in"
         ' `f"{missing} from {kept}"`.', FAMILY),
    Rule("no such term", "Terms are those of the five switches.", _known_terms,
         'A term is `"correlation"`, or what is told, the word `from`, and what is read.', FAMILY),
    Rule("DCCAE", "In DCCAE each code rebuilds its own view.", lambda t: _wrong(t, "DCCAE"),
         "In DCCAE every code answers for its own view, and codes have to agree.", FAMILY),
    Rule("DCC-CAE rebuilds what is there", "In DCC-CAE both decoders rebuild the missing view.",
         _rebuilds_kept,
         "What stays there needs no rebuilding. Which view will be missing?", FAMILY),
    Rule("DCC-CAE", "In DCC-CAE codes have to agree, too.", lambda t: _wrong(t, "DCC-CAE"),
         "Codes agree, and both of them rebuild one and the same view.", FAMILY),
    Rule("a split autoencoder reads one view", "A split autoencoder reads one view only.",
         _needs_missing,
         "A split autoencoder never reads the view that will be missing; it only tells it.",
         FAMILY),
    Rule("split autoencoder", "It tells both views.", lambda t: _wrong(t, "split autoencoder"),
         "From the code of the view that stays, it tells how many views?", FAMILY),
    Rule("translation and alignment", "Translation is one decoder, alignment the correlation.",
         lambda t: _wrong(t, "translation and alignment"),
         "Alignment makes codes agree; translation tells what is missing from what is there.",
         FAMILY),
)  # fmt: skip


def _one_each(trial: Trial) -> str | None:
    keys = _keys_of(trial, trial.given[0])
    if keys is not None:
        return keys
    found = numbers_of([trial.result[term] for term in trial.given[0]])
    good = found is not None and found.ndim == 1
    return None if good else "Not every term has one number."


def _changes(trial: Trial) -> np.ndarray:
    return np.array([float(trial.result[term]) for term in trial.given[0]])


def _never(name: str, message: str, wrongly: Callable[..., dict[str, float]]) -> Rule:
    """Return the rule that no term has the number of a slip."""

    def broken(trial: Trial) -> str | None:
        terms, score = trial.given
        wrong = [wrongly(terms, score)[term] for term in terms]
        met = np.allclose(_changes(trial), wrong, rtol=0, atol=1e-9)
        return "Your numbers are exactly those of a well-known slip." if met else None

    return Rule(name, "", broken, message, LEFT_OUT)


def _one_after_another(
    terms: list[str], score: Callable[[Iterable[str]], float]
) -> dict[str, float]:
    scores = [score(terms[place:]) for place in range(len(terms) + 1)]
    return dict(zip(terms, (np.array(scores[:-1]) - scores[1:]).tolist(), strict=True))


def _other_changes(trial: Trial) -> str | None:
    right = left_out(*trial.given)
    apart = np.abs(_changes(trial) - [right[term] for term in trial.given[0]])
    return None if (apart <= 1e-9).all() else f"A number is off by {apart.max():.2g}."


LEFT_OUT_RULES = (
    Rule("one number per term", "There is one number for each term.", _one_each,
         "Return a dictionary with one number for each name in `terms`.", LEFT_OUT),
    _never("the other way round",
           "A term that helps should get a number above 0; yours are the other way round.",
           lambda terms, score: {t: -change for t, change in left_out(terms, score).items()}),
    _never("each term alone",
           "These are scores of single terms. Two terms may both bring much alone, and nothing more"
           " together; ask what is lost without each.",
           lambda terms, score: {term: score([term]) for term in terms}),
    _never("scores, not differences",
           "These are the scores without each term. How much is that less than with all?",
           lambda terms, score: {t: score([o for o in terms if o != t]) for t in terms}),
    _never("one after another",
           "Terms went one after another and never came back, so the order decides. Put each back"
           " before the next one goes.", _one_after_another),
    Rule("other numbers", "Each is the score of all terms less that of all the others.",
         _other_changes, "Do it for two terms with a pencil first.", LEFT_OUT),
)  # fmt: skip
