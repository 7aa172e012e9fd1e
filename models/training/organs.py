"""What the urinary tract's network is shown, and what it is to say: cells around the middle of the body, and the organs of
phantoms in them."""

import numpy as np
from scipy.interpolate import PchipInterpolator

import data
from anatomy import Subject
from canvas import Canvas, Grid, Tube

CELL_MM = 4.0
ROWS, COLUMNS = 96, 128
OFFSETS_MM = (-20.0, -10.0, 0.0, 10.0, 20.0)
WINDOW_HU = (-150.0, 250.0)
# Slices of the training volumes, mm: every second one is an offset.
SLICE_MM = 5.0
ORGANS = ("kidney", "ureter", "bladder")
# How far from a ureter its corridor reaches, and the walls of kidney and bladder that count as theirs, mm.
REACH_MM, KIDNEY_WALL_MM, BLADDER_WALL_MM = 10.0, 3.0, 4.0
ENHANCED_SHARE, FILLED_SHARE = 0.25, 0.25
# Of the kidneys, those that a stone further down has swollen.
HYDRONEPHROSIS_SHARE = 0.3
# Pixels of air that the search keeps around the body.
MARGIN = 8


def organs(subject: Subject, grid: Grid, z: float) -> np.ndarray:
    """What is kidney, ureter corridor, bladder in a slice (3, rows, columns)."""
    c: Canvas = subject.canvas(grid, z, 1.0)
    masks = np.zeros((3, grid.rows, grid.columns), bool)

    def add(index, shape):
        box, distance = shape
        if box is not None:
            masks[index][box] |= distance <= 0

    for kidney in subject.kidneys:
        add(0, c.ellipsoid(kidney.centre, kidney.semi + KIDNEY_WALL_MM, kidney.axes))
        add(0, c.ellipsoid(kidney.at([-18, 0, 0]), kidney.pelvis_semi + KIDNEY_WALL_MM, kidney.axes))
        for calyx, radius in zip(kidney.calyces, kidney.calyx_radii):
            add(0, c.ellipsoid(calyx, np.full(3, radius + KIDNEY_WALL_MM)))
        add(1, c.tube(kidney.ureter.grown(REACH_MM)))
    add(2, c.ellipsoid(subject.bladder_centre, subject.bladder_semi + BLADDER_WALL_MM))
    return masks


def vary(rng, subject: Subject) -> None:
    """Kidneys, ureters and bladder further from the nominal place and size than stones need them."""
    subject.bladder_semi = subject.bladder_semi * rng.uniform(0.45, 1.25, 3) ** [0.5, 0.5, 1]
    for kidney in subject.kidneys:
        shift = rng.normal(0, [7, 6, 12])
        kidney.centre, kidney.calyces = kidney.centre + shift, kidney.calyces + shift
        kidney.semi = kidney.semi * rng.uniform(0.7, 1.2)
        kidney.fat = tuple(rng.uniform(0, 1.3) * np.array(kidney.fat))
        if rng.random() < HYDRONEPHROSIS_SHARE:
            kidney.semi = kidney.semi * rng.uniform(1, 1.4, 3)
            kidney.pelvis_semi = np.minimum(kidney.pelvis_semi * rng.uniform(1.3, 4.5, 3), 50)
            kidney.calyx_radii = np.minimum(kidney.calyx_radii * rng.uniform(1.2, 4.5), 22)
        tube = kidney.ureter
        along = np.linspace(0, 1, len(tube.points))
        # the upper end goes with the kidney, the lower stays at the bladder
        course = PchipInterpolator(np.linspace(0, 1, 7), np.vstack([np.zeros(3), rng.normal(0, [7, 7, 0], (5, 3)), np.zeros(3)]))(along)
        kidney.ureter = Tube(tube.points + np.clip(1 - 1.5 * along, 0, 1)[:, None] * shift + course, tube.radii)
    if rng.random() < 0.04:
        subject.kidneys.pop(rng.integers(2))


def volume(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A subject in cells, every SLICE_MM: HU (z, rows, columns) as int16 and its organs (z, 3, rows, columns)."""
    rng = np.random.default_rng([seed, 8])
    subject = Subject(seed)
    vary(rng, subject)
    if rng.random() < ENHANCED_SHARE:
        subject.enhance(rng)
    if rng.random() < FILLED_SHARE:
        subject.fill_bowel(rng)
    grid = Grid.centred(0, 5, CELL_MM, COLUMNS, ROWS)
    zs = np.arange(-185, 215, SLICE_MM)
    hu = np.stack([subject.paint(grid, z, 1.5) for z in zs])
    return hu.astype(np.int16), np.stack([organs(subject, grid, z) for z in zs])


def body_middle(hu: np.ndarray) -> tuple[float, float]:
    """Row and column of the middle of the body's box over a volume (z, H, W), as the search crops it."""
    body = hu[::4] > -300
    middle = []
    for axis in (1, 2):
        last = hu.shape[axis] - 1
        lines = np.flatnonzero((body.sum(axis=3 - axis) >= 8).any(axis=0))
        first, end = (lines[0], lines[-1]) if len(lines) else (0, last)
        middle.append((max(0, first - MARGIN) + min(end + MARGIN, last)) / 2)
    return middle[0], middle[1]


def cells(planes: np.ndarray, middle: tuple[float, float], pixel: float) -> np.ndarray:
    """The network's input (5, ROWS, COLUMNS) from HU planes (5, H, W): windowed, then the mean over the pixels of each cell."""
    windowed = data.window(planes.astype(np.float32), *WINDOW_HU)
    _, rows, columns = planes.shape
    row = np.floor((np.arange(rows) - middle[0]) * pixel / CELL_MM + ROWS / 2).astype(int)
    column = np.floor((np.arange(columns) - middle[1]) * pixel / CELL_MM + COLUMNS / 2).astype(int)
    rows_in, columns_in = (row >= 0) & (row < ROWS), (column >= 0) & (column < COLUMNS)
    at = (row[rows_in][:, None] * COLUMNS + column[columns_in]).ravel()
    count = np.maximum(np.bincount(at, minlength=ROWS * COLUMNS), 1)
    sums = [np.bincount(at, plane[np.ix_(rows_in, columns_in)].ravel(), ROWS * COLUMNS) for plane in windowed]
    return (np.stack(sums) / count).reshape(len(planes), ROWS, COLUMNS).astype(np.float32)


def cell(at: np.ndarray, middle: float, pixel: float, count: int) -> np.ndarray:
    """The cell of a row or column."""
    return np.clip(np.floor((at - middle) * pixel / CELL_MM + count / 2).astype(int), 0, count - 1)
