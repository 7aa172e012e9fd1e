"""Procedural abdomen and pelvis: a subject drawn from a seed, painted slice by slice.

Anatomical coordinates are millimetres of a nominal adult in the patient's LPS
directions: x to the left, y to the back, z to the head; the origin lies in the
middle of the body at the centre of the fourth lumbar vertebra. A subject's own
size and a smooth warp lie between patient coordinates and these. Positions and
HU are nominal values for an adult at 120 kVp (the project's engineering choice
from general anatomy), with the spread between subjects drawn in `Subject`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, map_coordinates

from canvas import Canvas, Grid, Tube

LUMBAR_TO_T9_Z = (-34.0, 0.0, 34.0, 67.0, 100.0, 132.0, 163.0, 193.0, 223.0)
RIB_ROOTS_Z = (132.0, 163.0, 193.0, 223.0)

# Profiles along z: each row is z followed by the values there.
WALL = np.array(  # semi-axes of the outer muscle surface, x and y; cavity semi-axes; cavity centre y
    [
        [-190, 160, 98, 46, 52, 6],
        [-150, 164, 100, 54, 62, 4],
        [-115, 160, 98, 70, 70, 2],
        [-80, 148, 95, 88, 70, 0],
        [-40, 138, 92, 112, 74, -3],
        [0, 132, 90, 118, 76, -3],
        [60, 134, 92, 121, 79, -2],
        [120, 140, 98, 129, 86, 0],
        [200, 145, 103, 135, 92, 2],
    ]
)
SPINE_Y = np.array([[-170, 70], [-150, 82], [-120, 84], [-90, 68], [-60, 46], [-34, 34], [0, 29], [60, 33], [130, 41], [230, 48]])
SACRUM = np.array(  # half width, half depth
    [[-170, 8, 6], [-145, 16, 8], [-110, 30, 12], [-80, 44, 16], [-58, 50, 18], [-46, 30, 16]]
)
ILIUM = np.array(  # left side: back end, control point, front end (x, y each), half thickness
    [
        [-182, 62, 38, 60, 28, 56, 14, 6.0],
        [-155, 74, 42, 60, 8, 64, -33, 7.5],
        [-132, 88, 37, 54, 3, 88, -34, 7.0],
        [-112, 72, 42, 82, 5, 97, -32, 9.0],
        [-95, 60, 48, 80, 20, 108, -36, 8.0],
        [-60, 47, 60, 78, 30, 119, -36, 5.5],
        [-20, 50, 66, 86, 40, 121, -4, 5.0],
        [-4, 56, 65, 85, 43, 111, 12, 4.5],
        [6, 66, 60, 84, 47, 99, 28, 4.0],
        [12, 78, 54, 84, 48, 90, 40, 3.0],
    ]
)


def _profile(table: np.ndarray) -> PchipInterpolator:
    return PchipInterpolator(table[:, 0], table[:, 1:], extrapolate=False)


_WALL, _SPINE_Y, _SACRUM, _ILIUM = map(_profile, (WALL, SPINE_Y, SACRUM, ILIUM))


def spine_y(z: float) -> float:
    """y of the centre of the vertebral body or sacrum at height z."""
    return float(_SPINE_Y(np.clip(z, SPINE_Y[0, 0], SPINE_Y[-1, 0]))[0])


def wall(z: float) -> np.ndarray:
    """Outer muscle semi-axes, cavity semi-axes and cavity centre y at height z."""
    return _WALL(np.clip(z, WALL[0, 0], WALL[-1, 0]))


def _unit(vector) -> np.ndarray:
    vector = np.asarray(vector, float)
    return vector / np.linalg.norm(vector)


@dataclass
class Kidney:
    """A kidney and its collecting system; `side` is +1 on the left, -1 on the right."""

    side: int
    centre: np.ndarray
    semi: np.ndarray
    axes: np.ndarray
    pelvis_semi: np.ndarray
    calyces: np.ndarray
    calyx_radii: np.ndarray
    ureter: Tube
    # how far the fat around it reaches
    fat: tuple[float, float, float] = (9.0, 8.0, 10.0)

    def at(self, local) -> np.ndarray:
        """Anatomical position of a point given along the kidney's own axes, mm."""
        return self.centre + np.asarray(local, float) @ self.axes


