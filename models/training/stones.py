"""Stones and their mimics: shape, composition, place, and insertion by occupancy.

Sizes, HU and places follow published composition classes and the usual places
of stones; each draw is uniform or log-normal in the ranges written here.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist

from anatomy import Subject, wall
from canvas import Grid

# Plateau HU at 120 kVp: share, mean, SD.
COMPOSITIONS = {
    "calcium oxalate monohydrate": (0.45, 1250, 250),
    "calcium oxalate dihydrate": (0.22, 950, 200),
    "apatite": (0.14, 1350, 300),
    "uric acid": (0.11, 430, 80),
    "struvite": (0.06, 700, 150),
    "cystine": (0.02, 650, 120),
}


def _sphere(count: int) -> np.ndarray:
    """Unit vectors spread evenly over the sphere (golden spiral)."""
    z = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - z * z)
    return np.column_stack([ring * np.cos(angle), ring * np.sin(angle), z])


_DIRECTIONS = _sphere(1200)


@dataclass
class Shape:
    """A star-shaped body: an ellipsoid with low-order bumps, mm."""

    semi: np.ndarray
    axes: np.ndarray
    bump_directions: np.ndarray
    bump_sizes: np.ndarray

    @staticmethod
    def draw(rng, max_diameter: float, ratios, axes=None, bumps: float = 0.06) -> "Shape":
        """A shape whose largest diameter is exactly `max_diameter`."""
        if axes is None:
            axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        directions = rng.normal(size=(4, 3))
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        shape = Shape(np.array([1.0, *ratios]), axes, directions, rng.uniform(-bumps, bumps, 4))
        surface = _DIRECTIONS * shape.radius(_DIRECTIONS)[:, None]
        shape.semi = shape.semi * max_diameter / pdist(surface[ConvexHull(surface).vertices]).max()
        return shape

    def radius(self, directions: np.ndarray) -> np.ndarray:
        """Distance from the centre to the surface along unit vectors (last axis), mm."""
        local = directions @ self.axes.T
        ellipsoid = 1 / np.sqrt(((local / self.semi) ** 2).sum(-1))
        return ellipsoid * (1 + (np.cos(2.5 * np.arccos(np.clip(directions @ self.bump_directions.T, -1, 1))) * self.bump_sizes).sum(-1))

    def volume(self) -> float:
        """Exact volume by integration over directions, mm3."""
        return float(4 * np.pi / 3 * (self.radius(_DIRECTIONS) ** 3).mean())

    def reach(self) -> np.ndarray:
        """Half extent along x, y, z, mm."""
        return np.abs(_DIRECTIONS * self.radius(_DIRECTIONS)[:, None]).max(axis=0)


@dataclass
class Deposit:
    """A dense body put into the scan: a stone (the target) or a mimic (a negative)."""

    kind: str
    centre: np.ndarray
    shape: Shape
    hu: float
    max_diameter: float
    side: str = ""
    place: str = ""
    composition: str = ""
    rim: float = 0.0
    tail: "Deposit | None" = None

    def occupancy(self, grid: Grid, zs: np.ndarray, thickness: float, sigma: float, grow: float = 0.0):
        """Blurred occupancy on the scan's own voxels.

        A fine grid (at most 0.25 mm) around the body is filled with ones inside it,
        blurred in plane by the PSF and along z by the slice profile (a box of the
        slice thickness), and read at the voxel centres. Returns ((z indices, rows,
        columns), occupancy) or None when the body misses the grid.
        """
        margin = self.shape.reach() + grow + [3 * sigma, 3 * sigma, thickness / 2]
        columns = _range(grid.x(), self.centre[0], margin[0])
        rows = _range(grid.y(), self.centre[1], margin[1])
        slices = np.flatnonzero(np.abs(zs - self.centre[2]) <= margin[2])
        if len(columns) == 0 or len(rows) == 0 or len(slices) == 0:
            return None
        fine = 2 * int(np.ceil(grid.pixel / 0.25 / 2)) + 1
        step = grid.pixel / fine
        offsets = (np.arange(len(columns) * fine) - fine // 2) * step
        x = grid.x()[columns[0]] + offsets - self.centre[0]
        y = grid.y()[rows[0]] + (np.arange(len(rows) * fine) - fine // 2) * step - self.centre[1]
        taps = max(1, int(np.ceil(thickness / 0.25)))
        result = np.zeros((len(slices), len(rows), len(columns)), np.float32)
        for k, index in enumerate(slices):
            z = zs[index] + ((np.arange(taps) + 0.5) / taps - 0.5) * thickness - self.centre[2]
            points = np.stack(np.broadcast_arrays(x[None, None, :], y[None, :, None], z[:, None, None]), -1)
            distance = np.linalg.norm(points, axis=-1)
            near = distance < self.shape.semi.max() * 1.5 + grow
            inside = np.zeros(distance.shape, np.float32)
            directions = points[near] / np.maximum(distance[near], 1e-6)[:, None]
            inside[near] = distance[near] <= self.shape.radius(directions) + grow
            profile = inside.mean(axis=0)
            for axis in (0, 1):
                profile = gaussian_filter1d(profile, sigma / step, axis=axis, mode="constant")
            result[k] = profile[fine // 2 :: fine, fine // 2 :: fine]
        box = (slice(slices[0], slices[-1] + 1), slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        return box, result

    def insert(self, volume: np.ndarray, grid: Grid, zs: np.ndarray, thickness: float, sigma: float):
        """Blend the body (with its soft-tissue tail and rim) into `volume`; return its box and occupancy."""
        if self.tail:
            self.tail.insert(volume, grid, zs, thickness, sigma)
        if self.rim:
            around = self.occupancy(grid, zs, thickness, sigma, grow=self.rim)
            if around:
                box, share = around
                # the rim is wall, not an eraser: it only lifts what is darker (fat, urine)
                volume[box] += np.maximum(35 - volume[box], 0) * share
        placed = self.occupancy(grid, zs, thickness, sigma)
        if placed:
            box, share = placed
            volume[box] += (self.hu - volume[box]) * share
        return placed


def _range(values: np.ndarray, centre: float, margin: float) -> np.ndarray:
    return np.flatnonzero(np.abs(values - centre) <= margin)


def side_of(point) -> str:
    """Patient side of a point in LPS mm."""
    return "left" if point[0] > 0 else "right"


# -- places --------------------------------------------------------------------


def ureter_point(subject: Subject, side: int, share: float):
    """(patient position, unit direction) at a share of the way from the renal pelvis (0) to the bladder (1)."""
    kidney = subject.kidneys[0 if side > 0 else 1]
    points = np.array([subject.to_patient(p) for p in kidney.ureter.points])
    chord = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    at = [np.interp(share * chord[-1], chord, points[:, k]) for k in range(3)]
    ahead = [np.interp(min(share * chord[-1] + 5, chord[-1] + 0.0), chord, points[:, k]) for k in range(3)]
    behind = [np.interp(share * chord[-1] - 5, chord, points[:, k]) for k in range(3)]
    along = np.subtract(ahead, behind)
    return np.array(at), along / np.linalg.norm(along)


def draw_size(rng) -> float:
    """Training size in mm, flattened towards the small: 55 % in 1.5-4, 32 % in 4-10, 13 % above 10."""
    low, high = ((1.5, 4), (4, 10), (10, 18))[rng.choice(3, p=[0.55, 0.32, 0.13])]
    return rng.uniform(low, high)


def draw_stone_hu(rng) -> tuple[str, float]:
    """(composition, plateau HU)."""
    name = rng.choice(list(COMPOSITIONS), p=[share for share, _, _ in COMPOSITIONS.values()])
    _, mean, spread = COMPOSITIONS[name]
    return str(name), float(np.clip(rng.normal(mean, spread), 250, 1900))


def draw_stone(rng, subject: Subject, place: str | None = None, size: float | None = None, side: int | None = None) -> Deposit:
    """A stone at a random place of the urinary tract; any argument given is kept."""
    place = place or str(rng.choice(["kidney", "renal pelvis", "ureter", "bladder"], p=[0.47, 0.08, 0.41, 0.04]))
    side = side or int(rng.choice([1, -1]))
    kidney = subject.kidneys[0 if side > 0 else 1]
    if size is None:
        size = draw_size(rng)
    axes, rim = None, 0.0
    if place == "kidney":
        k = rng.integers(len(kidney.calyces))
        centre = subject.to_patient(kidney.calyces[k] + rng.normal(0, 0.8, 3))
        place = f"{('lower', 'inter', 'upper')[k // 4]} pole"
    elif place in ("lower pole", "inter pole", "upper pole"):
        k = ("lower pole", "inter pole", "upper pole").index(place) * 4 + rng.integers(4)
        centre = subject.to_patient(kidney.calyces[k])
    elif place == "renal pelvis":
        centre = subject.to_patient(kidney.at([-18, 0, 0] + rng.normal(0, 3, 3)))
    elif place == "bladder":
        floor = subject.bladder_centre + [rng.uniform(-12, 12), subject.bladder_semi[1] - 4 - size / 2, rng.uniform(-8, 4)]
        centre = subject.to_patient(floor)
        side = 0
    else:
        spans = {"proximal ureter": (0.1, 0.4), "mid ureter": (0.42, 0.55), "distal ureter": (0.6, 0.9), "ureterovesical junction": (0.95, 1.0)}
        if place == "ureter":
            place = str(rng.choice(list(spans), p=[0.27, 0.1, 0.3, 0.33]))
        size = min(size, 11.0)
        centre, along = ureter_point(subject, side, rng.uniform(*spans[place]))
        rim = rng.uniform(0.8, 2.0)
        if rng.random() < 0.7:
            axes = np.linalg.qr(np.column_stack([along, rng.normal(size=(3, 2))]))[0].T
    composition, hu = draw_stone_hu(rng)
    shape = Shape.draw(rng, size, rng.uniform(0.55, 1, 2), axes)
    return Deposit("stone", centre, shape, hu, size, side_of(centre) if side else "none", place, composition, rim)


def draw_pieces(rng, centre: np.ndarray, count: int, spread: float) -> list[Deposit]:
    """Stones that lie together: fragments, or a stone that has broken; one in four is less dense inside."""
    composition, hu = draw_stone_hu(rng)
    pieces = []
    for _ in range(count):
        size = rng.uniform(2, 10)
        shape = Shape.draw(rng, size, rng.uniform(0.4, 1, 2), bumps=0.1)
        at = centre + rng.normal(0, spread, 3)
        piece = Deposit("stone", at, shape, hu * rng.uniform(0.6, 1.1), size, side_of(at), "cluster", composition)
        pieces.append(piece)
        if size > 5 and rng.random() < 0.25:
            pieces.append(Deposit("core", at, Shape.draw(rng, 0.55 * size, rng.uniform(0.5, 1, 2)), rng.uniform(60, 200), 0.55 * size))
    return pieces


def draw_cluster(rng, subject: Subject) -> list[Deposit]:
    """Many stones of one kidney: a staghorn stone (a body in the pelvis with arms into calyces), or pieces that lie together."""
    kidney = subject.kidneys[rng.integers(2)]
    root = subject.to_patient(kidney.at([-18, 0, 0] + rng.normal(0, 3, 3)))
    if rng.random() < 0.6:
        centre = root if rng.random() < 0.5 else subject.to_patient(kidney.calyces[rng.integers(len(kidney.calyces))])
        return draw_pieces(rng, centre, rng.integers(3, 12), rng.uniform(4, 9))
    composition, hu = draw_stone_hu(rng)
    size = rng.uniform(8, 20)
    side = side_of(root)
    pieces = [Deposit("stone", root, Shape.draw(rng, size, rng.uniform(0.5, 0.9, 2), bumps=0.12), hu, size, side, "staghorn", composition)]
    for k in rng.choice(len(kidney.calyces), rng.integers(2, 8), replace=False):
        arm = subject.to_patient(kidney.calyces[k]) - root
        length = np.linalg.norm(arm)
        axes = np.linalg.qr(np.column_stack([arm, rng.normal(size=(3, 2))]))[0].T
        shape = Shape.draw(rng, length + 4, rng.uniform(3, 8, 2) / length, axes, bumps=0.1)
        pieces.append(Deposit("stone", root + arm * rng.uniform(0.5, 0.65), shape, hu * rng.uniform(0.85, 1.1), length, side, "staghorn", composition))
    return pieces


def draw_phlebolith(rng, subject: Subject, clearance: float = 6.0, size: float | None = None, tails: float = 0.6) -> Deposit:
    """A vein stone in the lower pelvis, at least `clearance` mm off both ureters; a share `tails` of them hangs on a vein."""
    courses = np.concatenate([k.ureter.points for k in subject.kidneys])
    while True:
        side = rng.choice([1, -1])
        at = np.array([side * rng.uniform(22, 60), rng.uniform(-12, 46), rng.uniform(-166, -112)])
        _, _, width, depth, middle = wall(at[2])
        cavity = np.hypot(at[0] / (width - 5), (at[1] - middle) / (depth - 5)) < 1
        outside = np.linalg.norm((at - subject.bladder_centre) / (subject.bladder_semi + 5)) > 1
        rectum = np.linalg.norm(subject.rectum.points - at, axis=1).min() > 20
        if cavity and outside and rectum and np.linalg.norm(courses - at, axis=1).min() > clearance:
            break
    size = size or rng.uniform(2, 6)
    shape = Shape.draw(rng, size, rng.uniform(0.75, 1, 2), bumps=0.02)
    centre = subject.to_patient(at)
    tail = None
    if tails and rng.random() < tails:
        along = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        length = rng.uniform(8, 20)
        vein = Shape.draw(rng, length, [3 / length, 3 / length], along, bumps=0.02)
        tail = Deposit("vein", centre + along[0] * rng.uniform(0.2, 0.5) * length, vein, 45.0, length)
    return Deposit("phlebolith", centre, shape, rng.uniform(150, 900), size, side_of(centre), "pelvis", rim=rng.choice([0, 0.8]), tail=tail)


def draw_plaque(rng, subject: Subject) -> Deposit:
    """A calcified plaque in the wall of the aorta or an iliac artery."""
    tube = subject.aorta if rng.random() < 0.5 else subject.iliacs[rng.integers(2)]
    inner = np.flatnonzero((tube.points[:, 2] > -150) & (tube.points[:, 2] < 160))[:-1]
    k = rng.choice(inner)
    along = tube.points[k + 1] - tube.points[k]
    along /= np.linalg.norm(along)
    out = np.cross(along, rng.normal(size=3))
    out /= np.linalg.norm(out)
    around = np.cross(along, out)
    first = along if rng.random() < 0.5 else around
    second = around if first is along else along
    size = rng.uniform(2, 9)
    shape = Shape.draw(rng, size, [rng.uniform(0.3, 0.8), min(0.9, rng.uniform(0.8, 1.8) / size)], np.array([first, second, out]))
    centre = subject.to_patient(tube.points[k] + out * (tube.radii[k] - 0.5))
    return Deposit("plaque", centre, shape, rng.uniform(300, 1300), size, side_of(centre), "artery")


def draw_pill(rng, subject: Subject) -> Deposit:
    """A dense pill or residue in the lumen of a bowel loop."""
    tube = subject.loops[rng.integers(len(subject.loops))][0]
    k = rng.integers(len(tube.points))
    at = tube.points[k] + np.array([0, rng.uniform(0, 0.5) * tube.radii[k], 0])
    size = rng.uniform(3, 13)
    centre = subject.to_patient(at)
    shape = Shape.draw(rng, size, rng.uniform(0.35, 1, 2), bumps=0.12)
    return Deposit("bowel content", centre, shape, rng.uniform(150, 2500), size, side_of(centre), "bowel")


def draw_bone_island(rng, subject: Subject) -> Deposit:
    """A dense island or bony outgrowth at a vertebra, the sacrum or the ilium."""
    z, parts = subject.vertebrae[rng.integers(6)]
    part = parts[rng.integers(len(parts))]
    at = part.points[rng.integers(len(part.points))] + rng.normal(0, 3, 3)
    if rng.random() < 0.5:
        angle = rng.uniform(0, 2 * np.pi)
        at = np.array([25 * np.cos(angle), part.points[0, 1] - 14 + 17 * np.sin(angle), z + rng.choice([-13, 13])])
    size = rng.uniform(3, 10)
    centre = subject.to_patient(at)
    shape = Shape.draw(rng, size, rng.uniform(0.5, 1, 2))
    return Deposit("bone island", centre, shape, rng.uniform(500, 1300), size, side_of(centre), "bone")


def draw_granuloma(rng, subject: Subject) -> Deposit:
    """A calcification off the tract: node, granuloma, gallstone or costal cartilage."""
    spots = [
        np.array([rng.uniform(-120, -40), rng.uniform(-40, 40), rng.uniform(100, 160)]),
        np.array([rng.uniform(95, 120), rng.uniform(10, 45), rng.uniform(110, 150)]),
        np.array([-56 + rng.normal(0, 5), -42 + rng.normal(0, 4), 70 + rng.normal(0, 8)]),
        subject.mesentery[rng.integers(46)].points[-2],
    ]
    cartilage = subject.cartilage[rng.integers(len(subject.cartilage))].points
    spots.append(cartilage[rng.integers(len(cartilage))] + rng.normal(0, 2, 3))
    centre = subject.to_patient(spots[rng.integers(len(spots))])
    size = rng.uniform(2, 9)
    shape = Shape.draw(rng, size, rng.uniform(0.5, 1, 2))
    return Deposit("calcification", centre, shape, rng.uniform(180, 1100), size, side_of(centre), "off tract")


MIMICS = {
    "phlebolith": draw_phlebolith,
    "plaque": draw_plaque,
    "bowel content": draw_pill,
    "bone island": draw_bone_island,
    "calcification": draw_granuloma,
}


def draw_scan_deposits(rng, subject: Subject) -> list[Deposit]:
    """Stones and mimics of one whole scan, in clinical numbers: 35 % of scans have no stone."""
    stones = 0 if rng.random() < 0.35 else 1 + rng.poisson(0.9)
    deposits = [draw_stone(rng, subject) for _ in range(stones)]
    counts = {
        "phlebolith": rng.integers(1, 7) if rng.random() < 0.4 else 0,
        "plaque": rng.poisson(1.5),
        "bone island": rng.poisson(1.5),
        "bowel content": int(rng.random() < 0.1),
        "calcification": rng.poisson(0.5),
    }
    for kind, count in counts.items():
        deposits += [MIMICS[kind](rng, subject) for _ in range(count)]
    return deposits
