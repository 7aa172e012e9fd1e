// Where the voxels of a volume are seen: the conventions of radiology, from the affine alone.
//
// Patient axes are L, P, H (PS3.3 C.7.6.2.1.1). A plane is looked at with the patient's right on the left, axial
// from the feet, sagittal with the nose to the left; each entry is axis and sense of right, down and next slice.
const CONVENTIONS = {
  Axial: [[0, 1], [1, 1], [2, -1]],
  Coronal: [[0, 1], [2, -1], [1, 1]],
  Sagittal: [[1, 1], [2, -1], [0, 1]],
};
const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

const unit = (v) => v.map((x) => x / Math.hypot(...v));
const cross = (a, b) => [0, 1, 2].map((n) => a[(n + 1) % 3] * b[(n + 2) % 3] - a[(n + 2) % 3] * b[(n + 1) % 3]);

/**
 * The planes of a volume of the corpus, the stored slices first: name, size, and `pixel(voxel)`, which gives column,
 * row and number of the slice. The others are left out where they are not the volume's own grid, or too thin.
 */
export function planesOf({ affine_lps: affine, columns, rows, frames, warnings }) {
  const size = [columns, rows, frames];
  if (!affine) return [{ name: "Axial", width: columns, height: rows, pixel: ([i, j, k]) => [i, j, k] }];
  const step = (n) => unit(affine.slice(0, 3).map((row) => row[n]));
  const directions = [step(0), step(1), cross(step(0), step(1))];
  const score = (order) => order.reduce((sum, voxelAxis, axis) => sum + Math.abs(directions[voxelAxis][axis]), 0);
  const order = ORDERS.reduce((best, other) => (score(other) > score(best) + 1e-9 ? other : best));
  const planes = Object.entries(CONVENTIONS).map(([name, convention]) => {
    const along = convention.map(([axis, sense]) => ({ axis: order[axis], back: directions[order[axis]][axis] * sense < 0 }));
    const pixel = (voxel) => along.map(({ axis, back }) => (back ? size[axis] - 1 - voxel[axis] : voxel[axis]));
    return { name, width: size[along[0].axis], height: size[along[1].axis], through: along[2].axis, pixel };
  });
  const resampled = frames < 3 || ["gap", "non_uniform_spacing", "tilt"].some((code) => warnings.includes(code));
  return planes.filter(({ through }) => through === 2 || !resampled).sort((a, b) => b.through - a.through);
}
