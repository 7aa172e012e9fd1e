"""Tests of the phantom: python -m unittest"""

import unittest

import numpy as np

from anatomy import Subject
from canvas import Grid
from data import exported, planes_of, to_input
from phantom import Acquisition, noise_slices, render
from stones import Deposit, Shape, draw_phlebolith, draw_stone

SUBJECT = Subject(16)
SHARP = Acquisition(thickness=1.0, sigma=0.5, noise=0.0)


def hu_at(anatomy_point) -> float:
    """Noise-free HU of the subject at a point of the anatomy."""
    x, y, z = SUBJECT.to_patient(np.array(anatomy_point, float))
    return float(SUBJECT.paint(Grid.centred(x, y, 0.7, 9, 9), z, 0.5)[4, 4])


def small_scan(seed: int, size: float, noise: float = 0.0):
    """A patch scan around one renal stone."""
    rng = np.random.default_rng(seed)
    stone = draw_stone(rng, SUBJECT, "lower pole", size, 1)
    grid = Grid.centred(stone.centre[0], stone.centre[1], 0.7, 64, 64)
    zs = stone.centre[2] + np.arange(-12, 13) * 1.0
    scan = Acquisition(1.0, 0.5, noise)
    return stone, render(SUBJECT, grid, zs, scan, [stone], rng)


class Tissue(unittest.TestCase):
    def test_hu(self):
        self.assertAlmostEqual(hu_at(SUBJECT.bladder_centre), SUBJECT.hu["urine"], delta=3)
        self.assertAlmostEqual(hu_at(SUBJECT.aorta.points[8]), SUBJECT.hu["blood"], delta=3)
        self.assertAlmostEqual(hu_at((-90, 0, 120)), SUBJECT.hu["liver"], delta=12)
        self.assertGreater(hu_at((0, 29, 0)), 60)
        self.assertLess(hu_at((0, 400, 0)), -950)

    def test_contrast_medium(self):
        subject, rng = Subject(16), np.random.default_rng(1)
        subject.enhance(rng)
        subject.fill_bowel(rng)
        x, y, z = subject.to_patient(subject.aorta.points[8])
        aorta = float(subject.paint(Grid.centred(x, y, 0.7, 9, 9), z, 0.5)[4, 4])
        self.assertAlmostEqual(aorta, subject.hu["blood"], delta=3)
        self.assertGreater(aorta, 89)
        filled = [content for _, content, _, _ in subject.loops if content > 60]
        self.assertTrue(4 <= len(filled) <= len(subject.loops) - 4)

    def test_warp_is_inverted(self):
        point = np.array([40.0, 20.0, -60.0])
        np.testing.assert_allclose(SUBJECT.to_anatomy(SUBJECT.to_patient(point)), point, atol=1e-6)

    def test_sides(self):
        left, right = SUBJECT.kidneys
        self.assertGreater(left.centre[0], 0)
        self.assertLess(right.centre[0], 0)


class Stones(unittest.TestCase):
    def test_label_is_half_occupancy(self):
        stone, scan = small_scan(1, 8.0)
        box, share = stone.occupancy(scan.grid, scan.zs, 1.0, 0.5)
        np.testing.assert_array_equal(scan.label[box] == 1, share >= 0.5)
        volume = (scan.label == 1).sum() * 0.7**2
        self.assertAlmostEqual(volume / stone.shape.volume(), 1, delta=0.1)
        self.assertAlmostEqual(scan.hu[scan.label == 1].max(), stone.hu, delta=20)

    def test_mass_is_kept(self):
        stone, scan = small_scan(2, 5.0)
        _, share = stone.occupancy(scan.grid, scan.zs, 1.0, 0.5)
        self.assertAlmostEqual(share.sum() * 0.7**2 / stone.shape.volume(), 1, delta=0.03)

    def test_tiny_stone_keeps_one_voxel(self):
        stone = draw_stone(np.random.default_rng(3), SUBJECT, "upper pole", 1.0, 1)
        grid = Grid.centred(stone.centre[0], stone.centre[1], 0.7, 32, 32)
        zs = stone.centre[2] + np.arange(-2, 3) * 5.0
        scan = render(SUBJECT, grid, zs, Acquisition(5.0, 0.7, 0), [stone], np.random.default_rng(0))
        self.assertEqual((scan.label == 1).sum(), 1)

    def test_edge_is_blurred_by_the_psf(self):
        sigma, pixel = 0.7, 0.25
        ball = Deposit("stone", np.zeros(3), Shape(np.full(3, 6.0), np.eye(3), np.zeros((4, 3)), np.zeros(4)), 1000.0, 12.0)
        _, share = ball.occupancy(Grid.centred(0, 0, pixel, 81, 81), np.zeros(1), 0.25, sigma)
        middle = share.shape[1] // 2
        edge = -np.diff(share[0, middle, middle:])
        place = np.arange(len(edge)) * pixel
        middle = (edge * place).sum() / edge.sum()
        self.assertAlmostEqual(float(np.sqrt((edge * (place - middle) ** 2).sum() / edge.sum())), sigma, delta=0.06)

    def test_phlebolith_hangs_on_a_vein(self):
        phlebolith = draw_phlebolith(np.random.default_rng(6), SUBJECT, tails=1)
        along = phlebolith.tail.centre - phlebolith.centre
        end = phlebolith.centre + along * (1 + 0.3 * phlebolith.tail.max_diameter / np.linalg.norm(along))
        hu = np.full((1, 63, 63), -100.0, np.float32)
        phlebolith.insert(hu, Grid.centred(end[0], end[1], 0.5, 63, 63), end[2:], 0.6, 0.45)
        self.assertAlmostEqual(float(hu[0, 31, 31]), 45, delta=20)

    def test_diameter_is_exact(self):
        shape = Shape.draw(np.random.default_rng(4), 6.0, [0.7, 0.6])
        directions = np.random.default_rng(5).normal(size=(1500, 3))
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        surface = directions * shape.radius(directions)[:, None]
        widest = np.linalg.norm(surface[:, None] - surface[None], axis=2).max()
        self.assertAlmostEqual(widest, 6.0, delta=0.1)

    def test_phlebolith_is_off_the_ureter(self):
        phlebolith = draw_phlebolith(np.random.default_rng(6), SUBJECT, clearance=10.0)
        at = SUBJECT.to_anatomy(phlebolith.centre)
        for kidney in SUBJECT.kidneys:
            self.assertGreater(np.linalg.norm(kidney.ureter.points - at, axis=1).min(), 9.9)


