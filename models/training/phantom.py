"""Synthetic CT of a `Subject`: slice profile, noise, inserted stones, exact truth.

Acquisition model. In-plane blur: Gaussian PSF (sigma in mm), applied analytically
to every edge of the anatomy. Slice profile: mean of thin sub-slices over the slice
thickness. Noise: Gaussian, white along z, with an in-plane noise power spectrum
f * exp(-(f / 0.35)^2), f in cycles per mm, as filtered back projection with a soft
body kernel gives.
"""

from dataclasses import dataclass

import numpy as np

from anatomy import Subject
from canvas import Grid
from stones import Deposit

NPS_FALLOFF_PER_MM = 0.35
# Rounds the limit of HU stored in 12 bits with intercept -1024.
HU_RANGE = (-1024, 3071)


@dataclass(frozen=True)
class Acquisition:
    """Scan settings: slice thickness and PSF sigma in mm, noise SD in HU."""

    thickness: float
    sigma: float
    noise: float


@dataclass
class Scan:
    """A rendered scan. `hu` and `label` are (z, row, column); `zs` rises to the head, mm."""

    hu: np.ndarray
    label: np.ndarray
    zs: np.ndarray
    grid: Grid
    deposits: list[Deposit]


def noise_slices(rng, shape, pixel: float, sd: float) -> np.ndarray:
    """Correlated in-plane noise, independent between slices; `shape` is (z, row, column)."""
    if sd == 0:
        return np.zeros(shape, np.float32)
    white = np.fft.rfft2(rng.standard_normal(shape, np.float32))
    fy, fx = np.fft.fftfreq(shape[1], pixel)[:, None], np.fft.rfftfreq(shape[2], pixel)[None, :]
    f = np.hypot(fx, fy)
    colour = np.sqrt(f * np.exp(-((f / NPS_FALLOFF_PER_MM) ** 2)))
    # variance of the filtered field for unit white noise, counting the mirrored half plane
    full = np.hypot(np.fft.fftfreq(shape[2], pixel)[None, :], fy)
    power = np.mean(full * np.exp(-((full / NPS_FALLOFF_PER_MM) ** 2)))
    noise = np.fft.irfft2(white * colour, s=shape[1:])
    return (noise * (sd / np.sqrt(power))).astype(np.float32)


def render_clean(subject: Subject, grid: Grid, zs: np.ndarray, scan: Acquisition) -> np.ndarray:
    """Noise-free anatomy without deposits."""
    count = max(1, round(scan.thickness / 1.25))
    offsets = ((np.arange(count) + 0.5) / count - 0.5) * scan.thickness
    return np.stack([np.mean([subject.paint(grid, z + dz, scan.sigma) for dz in offsets], axis=0) for z in zs])


def half_maximum(share: np.ndarray, deposit: Deposit) -> np.ndarray:
    """Truth: voxels at least half filled; a stone too small for that keeps its peak voxel."""
    return share >= min(0.5, share.max())


def insert_deposits(hu, grid: Grid, zs: np.ndarray, scan: Acquisition, deposits: list[Deposit], belongs=half_maximum) -> np.ndarray:
    """Insert all deposits into `hu`; return the label: 0, or the number of the stone from 1.

    `belongs(occupancy, deposit)` says which voxels are labelled; by default those
    inside the half-maximum surface (blurred occupancy at least 0.5).
    """
    label = np.zeros(hu.shape, np.uint8)
    stones = 0
    for deposit in deposits:
        placed = deposit.insert(hu, grid, zs, scan.thickness, scan.sigma)
        if deposit.kind != "stone":
            continue
        stones += 1
        if placed is None or placed[1].max() == 0:
            continue
        box, share = placed
        label[box][belongs(share, deposit)] = stones
    return label


def render(subject: Subject, grid: Grid, zs: np.ndarray, scan: Acquisition, deposits: list[Deposit], rng) -> Scan:
    """The whole scan with noise."""
    hu = render_clean(subject, grid, zs, scan)
    label = insert_deposits(hu, grid, zs, scan, deposits)
    hu += noise_slices(rng, hu.shape, grid.pixel, scan.noise)
    np.clip(hu, *HU_RANGE, out=hu)
    return Scan(hu, label, zs, grid, deposits)
