"""Painting of analytic shapes into one axial slice.

Shapes are given by signed distance (mm, negative inside). Painting replaces the
slice by `hu` in proportion to the shape's occupancy, which is the edge response
of a Gaussian point spread function: a smooth step of width sigma across the
surface. The slice therefore comes out already blurred in plane, with correct
partial volume at every edge and no staircase.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator


@dataclass(frozen=True)
class Grid:
    """In-plane sampling: centre of the first pixel (mm, LPS), pixel size, size."""

    x0: float
    y0: float
    pixel: float
    columns: int
    rows: int

    @staticmethod
    def centred(x: float, y: float, pixel: float, columns: int, rows: int) -> "Grid":
        """A grid whose middle lies at (x, y)."""
        return Grid(x - pixel * (columns - 1) / 2, y - pixel * (rows - 1) / 2, pixel, columns, rows)

    def x(self) -> np.ndarray:
        """x of each column, mm."""
        return (self.x0 + self.pixel * np.arange(self.columns)).astype(np.float32)

    def y(self) -> np.ndarray:
        """y of each row, mm."""
        return (self.y0 + self.pixel * np.arange(self.rows)).astype(np.float32)


@dataclass(frozen=True)
class Tube:
    """A polyline with a radius at each point, mm: vessel, ureter, bowel, rib."""

    points: np.ndarray
    radii: np.ndarray

    @staticmethod
    def through(knots: np.ndarray, radii: np.ndarray, step: float = 6.0) -> "Tube":
        """A smooth tube through knots, sampled about every `step` mm."""
        knots = np.asarray(knots, float)
        chord = np.r_[0, np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))]
        at = np.linspace(0, chord[-1], max(2, int(chord[-1] / step) + 1))
        radii = np.broadcast_to(np.asarray(radii, float), len(knots))
        return Tube(PchipInterpolator(chord, knots)(at), PchipInterpolator(chord, radii)(at))

    def mirrored(self) -> "Tube":
        """The same tube on the other side of the body."""
        return Tube(self.points * [-1, 1, 1], self.radii)

    def grown(self, by: float) -> "Tube":
        """The tube with its radius changed by `by` mm."""
        return Tube(self.points, self.radii + by)


class Canvas:
    """One slice under construction, in anatomical coordinates (mm)."""

    def __init__(self, x: np.ndarray, y: np.ndarray, z: float, sigma: float):
        """`x`, `y`: anatomical coordinates of every pixel; `sigma`: PSF in the same units."""
        self.x, self.y, self.z = x, y, z
        self.sigma = sigma
        self.hu = np.full(x.shape, -1000, np.float32)
        self._columns = x.min(axis=0), x.max(axis=0)
        self._rows = y.min(axis=1), y.max(axis=1)
        self.whole = (slice(0, x.shape[0]), slice(0, x.shape[1]))

    def box(self, x_low: float, x_high: float, y_low: float, y_high: float):
        """Index box that covers the rectangle, or None when it misses the slice."""
        pad = 3 * self.sigma
        columns = np.flatnonzero((self._columns[1] >= x_low - pad) & (self._columns[0] <= x_high + pad))
        rows = np.flatnonzero((self._rows[1] >= y_low - pad) & (self._rows[0] <= y_high + pad))
        if len(columns) == 0 or len(rows) == 0:
            return None
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)

    def occupancy(self, distance: np.ndarray) -> np.ndarray:
        """Share of a pixel inside a surface at signed `distance`, blurred by the PSF."""
        t = np.clip(0.5 - distance / (4 * self.sigma), 0, 1)
        return t * t * (3 - 2 * t)

    def fill(self, box, distance: np.ndarray, hu) -> None:
        """Paint `hu` (a number or an array of the box's shape) inside the surface."""
        part = self.hu[box]
        part += (hu - part) * self.occupancy(distance)

    def ellipse(self, centre, semi, box=None):
        """(box, distance) of an axis-aligned ellipse in this slice."""
        box = box or self.box(centre[0] - semi[0], centre[0] + semi[0], centre[1] - semi[1], centre[1] + semi[1])
        if box is None:
            return None, None
        u, v = self.x[box] - centre[0], self.y[box] - centre[1]
        norm = (u / semi[0]) ** 2 + (v / semi[1]) ** 2
        slope = (u / semi[0] ** 2) ** 2 + (v / semi[1] ** 2) ** 2
        return box, _distance(norm, slope, min(semi))

    def ellipsoid(self, centre, semi, axes=np.eye(3)):
        """(box, distance) of an ellipsoid; the rows of `axes` are its directions."""
        reach = np.sqrt(((axes.T * semi) ** 2).sum(axis=1))
        if abs(self.z - centre[2]) > reach[2] + 3 * self.sigma:
            return None, None
        box = self.box(centre[0] - reach[0], centre[0] + reach[0], centre[1] - reach[1], centre[1] + reach[1])
        if box is None:
            return None, None
        delta = (self.x[box] - centre[0], self.y[box] - centre[1], self.z - centre[2])
        norm = slope = 0.0
        for axis, radius in zip(axes, semi):
            along = axis[0] * delta[0] + axis[1] * delta[1] + axis[2] * delta[2]
            norm = norm + (along / radius) ** 2
            slope = slope + (along / radius**2) ** 2
        return box, _distance(norm, slope, min(semi))

    def tube(self, tube: Tube):
        """(box, distance) of a tube."""
        a, b = tube.points[:-1], tube.points[1:]
        ra, rb = tube.radii[:-1], tube.radii[1:]
        reach = np.maximum(ra, rb) + 3 * self.sigma
        near = np.flatnonzero(
            (np.minimum(a[:, 2], b[:, 2]) - reach <= self.z) & (np.maximum(a[:, 2], b[:, 2]) + reach >= self.z)
        )
        if len(near) == 0:
            return None, None
        low = (np.minimum(a, b) - reach[:, None])[near].min(axis=0)
        high = (np.maximum(a, b) + reach[:, None])[near].max(axis=0)
        box = self.box(low[0], high[0], low[1], high[1])
        if box is None:
            return None, None
        x, y = self.x[box], self.y[box]
        distance = np.full(x.shape, 1e3, np.float32)
        for i in near:
            along = b[i] - a[i]
            u, v, w = x - a[i, 0], y - a[i, 1], self.z - a[i, 2]
            t = np.clip((u * along[0] + v * along[1] + w * along[2]) / max(along @ along, 1e-6), 0, 1)
            gap = np.sqrt((u - t * along[0]) ** 2 + (v - t * along[1]) ** 2 + (w - t * along[2]) ** 2)
            np.minimum(distance, gap - (ra[i] + t * (rb[i] - ra[i])), out=distance)
        return box, distance

    def curve(self, points: np.ndarray, half_width):
        """(box, distance) of a planar polyline thickened by `half_width` (one per point)."""
        half_width = np.broadcast_to(half_width, len(points))
        flat = np.column_stack([points, np.full(len(points), self.z)])
        return self.tube(Tube(flat, half_width))


def _distance(norm2, slope2, smallest: float):
    """First-order distance to an ellipsoid from the squares of |p / r| and |p / r^2|."""
    norm = np.sqrt(norm2) + 1e-6
    return norm * (norm - 1) / (np.sqrt(slope2) + 1e-6 / smallest)
