"""How fast signals are made and described: one table, in units of real time or pieces per second.

    python benchmarks/signals.py

One thread per process. Each row is the median of five runs after a warm-up.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("MNE_USE_NUMBA", "false")

from jmml_edu.data import Features, Recording
from jmml_edu.features.eeg import eeg_features
from jmml_edu.features.speech import speech_features
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.simulate.pairs import World, simulate_pairs

N_PAIRS = 40
WORLD = World(n_subjects=1, n_trials=N_PAIRS)


def median_s(work: Callable[[], object]) -> float:
    """Return the median time of five runs, after one that warms up."""
    work()
    times = []
    for _ in range(5):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return statistics.median(times)


def describe(recordings: list[Recording]) -> Features:
    """Return the features of some utterances."""
    return speech_features(recordings)


def main() -> None:
    """Print the table."""
    pairs = list(simulate_pairs(WORLD))
    eeg, speech = [clean_eeg(e) for e, _ in pairs], [clean_speech(s) for _, s in pairs]
    seconds = sum(recording.duration_s for recording in speech)
    make = median_s(lambda: list(simulate_pairs(WORLD)))
    one = median_s(lambda: describe(speech))
    with ProcessPoolExecutor(2) as pool:
        halves = [speech[::2], speech[1::2]]
        two = median_s(lambda: list(pool.map(describe, halves)))
    whole = median_s(lambda: eeg_features(eeg, window_s=4.0, step_s=4.0))
    clean = median_s(lambda: [clean_eeg(e) for e, _ in pairs])
    start = [sys.executable, "-c", "import jmml_edu"]
    bare = median_s(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    package = median_s(lambda: subprocess.run(start, check=True)) - bare
    print(f"pairs simulated                {N_PAIRS / make:8.0f} per second   (at least 20)")
    print(f"speech features, one process   {seconds / one:8.0f} x real time (more than 20)")
    print(f"speech features, two processes {one / two:8.2f} x one        (more than 1.8)")
    print(f"EEG features, 32 ch, 4 s       {N_PAIRS / whole:8.0f} per second   (more than 1000)")
    print(f"EEG cleaned, 32 ch, 4 s        {N_PAIRS / clean:8.0f} per second")
    print(f"import jmml_edu                {package:8.3f} s            (less than 0.3)")


if __name__ == "__main__":
    main()
