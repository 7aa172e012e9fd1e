"""The tract's training data and its input: organs where the subject has them, cells as the search makes them."""

import unittest

import numpy as np

import organs
from anatomy import Subject
from canvas import Grid

GRID = Grid.centred(0, 5, organs.CELL_MM, organs.COLUMNS, organs.ROWS)


def cell_of(subject: Subject, anatomical) -> tuple[int, int]:
    """Row and column of an anatomical place."""
    x, y, _ = subject.to_patient(anatomical)
    return round((y - GRID.y0) / GRID.pixel), round((x - GRID.x0) / GRID.pixel)


class Organs(unittest.TestCase):
    def test_organs_lie_where_the_subject_has_them(self):
        for seed in range(1000, 1006):
            subject = Subject(seed)
            organs.vary(np.random.default_rng(seed), subject)
            places = [(0, kidney.centre) for kidney in subject.kidneys] + [(2, subject.bladder_centre)]
            for kidney in subject.kidneys:
                middle = len(kidney.ureter.points) // 2
                places.append((1, kidney.ureter.points[middle]))
            for organ, place in places:
                z = subject.to_patient(place)[2]
                masks = organs.organs(subject, GRID, z)
                self.assertTrue(masks[organ][cell_of(subject, place)], (seed, organ))
                self.assertFalse(masks[:, 0, 0].any())

    def test_a_ureter_begins_in_its_kidney_and_ends_at_the_bladder(self):
        subject = Subject(1001)
        organs.vary(np.random.default_rng(1), subject)
        for kidney in subject.kidneys:
            self.assertLess(np.linalg.norm(kidney.ureter.points[0] - kidney.at([-18, 0, 0])), 2)


class Cells(unittest.TestCase):
    """The same body as in `crates/stones/tests/tract.rs`, with the same cells."""

    def volume(self, organ: float) -> np.ndarray:
        hu = np.full((5, 70, 90), -1000, np.int16)
        hu[:, 8:48, 14:74] = 0
        hu[2:, 8:48, 44:74] = organ
        return hu

    def test_cells_begin_at_the_middle_of_the_body(self):
        hu = self.volume(90)
        middle = organs.body_middle(hu)
        self.assertEqual(middle, (27.5, 43.5))
        self.assertEqual(list(organs.cell(np.array([39, 43, 44, 47, 48]), 43.5, 1.0, organs.COLUMNS)), [62, 63, 64, 64, 65])
        coarse = organs.cells(np.stack([hu[3]] * 5), middle, 1.0)
        row = organs.cell(np.array([30]), 27.5, 1.0, organs.ROWS)[0]
        for column, expected in ((43, 0.375), (44, 0.6), (0, 0.0)):
            at = organs.cell(np.array([column]), 43.5, 1.0, organs.COLUMNS)[0]
            np.testing.assert_allclose(coarse[:, row, at], expected, atol=1e-6)


if __name__ == "__main__":
    unittest.main()