class Subject:
    """One synthetic patient. Everything about the anatomy follows from the seed."""

    def __init__(self, seed: int):
        rng = np.random.default_rng([seed, 1])
        self.rng = rng
        self.female = bool(rng.random() < 0.45)
        self.scale = rng.uniform(0.9, 1.12)
        self.scale_z = rng.uniform(0.93, 1.07)
        self.fat = rng.uniform(8, 38)
        self.bone = rng.uniform(90, 240)
        self.cortex = rng.uniform(550, 1000)
        draw = rng.normal
        self.hu = {
            "fat": draw(-105, 5), "muscle": draw(53, 5), "kidney": draw(32, 3), "urine": draw(5, 4),
            "liver": draw(57, 6) if rng.random() > 0.25 else rng.uniform(20, 40), "spleen": draw(48, 4),
            "blood": draw(43, 5), "wall": 36.0, "skin": 15.0, "disc": 80.0, "cartilage": 110.0, "lung": -850.0,
        }  # fmt: skip
        self._waves = rng.uniform([0.8, 90, 90, 0], [2.4, 190, 260, 2 * np.pi], (6, 4))
        self._texture = gaussian_filter(rng.standard_normal((48, 48, 48)), 1.1, mode="wrap").astype(np.float32)
        self._texture /= self._texture.std()
        self._draw_organs(rng)
        self._draw_bowel(rng)
        self._draw_bones(rng)

    def enhance(self, rng) -> None:
        """Contrast medium in the blood, the organs and the renal cortex (portal to nephrographic phase, HU)."""
        blood = rng.uniform(90, 230)
        self.hu.update(blood=blood, kidney=rng.uniform(100, 220), liver=rng.uniform(85, 125), spleen=rng.uniform(95, 140))

    def fill_bowel(self, rng) -> None:
        """Oral contrast medium, or dense residue, in about half of the loops (HU)."""
        value = rng.uniform(110, 500)
        self.loops = [
            (tube, value * rng.uniform(0.7, 1.2), level, 3 * stool) if rng.random() < 0.5 else (tube, content, level, stool)
            for tube, content, level, stool in self.loops
        ]

    # -- coordinates ---------------------------------------------------------

    def _shift(self, across, z, waves):
        total = 0.0
        for amplitude, length, length_z, phase in waves:
            total = total + amplitude * np.sin(2 * np.pi * (across / length + z / length_z) + phase)
        return total

    def to_anatomy(self, point) -> np.ndarray:
        """Anatomical coordinates of a patient point (mm, LPS)."""
        x, y, z = point
        return np.array(
            [
                (x + self._shift(y, z, self._waves[:3])) / self.scale,
                (y + self._shift(x, z, self._waves[3:])) / self.scale,
                z / self.scale_z,
            ]
        )

    def to_patient(self, point) -> np.ndarray:
        """Patient point (mm, LPS) of anatomical coordinates: the warp inverted by iteration."""
        x, y = point[0] * self.scale, point[1] * self.scale
        z = point[2] * self.scale_z
        target_x, target_y = x, y
        for _ in range(30):
            x, y = target_x - self._shift(y, z, self._waves[:3]), target_y - self._shift(x, z, self._waves[3:])
        return np.array([x, y, z])

    # -- drawing the subject -------------------------------------------------

    def _draw_organs(self, rng) -> None:
        self.bladder_centre = np.array([rng.normal(0, 3), -22 + rng.normal(0, 3), -130.0])
        self.bladder_semi = np.array([rng.uniform(30, 46), rng.uniform(24, 36), rng.uniform(18, 34)])
        self.bladder_centre[2] += self.bladder_semi[2] - 28
        self.kidneys = [self._draw_kidney(rng, side) for side in (1, -1)]
        self.aorta = Tube.through(
            [(6, 12, 235), (7, 8, 160), (7, 3, 90), (6, 0, 40), (4, 0, 4)], np.array([12, 11, 10, 9.5, 9]) + rng.normal(0, 0.8)
        )
        iliac = np.array([(4, 0, 6), (15, 2, -15), (30, 4, -42), (48, -4, -75), (62, -28, -110), (76, -58, -150), (80, -66, -190)])
        self.iliacs = []
        for side in (1, -1):
            knots = iliac * [side, 1, 1] + rng.normal(0, 2, (len(iliac), 3))
            knots[0] = (4 + 3 * side, 0, 6)
            self.iliacs.append(Tube.through(knots, [6.5, 6, 5.5, 5, 5, 5, 5]))
        vein = iliac * [1, 1, 1] + [4, 10, -6]
        self.veins = [
            Tube.through([(-24, 0, 235), (-20, 2, 150), (-19, 4, 70), (-18, 5, 0), (-12, 8, -14)], [13, 12.5, 11.5, 11, 11])
        ]
        for side in (1, -1):
            knots = vein * [side, 1, 1]
            knots[0] = (-12, 8, -12)
            knots[1] = (-12 + 18 * side, 10, -26)
            self.veins.append(Tube.through(knots, [8, 7, 7, 6.5, 6.5, 6.5, 6.5]))
            internal = np.array([(30, 10, -42), (42, 30, -70), (46, 42, -100), (42, 44, -125)]) * [side, 1, 1]
            self.veins.append(Tube.through(internal + rng.normal(0, 2, (4, 3)), [5, 4, 3.2, 2.5]))
        psoas = np.array([(24, 42, 112), (29, 38, 80), (37, 33, 35), (43, 25, 0), (52, 15, -40), (68, -10, -85), (84, -36, -130), (92, -40, -185)])
        radii = np.array([4, 10, 16, 19, 20, 18, 15, 14]) * rng.uniform(0.8, 1.05)
        left = Tube.through(psoas, radii)
        self.psoas = [left, left.mirrored()]
        self.mesentery = []
        for _ in range(46):
            root = np.array([rng.uniform(-12, 16), -16, rng.uniform(20, 75)])
            end = np.array([rng.uniform(-85, 85), rng.uniform(-55, 5), rng.uniform(-80, 50)])
            bend = (root + end) / 2 + rng.normal(0, 12, 3)
            self.mesentery.append(Tube.through([root, bend, end], [2.3, 1.7, 0.9]))
        for side in (1, -1):
            hilum = np.array([42 * side, 22, 75.0])
            self.mesentery.append(Tube.through([(4 * side, 0, 78), (24 * side, 14, 78), hilum], [3, 3, 2.8]))
            self.mesentery.append(Tube.through([(-16 + 8 * side, 0, 72), (20 * side, 4, 73), hilum + [0, -5, -3]], [4.5, 4.5, 4]))
            gonadal = np.array([(22, 6, 60), (38, 8, 20), (46, 2, -20), (58, -10, -60), (66, -30, -105)])
            self.mesentery.append(Tube.through(gonadal * [side, 1, 1] + rng.normal(0, 2, (5, 3)), 1.6))

    def _draw_kidney(self, rng, side: int) -> Kidney:
        centre = np.array([side * rng.uniform(60, 68), rng.uniform(28, 36), 78.0 + rng.normal(0, 6)])
        if side < 0:
            centre[2] -= rng.uniform(8, 18)
        long_axis = _unit([-0.26 * side, 0.18, 0.95])
        lateral = np.array([0.87 * side, 0.5, 0.0])
        lateral = _unit(lateral - (lateral @ long_axis) * long_axis)
        axes = np.array([lateral, np.cross(long_axis, lateral), long_axis])
        semi = np.array([rng.uniform(25, 30), rng.uniform(21, 25), rng.uniform(50, 60)])
        swelling = rng.choice([1.0, 1.5, 2.0, 2.6], p=[0.6, 0.22, 0.13, 0.05])
        pelvis = np.array([11.0, 5.0, 9.0]) * swelling**0.6
        calyces, radii = [], []
        for level in (-0.58, -0.42, -0.12, 0.14, 0.4, 0.56):
            for face in (-1, 1):
                calyces.append([rng.uniform(-6, 3), face * rng.uniform(3.5, 7.5), level * semi[2] + rng.normal(0, 2)])
                radii.append(rng.uniform(2.6, 4.0) * swelling**0.7)
        kidney = Kidney(side, centre, semi, axes, pelvis, np.empty(0), np.array(radii), None)
        kidney.calyces = np.array([kidney.at(local) for local in calyces])
        start = kidney.at([-semi[0] - 2, 0, -6])
        orifice = self.bladder_centre + self.bladder_semi * _unit([0.5 * side, 0.8, -0.25])
        knots = np.array(
            [
                kidney.at([-18, 0, 0]), start, (side * 43, 16, 36), (side * 39, 3, 0), (side * 33, -2, -42),
                (side * 46, 24, -80), (side * 48, 32, -104), orifice + [side * 20, 8, 9], orifice + [side * 5, 2.5, 2], orifice,
            ]
        )  # fmt: skip
        knots[2:7] += rng.normal(0, 3, (5, 3)) * [1, 1, 0.5]
        width = np.full(len(knots), rng.uniform(1.8, 2.4))
        if swelling > 1.2:
            width[:6] *= rng.uniform(1.2, 1.7)
        width[0] = 4
        kidney.ureter = Tube.through(knots, width, step=5)
        return kidney

    def _draw_bowel(self, rng) -> None:
        """Each loop: tube, content HU, y above which lies gas (None: no gas), stool texture HU."""
        self.loops = []

        def add(knots, radii, jitter, gas, stool):
            knots = np.asarray(knots, float) + rng.normal(0, jitter, np.shape(knots))
            tube = Tube.through(knots, radii, step=7)
            tube.radii[:] = tube.radii * (1 + 0.13 * np.sin(np.arange(len(tube.radii)) * 1.7 + rng.uniform(0, 6)))
            # gas rises to the front: below (smaller y) this level the lumen is gas
            quantile = np.quantile(tube.points[:, 1], rng.uniform(0.05, 0.95))
            level = quantile - rng.uniform(-6, 10) if rng.random() < gas else None
            self.loops.append((tube, rng.uniform(12, 50), level, stool))

        for _ in range(22):
            at = np.array([rng.uniform(-75, 75), rng.uniform(-58, -12), rng.uniform(-100, 55)])
            knots = [at]
            heading = rng.normal(size=3) * [1, 0.5, 0.7]
            for _ in range(6):
                heading = 0.6 * heading + rng.normal(size=3) * [1, 0.5, 0.7]
                at = np.clip(at + 26 * _unit(heading), [-86, -62, -108], [86, -6, 62])
                knots.append(at)
            add(knots, rng.uniform(9, 14), 2, 0.35, 0)
        add([(-92, 10, -55), (-100, 18, -20), (-102, 20, 20), (-98, 12, 58)], [24, 25, 22, 20], 3, 0.7, 45)
        add([(-98, 5, 60), (-80, -35, 62), (-35, -58, 38), (10, -62, 30), (60, -50, 55), (92, -15, 95)], [19, 19, 18, 17, 17, 17], 4, 0.8, 35)
        add([(98, 5, 100), (108, 22, 60), (106, 25, 15), (98, 18, -30)], [15, 14, 13, 13], 3, 0.5, 35)
        add([(98, 18, -30), (80, -8, -62), (45, -20, -78), (15, 10, -90), (0, 42, -108)], [13, 14, 15, 15, 15], 4, 0.6, 35)
        self.rectum = Tube.through([(0, 42, -106), (0, 58, -125), (0, 56, -150), (0, 48, -185)], [15, 17, 14, 10])
        self.duodenum = Tube.through([(-30, -25, 85), (-42, -8, 75), (-40, 2, 45), (-10, -8, 32), (20, -10, 38)], 11)
        self.pancreas = Tube.through([(-32, -14, 62), (-8, -22, 74), (30, -10, 90), (68, 8, 105)], [13, 9, 10, 8])

    def _draw_bones(self, rng) -> None:
        self.ribs, self.cartilage = [], []
        for root_z, end_angle, slope in zip(RIB_ROOTS_Z, (1.25, 1.75, 2.2, 2.3), (32, 37, 40, 38)):
            angle = np.linspace(0.3, end_angle, 16)
            z = root_z - 8 - slope * (angle - 0.3)
            path = self._wall_path(angle, z)
            path[0] = (22, spine_y(root_z) + 14, root_z - 2)
            rib = Tube(path, np.full(len(path), 4.3))
            self.ribs += [rib, rib.mirrored()]
            if end_angle > 2:
                angle = np.linspace(end_angle, 2.75, 8)
                cartilage = Tube(self._wall_path(angle, z[-1] + 14 * (angle - end_angle)), np.full(8, 5.0))
                self.cartilage += [cartilage, cartilage.mirrored()]
        self.vertebrae = []
        for centre_z in LUMBAR_TO_T9_Z:
            y = spine_y(centre_z)
            parts = [
                Tube(np.array([(0, y + 39, centre_z - 4.0), (0, y + 50, centre_z - 9), (0, y + 60, centre_z - 13)]), np.array([4, 3.5, 4.5]))
            ]
            for side in (1, -1):
                parts += [
                    Tube(np.array([(side * 14, y + 12, centre_z + 5.0), (side * 16, y + 26, centre_z + 3)]), np.array([5.5, 6])),
                    Tube(np.array([(side * 16, y + 26, centre_z + 3.0), (side * 2, y + 40, centre_z - 4)]), np.array([5, 3.5])),
                    Tube(np.array([(side * 18, y + 27, centre_z + 8.0), (side * 18, y + 30, centre_z - 16)]), np.array([6, 7.5])),
                    Tube(np.array([(side * 17, y + 22, centre_z + 1.0), (side * 32, y + 27, centre_z), (side * 42, y + 30, centre_z + 2)]), np.array([4.5, 4, 3])),
                ]
            self.vertebrae.append((centre_z, parts))
        femur = Tube(np.array([(94, 3, -132.0), (112, 8, -145), (132, 16, -158), (136, 18, -195)]), np.array([14, 14, 17, 17]))
        ramus = Tube.through([(74, -30, -138), (40, -46, -146), (12, -52, -158)], [9, 7, 9])
        self.limb_bones = [femur, femur.mirrored(), ramus, ramus.mirrored()]

    def _wall_path(self, angle, z) -> np.ndarray:
        """Points in the middle of the left abdominal wall; angle 0 is the back, pi the front."""
        rows = []
        for a, height in zip(angle, z):
            body = wall(height)
            rows.append([(body[0] + body[2]) / 2 * np.sin(a), (body[1] + body[3]) / 2 * np.cos(a), height])
        return np.array(rows)

    # -- painting ------------------------------------------------------------

    def canvas(self, grid: Grid, z: float, sigma: float) -> Canvas:
        """An empty slice at patient height z in the subject's own coordinates."""
        x, y = grid.x()[None, :], grid.y()[:, None]
        x_anatomy = (x + self._shift(y, z, self._waves[:3]).astype(np.float32)) / self.scale
        y_anatomy = (y + self._shift(x, z, self._waves[3:]).astype(np.float32)) / self.scale
        return Canvas(x_anatomy, y_anatomy, z / self.scale_z, sigma / self.scale)

    def paint(self, grid: Grid, z: float, sigma: float) -> np.ndarray:
        """HU of an infinitely thin slice at patient height z, blurred in plane by sigma (mm)."""
        c = self.canvas(grid, z, sigma)
        self._paint_couch(c, grid.x()[None, :], grid.y()[:, None])
        cavity = self._paint_body(c)
        self._paint_viscera(c, cavity)
        self._paint_retroperitoneum(c)
        self._paint_pelvis(c)
        self._paint_skeleton(c)
        return c.hu

    def _noise_texture(self, c: Canvas, box, cell: float) -> np.ndarray:
        """Smooth tissue texture of unit SD with features of about 2 `cell` mm."""
        shape = c.x[box].shape
        at = np.stack([np.full(shape, c.z / cell), c.y[box] / cell, c.x[box] / cell])
        return map_coordinates(self._texture, at, order=1, mode="grid-wrap")

    def _paint_couch(self, c: Canvas, x: np.ndarray, y: np.ndarray) -> None:
        """A carbon shell around foam, straight in patient coordinates, below the back."""
        top = self.scale * (WALL[1, 2] + 0.75 * self.fat) + 12 - 0.0006 * x**2
        inside = np.maximum(top - y, np.maximum(y - top - 34 + 0.0006 * x**2, np.abs(x) - 205))
        c.fill(c.whole, inside, 20.0)
        c.fill(c.whole, inside + 2.5, -950.0)

    def _paint_body(self, c: Canvas) -> np.ndarray:
        hu, body = self.hu, wall(c.z)
        fat_x, fat_y = self.fat, 0.75 * self.fat
        for inset, value in ((0.0, hu["skin"]), (2.0, hu["fat"])):
            box, distance = c.ellipse((0, 0), (body[0] + fat_x + 2 - inset, body[1] + fat_y + 2 - inset), c.whole)
            c.fill(box, distance, value)
        _, outer = c.ellipse((0, 0), body[:2], c.whole)
        _, cavity = c.ellipse((0, body[4]), body[2:4], c.whole)
        c.fill(c.whole, outer, hu["muscle"] + 5 * self._noise_texture(c, c.whole, 4.0))
        if c.z > -90:
            _, layers = c.ellipse((0, 0), (body[0] + body[2]) / 2 * np.ones(2) * [1, (body[1] + body[3]) / (body[0] + body[2])], c.whole)
            c.fill(c.whole, np.maximum(np.abs(layers) - 0.5, 40 - np.abs(c.x)), hu["fat"])
        c.fill(c.whole, cavity, hu["fat"])
        c.fill(c.whole, np.maximum(np.abs(c.x) - 1.6 + max(0, -c.z - 90) / 20, np.maximum(outer, c.y + 0.5 * body[3])), hu["fat"])
        self._paint_back_muscles(c)
        if c.z > 122:
            # the diaphragm: a dome; lung lies between it and the chest wall
            height = np.clip((c.z - 122) / 100, 0, 0.98)
            shrink = np.sqrt(1 - height**2)
            _, dome = c.ellipse((0, body[4] - 4), (body[2] * shrink + 1, body[3] * shrink + 1), c.whole)
            spine_gap = 30 - np.hypot(c.x / 1.3, c.y - spine_y(c.z) - 5)
            lung = np.maximum(np.maximum(cavity + 2, -dome), np.maximum(spine_gap, -c.y - 5))
            c.fill(c.whole, np.maximum(np.maximum(cavity, -dome - 3), -c.y - 5), hu["muscle"])
            c.fill(c.whole, lung, hu["lung"])
            cavity = np.maximum(cavity, dome)
        return cavity

    def _paint_back_muscles(self, c: Canvas) -> None:
        hu, y = self.hu, spine_y(c.z)
        for side in (1, -1):
            if c.z > -70:
                thickness = np.interp(c.z, [-70, -40, 20, 150], [8, 20, 24, 19])
                c.fill(*_with(c.ellipse((side * 33, y + 42), (32, thickness))), hu["muscle"])
                if 118 > c.z > -15:
                    c.fill(*_with(c.ellipse((side * 62, y + 31), (24, 9))), hu["muscle"])
        if c.z < 0:
            for side in (1, -1):
                # fat planes between the gluteal muscles
                plane = np.array([(side * 50, 80), (side * 88, 62), (side * 122, 26), (side * 138, -12)])
                plane = plane + [0, 10 * np.sin(c.z / 40)]
                c.fill(*_with(c.curve(plane, min(1.6, 0.05 * -c.z))), hu["fat"])
                if c.z < -95:
                    plane = np.array([(side * 150, -8), (side * 122, -28), (side * 104, -58), (side * 92, -98)])
                    c.fill(*_with(c.curve(plane, 1.8)), hu["fat"])
                    c.fill(*_with(c.ellipse((side * 72, -66), (15, 14))), hu["fat"])

    def _paint_viscera(self, c: Canvas, cavity: np.ndarray) -> None:
        hu = self.hu
        for tube in self.mesentery:
            box, distance = c.tube(tube)
            if box is not None:
                c.fill(box, np.maximum(distance, cavity[box] + 2), hu["blood"])
        for tube, content, level, stool in self.loops:
            self._paint_loop(c, cavity, tube, content, level, stool)
        liver = [((-74, -4, 128), (66, 82, 82)), ((-18, -44, 142), (78, 36, 38))]
        boxes = [c.ellipsoid(np.array(centre, float), np.array(semi, float)) for centre, semi in liver]
        for box, distance in boxes:
            if box is not None:
                value = hu["liver"] + 2.5 * self._noise_texture(c, box, 3.0)
                c.fill(box, np.maximum(distance, cavity[box] + 2.5), value)
        if boxes[0][0] is not None:
            for k in range(5):
                start = np.array([-30.0, -8, 120])
                end = np.array([-110 + 18 * k, -50 + 25 * k, 150 - 14 * k], float)
                c.fill(*_with(c.tube(Tube.through([start, (start + end) / 2 + [0, 6, 5], end], [4.5, 3.5, 1.5]))), hu["blood"] - 6)
        box, distance = c.ellipsoid(np.array([108.0, 28, 130]), np.array([30.0, 44, 46]))
        if box is not None:
            c.fill(box, np.maximum(distance, cavity[box] + 3), hu["spleen"])
        box, distance = c.ellipsoid(np.array([58.0, -32, 142]), np.array([46.0, 36, 42]))
        if box is not None:
            distance = np.maximum(distance, cavity[box] + 3)
            c.fill(box, distance, hu["wall"] + 8)
            c.fill(box, distance + 5, 18 + 8 * self._noise_texture(c, box, 4.0))
            c.fill(box, np.maximum(distance + 5, c.y[box] + 44), -1000.0)
        c.fill(*_with(c.ellipsoid(np.array([-56.0, -46, 74]), np.array([15.0, 15, 26]))), 9.0)
        for tube, value in ((self.pancreas, 42.0), (self.duodenum, 30.0)):
            box, distance = c.tube(tube)
            if box is not None:
                c.fill(box, distance, value + (6 * self._noise_texture(c, box, 2.0)))

    def _paint_loop(self, c: Canvas, cavity, tube, content, level, stool) -> None:
        box, distance = c.tube(tube)
        if box is None:
            return
        distance = np.maximum(distance, cavity[box] + 3)
        c.fill(box, distance - 1.0, self.hu["fat"])
        c.fill(box, distance, self.hu["wall"])
        texture = self._noise_texture(c, box, 1.6 if stool else 4.0)
        value = content + max(stool, 5) * 0.5 * texture
        if stool:
            value = np.where(texture > 1.1, -450.0, value)
        c.fill(box, distance + 2.2, value)
        if level is not None:
            c.fill(box, np.maximum(distance + 2.2, c.y[box] - level), -990.0)

    def _paint_retroperitoneum(self, c: Canvas) -> None:
        hu = self.hu
        for kidney in self.kidneys:
            c.fill(*_with(c.ellipsoid(kidney.centre, kidney.semi + kidney.fat, kidney.axes)), hu["fat"])
        for tube in self.psoas:
            if c.z > -115:
                c.fill(*_with(c.tube(tube.grown(1.0))), hu["fat"])
            c.fill(*_with(c.tube(tube)), hu["muscle"])
        for tube in self.iliacs + [self.aorta] + (self.veins if c.z < 70 else []):
            c.fill(*_with(c.tube(tube.grown(1.2))), hu["fat"])
        for tube in self.veins + self.iliacs + [self.aorta]:
            c.fill(*_with(c.tube(tube)), hu["blood"])
        for kidney in self.kidneys:
            self._paint_kidney(c, kidney)

    def _paint_kidney(self, c: Canvas, kidney: Kidney) -> None:
        hu = self.hu
        box, distance = c.ellipsoid(kidney.centre, kidney.semi, kidney.axes)
        if box is not None:
            lobes = 0.8 * self._noise_texture(c, box, 9.0)
            c.fill(box, distance + lobes, hu["kidney"] + 1.5 * self._noise_texture(c, box, 2.5))
        sinus = kidney.at([-13, 0, 0])
        box, distance = c.ellipsoid(sinus, np.array([17, 9.5, 0.64 * kidney.semi[2]]), kidney.axes)
        if box is not None:
            c.fill(box, distance + 1.6 * self._noise_texture(c, box, 4.0), hu["fat"] + 12)
        pelvis = kidney.at([-18, 0, 0])
        for calyx, radius in zip(kidney.calyces, kidney.calyx_radii):
            c.fill(*_with(c.tube(Tube(np.array([pelvis, calyx]), np.array([3.2, 0.6 * radius])))), hu["urine"] + 8)
        for calyx, radius in zip(kidney.calyces, kidney.calyx_radii):
            c.fill(*_with(c.ellipsoid(calyx, np.full(3, radius))), hu["urine"])
        c.fill(*_with(c.ellipsoid(pelvis, kidney.pelvis_semi + 0.8, kidney.axes)), 30.0)
        c.fill(*_with(c.ellipsoid(pelvis, kidney.pelvis_semi, kidney.axes)), hu["urine"])
        c.fill(*_with(c.tube(kidney.ureter.grown(2.0))), hu["fat"] + 5)
        c.fill(*_with(c.tube(kidney.ureter)), 27.0)
        c.fill(*_with(c.tube(kidney.ureter.grown(-1.1))), hu["urine"] + 5)

    def _paint_pelvis(self, c: Canvas) -> None:
        hu = self.hu
        if c.z > -50:
            return
        for side in (1, -1):
            obturator = np.array([(side * 62, 34), (side * 57, 8), (side * 60, -22)])
            if c.z < -108:
                c.fill(*_with(c.curve(obturator, min(7.0, 0.25 * (-c.z - 106)))), hu["muscle"])
            piriformis = Tube.through([(side * 22, 70, -92), (side * 48, 62, -104), (side * 80, 52, -118)], [8, 11, 8])
            c.fill(*_with(c.tube(piriformis)), hu["muscle"])
        box, distance = c.tube(self.rectum)
        if box is not None:
            c.fill(box, distance, hu["wall"] + 8)
            c.fill(box, distance + 4, 30 + 15 * self._noise_texture(c, box, 1.8))
            c.fill(box, np.maximum(distance + 5, c.y[box] - 44), -950.0)
        top = self.bladder_centre[2] + self.bladder_semi[2]
        if self.female:
            c.fill(*_with(c.ellipsoid(np.array([3.0, 20, top - 12]), np.array([27.0, 16, 24]))), hu["muscle"] - 6)
        else:
            c.fill(*_with(c.ellipsoid(np.array([0.0, -14, -166]), np.array([23.0, 17, 17]))), hu["muscle"] - 10)
            for side in (1, -1):
                c.fill(*_with(c.ellipsoid(np.array([side * 18.0, 20, -142]), np.array([16.0, 6, 7]))), 25.0)
        c.fill(*_with(c.ellipsoid(self.bladder_centre, self.bladder_semi + 2)), hu["fat"])
        c.fill(*_with(c.ellipsoid(self.bladder_centre, self.bladder_semi)), hu["wall"])
        c.fill(*_with(c.ellipsoid(self.bladder_centre, self.bladder_semi - 3)), hu["urine"])
        for kidney in self.kidneys:
            c.fill(*_with(c.tube(kidney.ureter)), 24.0)

    def _bone(self, c: Canvas, box, distance, cortex_mm: float) -> None:
        if box is None:
            return
        c.fill(box, distance, self.cortex)
        c.fill(box, distance + cortex_mm, self.bone + 25 * self._noise_texture(c, box, 1.6))

    def _paint_skeleton(self, c: Canvas) -> None:
        hu, y = self.hu, spine_y(c.z)
        if c.z > -52:
            size = np.interp(c.z, [-34, 100, 230], [1.06, 0.95, 0.8])
            nearest = min(self.vertebrae, key=lambda item: abs(item[0] - c.z))[0]
            waist = 1 - 0.09 * np.cos(np.clip((c.z - nearest) / 13, -1, 1) * np.pi / 2) ** 2
            semi = (25 * size * waist, 17.5 * size * waist)
            box, outline = c.ellipse((0, y), semi)
            if box is not None:
                # the back of a vertebral body is flat
                outline = np.maximum(outline, c.y[box] - (y + 14 * size))
                c.fill(box, outline, hu["disc"])
                self._bone(c, box, np.maximum(outline, abs(c.z - nearest) - 13.2), 1.3)
            for centre_z, parts in self.vertebrae:
                if abs(centre_z - c.z) < 32:
                    for part in parts:
                        self._bone(c, *c.tube(part), 1.6)
            c.fill(*_with(c.ellipse((0, y + 25), (10.5, 9))), hu["fat"] + 40)
            c.fill(*_with(c.ellipse((0, y + 24.5), (8.5, 7.5))), 22.0)
        if SACRUM[0, 0] < c.z < SACRUM[-1, 0]:
            half_width, half_depth = _SACRUM(c.z)
            box, distance = c.ellipse((0, y), (half_width, half_depth))
            self._bone(c, box, distance, 1.4)
            box, distance = c.ellipse((0, y + 0.75 * half_depth), (0.4 * half_width, 0.45 * half_depth))
            self._bone(c, box, distance, 1.4)
            if c.z < -58 and c.z > -125:
                for side in (1, -1):
                    c.fill(*_with(c.ellipse((side * 0.42 * half_width, y - 1), (4.0, 0.42 * half_depth))), hu["fat"] + 60)
        if ILIUM[0, 0] < c.z < ILIUM[-1, 0]:
            back_x, back_y, mid_x, mid_y, front_x, front_y, half = _ILIUM(c.z)
            t = np.linspace(0, 1, 12)[:, None]
            curve = (1 - t) ** 2 * [back_x, back_y] + 2 * t * (1 - t) * [mid_x, mid_y] + t**2 * [front_x, front_y]
            width = half * (0.75 + 0.45 * np.abs(2 * t[:, 0] - 1))
            taper = np.clip(min(ILIUM[-1, 0] - c.z, c.z - ILIUM[0, 0]) / 6, 0.15, 1)
            for side in (1, -1):
                box, distance = c.curve(curve * [side, 1], width * taper)
                self._bone(c, box, distance, 1.9)
        for side in (1, -1):
            centre = np.array([side * 93.0, 3, -132])
            c.fill(*_with(c.ellipsoid(centre, np.full(3, 26.5))), 60.0)
            self._bone(c, *c.ellipsoid(centre, np.full(3, 23.5)), 1.4)
        for tube in self.limb_bones:
            self._bone(c, *c.tube(tube), 2.2)
        if c.z < -148:
            c.fill(*_with(c.ellipse((0, -52), (2.5, 12))), 90.0)
        for tube in self.ribs:
            self._bone(c, *c.tube(tube), 1.3)
        for tube in self.cartilage:
            c.fill(*_with(c.tube(tube)), hu["cartilage"])


def _with(shape):
    """A (box, distance) pair that is safe to fill even when the shape misses the slice."""
    box, distance = shape
    return (slice(0, 0), slice(0, 0)) if box is None else box, np.float32(1e3) if box is None else distance