class Noise(unittest.TestCase):
    def test_sd(self):
        noise = noise_slices(np.random.default_rng(7), (4, 128, 128), 0.8, 12.0)
        self.assertAlmostEqual(float(noise.std()), 12.0, delta=0.6)

    def test_power_spectrum(self):
        pixel = 0.8
        noise = noise_slices(np.random.default_rng(11), (40, 128, 128), pixel, 10.0)
        power = (np.abs(np.fft.fft2(noise)) ** 2).mean(axis=0)
        f = np.hypot(np.fft.fftfreq(128, pixel)[:, None], np.fft.fftfreq(128, pixel)[None, :])
        at = [float(power[np.abs(f - centre) < 0.02].mean()) for centre in (0.08, 0.2475, 0.5)]
        expected = [centre * np.exp(-((centre / 0.35) ** 2)) for centre in (0.08, 0.2475, 0.5)]
        np.testing.assert_allclose(np.array(at) / at[1], np.array(expected) / expected[1], atol=0.06)

    def test_is_correlated_in_plane_only(self):
        noise = noise_slices(np.random.default_rng(8), (6, 128, 128), 0.8, 10.0)
        self.assertGreater(float((noise[:, :, 1:] * noise[:, :, :-1]).mean()), 10)
        self.assertLess(abs(float((noise[1:] * noise[:-1]).mean())), 5)


class Reproducible(unittest.TestCase):
    def test_same_seed_same_scan(self):
        _, first = small_scan(9, 4.0, noise=10.0)
        _, second = small_scan(9, 4.0, noise=10.0)
        np.testing.assert_array_equal(first.hu, second.hu)
        np.testing.assert_array_equal(first.label, second.label)


class Input(unittest.TestCase):
    def test_export_saturates_and_marks_at_a_grey_level(self):
        hu = np.full((3, 24, 24), 40.0, np.float32)
        hu[:, 10:14, 10:14] = 1200
        hu[:, 2:5, 2:5] = 1200
        mask = np.zeros((24, 24), bool)
        mask[11:13, 11:13] = True
        for seed in range(5):
            planes, marked = exported(np.random.default_rng(seed), hu, mask)
            self.assertEqual(len(np.unique(planes)), 2)
            self.assertLess(planes.max(), 1300)
            # all of the stone that is bright, and nothing of the other bright thing
            self.assertEqual((marked.sum(), marked[10:14, 10:14].sum()), (16, 16))

    def test_channels(self):
        planes = np.full((3, 2, 2), 60.0, np.float32)
        np.testing.assert_allclose(to_input(planes)[:, 0, 0], [0.5, 0.5, 0.5, 0.1625])
        self.assertEqual(to_input(planes, wide=False)[3].max(), 0)

    def test_neighbours_are_interpolated_and_replicated(self):
        volume = np.arange(5, dtype=np.float32)[:, None, None] * 10
        np.testing.assert_allclose(planes_of(volume, 2, 5.0)[:, 0, 0], [15, 20, 25])
        np.testing.assert_allclose(planes_of(volume, 0, 2.5)[:, 0, 0], [0, 0, 10])


if __name__ == "__main__":
    unittest.main()
