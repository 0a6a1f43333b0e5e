"""What simulated EEG is made of: the physics of a head by another route, and its time courses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu.simulate.head import CHANNELS, CORTEX_DEPTH, sphere_head, sphere_potentials
from jmml_edu.simulate.waves import blinks, bursts, frequencies_hz, one_over_f, shaped_noise

few = settings(max_examples=8, deadline=None)


def radial_dipole_by_series(depth: float, cosine: np.ndarray, n_terms: int = 60) -> np.ndarray:
    """Scalp potential in uV of 1 nAm, radial: continuity at four shells, Legendre by Legendre."""
    radii, sigmas, head_m = (0.90, 0.92, 0.97, 1.0), (0.33, 1.0, 0.004, 0.33), 0.095
    weights = np.zeros(n_terms + 1)
    for n in range(1, n_terms + 1):
        matrix, right = np.zeros((7, 7)), np.zeros(7)  # A1, then A and B of the other layers
        for wall, r in enumerate(radii):
            up, down = (r**n, n * r ** (n - 1)), (r ** -(n + 1), -(n + 1) * r ** -(n + 2))
            for row in range(2):
                line = 2 * wall + row - (wall == 3)
                if wall == 3 and row == 0:
                    continue
                inner, outer = (sigmas[wall], sigmas[min(wall + 1, 3)]) if row else (1.0, 1.0)
                matrix[line, max(2 * wall - 1, 0)] = inner * up[row]
                if wall == 0:
                    right[line] = -inner * n * depth ** (n - 1) * down[row]
                else:
                    matrix[line, 2 * wall] = inner * down[row]
                if wall < 3:
                    matrix[line, 2 * wall + 1] = -outer * up[row]
                    matrix[line, 2 * wall + 2] = -outer * down[row]
        solution = np.linalg.solve(matrix, right)
        weights[n] = solution[5] + solution[6]
    return (
        1e-3 / (4 * np.pi * sigmas[0] * head_m**2) * np.polynomial.legendre.legval(cosine, weights)
    )


@pytest.mark.parametrize("depth", [0.1, 0.4, CORTEX_DEPTH])
def test_potentials_of_a_radial_dipole_match_the_series_of_four_shells(depth: float) -> None:
    electrodes, potentials = sphere_potentials(np.array([[0.0, 0.0, depth]]))
    expected = radial_dipole_by_series(depth, electrodes[:, 2])
    np.testing.assert_allclose(potentials[:, 0, 2], expected, atol=0.02 * np.abs(expected).max())


def test_a_mirrored_dipole_makes_a_mirrored_map() -> None:
    mirror = np.array([-1.0, 1.0, 1.0])
    place = np.array([0.4, 0.3, 0.5])
    electrodes, potentials = sphere_potentials(np.stack([place, mirror * place]))
    twin = [int(((electrodes - mirror * e) ** 2).sum(axis=1).argmin()) for e in electrodes]
    assert CHANNELS[twin[CHANNELS.index("F3")]] == "F4"
    np.testing.assert_allclose(potentials[:, 0], potentials[twin, 1] * mirror, atol=1e-6)


def test_there_are_32_electrodes_of_which_the_vertex_is_on_top() -> None:
    head = sphere_head()
    assert len(set(CHANNELS)) == len(CHANNELS) == 32
    np.testing.assert_allclose(head.direction("Cz"), [0, 0, 1], atol=1e-9)
    assert head.direction("T8")[0] > 0.9
    assert head.direction("Oz")[1] < -0.9


@few
@given(n_samples=st.integers(64, 600), exponent=st.floats(0, 2))
def test_shaped_noise_has_mean_zero_and_expected_power_one(n_samples: int, exponent: float) -> None:
    shape = one_over_f(frequencies_hz(n_samples, sample_rate_hz=128.0), exponent=exponent)
    noise = shaped_noise(np.random.default_rng(0), np.repeat(shape, 400, axis=0), n_samples)
    assert np.abs(noise.mean(axis=1)).max() < 1e-9
    assert noise.var() == pytest.approx(1, abs=0.12)


def test_the_power_of_the_background_falls_with_its_exponent() -> None:
    frequency_hz = frequencies_hz(512, sample_rate_hz=128.0)
    shape = np.repeat(one_over_f(frequency_hz, exponent=1.4), 500, axis=0)
    power = (np.abs(np.fft.rfft(shaped_noise(np.random.default_rng(0), shape, 512))) ** 2).mean(0)
    fitted = np.polyfit(np.log(frequency_hz[4:-1]), np.log(power[4:-1]), 1)[0]
    assert fitted == pytest.approx(-1.4, abs=0.05)


@pytest.mark.parametrize("burstiness", [0.0, 0.5])
def test_bursts_keep_expected_power_one(burstiness: float) -> None:
    centre_hz = np.full(1500, 10.0)
    rng = np.random.default_rng(0)
    rhythm = bursts(
        rng, centre_hz, centre_hz / 15, 512, sample_rate_hz=128.0, burstiness=burstiness
    )
    assert (rhythm**2).mean() == pytest.approx(1, abs=0.06)


def test_a_bursty_rhythm_waxes_and_wanes_more_than_a_steady_one() -> None:
    centre_hz = np.full(200, 10.0)

    def swing(burstiness: float) -> float:
        rng = np.random.default_rng(0)
        rhythm = bursts(
            rng, centre_hz, centre_hz / 15, 512, sample_rate_hz=128.0, burstiness=burstiness
        )
        return float((rhythm**4).mean() / (rhythm**2).mean() ** 2)

    assert swing(0.0) == pytest.approx(3.0, abs=0.2)
    assert swing(0.5) > 4.5


def test_blinks_come_at_their_rate() -> None:
    course = blinks(np.random.default_rng(0), 128 * 200, sample_rate_hz=128.0, rate_hz=0.5)
    area_s = np.sqrt(np.pi / 2) * (0.05 + 0.10)
    assert course.sum() / 128 / area_s == pytest.approx(0.5 * 200, rel=0.2)
    assert course.min() >= 0
