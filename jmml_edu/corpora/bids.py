"""A folder laid out by BIDS, the Brain Imaging Data Structure: its EEG, cut into trials by events.

C. R. Pernet et al., "EEG-BIDS, an extension to the brain imaging data structure for
electroencephalography", Scientific Data 6, 2019, https://doi.org/10.1038/s41597-019-0104-8.
mne-bids finds and opens the recordings, with the kinds of channels that ``channels.tsv`` states.
Which events of ``events.tsv`` begin a trial BIDS does not say: that stands in ``trials.csv``, to be
written beside ``dataset_description.json`` (:mod:`jmml_edu.corpora.windows`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jmml_edu._checks import fail
from jmml_edu.corpora.continuous import Long, cut_corpus
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.eeg_raw import EEG_FORMATS, RawEeg, check_whole, open_raw_eeg
from jmml_edu.corpora.events import read_event_table
from jmml_edu.corpora.listing import corpus_of, find_entries
from jmml_edu.corpora.trials import read_trials
from jmml_edu.corpora.windows import TRIALS_NAME
from jmml_edu.data import UNLABELLED, Provenance, Recording

DESCRIPTION = "dataset_description.json"
ABOUT = About(
    name="BIDS",
    holds="EEG of any study in the Brain Imaging Data Structure, cut into trials by its events",
    page="https://bids.neuroimaging.io",
    access=f"Many are open at https://openneuro.org; pip install 'jmml_edu[bids]'; write"
    f" {TRIALS_NAME} beside {DESCRIPTION}.",
    licence=f"stated in each {DESCRIPTION}",
    layout=f"{DESCRIPTION}\nsub-01/eeg/sub-01_task-films_eeg.edf\n"
    f"sub-01/eeg/sub-01_task-films_events.tsv\n{TRIALS_NAME} with columns event, class, start_s,"
    " stop_s",
    modalities=("eeg",),
)
_OTHER_FOLDERS = ("code", "derivatives", "phenotype", "sourcedata", "stimuli")
_TOP = ("README", "CHANGES", "LICENSE", "CITATION")


def is_bids(folder: Path) -> bool:
    """Return whether a folder says that it is laid out by BIDS."""
    return (folder / DESCRIPTION).is_file()


def read_bids(folder: Path) -> Corpus:
    """Return the trials that events cut out of the raw EEG of a BIDS folder.

    The label of a trial is its ``trial_type``, its stimulus the ``stim_file``; classes are those of
    ``trials.csv`` as for :func:`read_continuous`. What lies in ``derivatives`` is not read.

    Parameters
    ----------
    folder
        The one with ``dataset_description.json``.

    Raises
    ------
    InputError
        If mne-bids is not installed, there is no EEG, or ``trials.csv`` is missing or wrong. A
        recording that cannot be opened or has no events is a problem, to be mended first.
    """
    _check_installed()
    found: dict[Path, Long] = {}

    def list_file(path: Path) -> Sequence[Entry] | str:
        if not _is_recording(path, folder):
            return [] if _belongs(path, folder) else "no part of BIDS"
        found[path] = _open(path)
        return [found[path].template]

    listing = find_entries("read_bids", ABOUT, folder, list_file)
    return cut_corpus(corpus_of(ABOUT, folder, listing, _read_file), list(found.values()))


def _check_installed() -> None:
    """Raise if mne-bids is not there."""
    try:
        import mne_bids  # noqa: F401
    except ImportError:
        fail(
            "read_bids", "mne-bids", "be installed", "no such package",
            "Install it with: pip install 'jmml_edu[bids]'",
        )  # fmt: skip


def _is_recording(path: Path, folder: Path) -> bool:
    """Return whether a file is raw EEG of somebody, be it there or only a link to nowhere."""
    *above, name = path.relative_to(folder).parts
    return (
        bool(above)
        and above[0].startswith("sub-")
        and above[-1] == "eeg"
        and name.lower().endswith(tuple(f"_eeg{ending}" for ending in EEG_FORMATS))
    )


def _belongs(path: Path, folder: Path) -> bool:
    """Return whether BIDS has a place for a file that is no recording."""
    top, *below = path.relative_to(folder).parts
    if below:
        return top in _OTHER_FOLDERS or path.name.startswith((f"{top}_", f"{top}."))
    return path.suffix in {".json", ".tsv"} or top.startswith(_TOP) or top == TRIALS_NAME


def _open(path: Path) -> Long:
    """Return what the header of a recording and its events say."""
    file, place = _raw(path), _place(path)
    check_whole(file)
    table = place.find_matching_sidecar(suffix="events", extension=".tsv", on_error="ignore")
    if table is None:
        fail(
            "read_bids", "recording", "have a table of events", f"none for {path.name}",
            f"Add {path.name.rpartition('_')[0]}_events.tsv.",
        )  # fmt: skip
    entities = {key: value for key, value in place.entities.items() if value and key != "subject"}
    session = place.session or ""
    template = Entry(
        path, "eeg", f"sub-{place.subject}", " ".join(entities.values()), UNLABELLED,
        session=session, sample_rate_hz=file.sample_rate_hz,
    )  # fmt: skip
    return Long(template, file.raw.n_times / file.sample_rate_hz, read_event_table(Path(table)))


def _place(path: Path) -> Any:
    """Return mne-bids' idea of a file."""
    import mne_bids

    return mne_bids.get_bids_path_from_fname(path, check=False)


def _raw(path: Path) -> RawEeg:
    """Return a recording, opened by mne-bids."""
    import mne_bids

    return open_raw_eeg(path, lambda: mne_bids.read_raw_bids(_place(path), verbose="warning"))


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield the trials of a recording."""
    yield from read_trials(_raw(path), entries, provenance)
