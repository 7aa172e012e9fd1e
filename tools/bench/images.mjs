// A synthetic CT slice with the noise of a real one.

export const SIDE = 512;

/** Deterministic numbers in [0, 1): xorshift32. */
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Noise of a standard deviation of 14 HU that neighbours share, as a reconstruction kernel leaves it. */
function noise(random) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const white = Float64Array.from({ length: SIDE * SIDE }, normal);
  const at = (x, y) => white[((y + SIDE) % SIDE) * SIDE + ((x + SIDE) % SIDE)];
  const smooth = (_, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    return at(x, y) + 0.5 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1));
  };
  return white.map(smooth).map((value) => (14 * value) / Math.SQRT2);
}

const ELLIPSES = [
  // Centre, half axes, HU: skin and fat, muscle, organs, spine, stones.
  [256, 265, 215, 160, -95],
  [256, 265, 200, 145, 45],
  [170, 240, 60, 80, 110],
  [345, 250, 45, 60, -30],
  [256, 360, 38, 34, 280],
  [256, 360, 28, 24, 160],
  [190, 300, 4, 3, 900],
  [330, 310, 3, 5, 1200],
];

/** HU of an abdomen; −2000 outside the field of view, where `padding` asks for it. */
export function abdomen(padding) {
  const noisy = noise(generator(7));
  return Int16Array.from(noisy, (grain, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    const inside = (cx, cy, a, b) => ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1;
    if (padding && !inside(255.5, 255.5, 256, 256)) return -2000;
    let hu = -1000;
    for (const [cx, cy, a, b, value] of ELLIPSES) if (inside(cx, cy, a, b)) hu = value;
    return Math.max(-1024, Math.round(hu + grain));
  });
}
