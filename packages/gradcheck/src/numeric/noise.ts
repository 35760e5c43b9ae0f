import { signed } from '../rng.ts';
import type { Rng } from '../rng.ts';
import { isFinite } from './estimate.ts';
import type { VectorFunction } from './estimate.ts';

const half = 3;
/** Relative distance of the points: the smooth part of f vanishes in differences of order 4. */
const distance = 2 ** -38;
/** For a function that rounds its inputs to single precision, and so does not notice the other. */
const coarseDistance = 2 ** -20;
/** What single precision may do to a value, relatively; more than that is no noise but a jump. */
const mostRelative = 1e-5;

/**
 * The absolute noise of one evaluation of f near x, for every value: what rounding inside f does.
 *
 * f is taken at seven points close together on a line. Differences of order k remove what is smooth; of
 * noise with variance σ² they leave the mean square σ² · (2k)! / (k!)².
 *
 * @param floor - what the noise is at least, by the value and its dtype.
 * @see Hamming (1971), Introduction to applied numerical analysis, ch. 1; Moré & Wild (2011), Estimating
 *   computational noise.
 */
export function noiseOf(
  f: VectorFunction,
  x: Float64Array,
  floor: Float64Array,
  rng: Rng,
): Float64Array {
  const fine = deviationsAt(f, x, distance, rng);
  if (fine === undefined) return floor;
  const noise = floor.map((least, i) => Math.max(least, fine[i]!));
  const isStill = (_: number, i: number): boolean => fine[i] === 0 && floor[i]! > 0;
  if (!fine.some(isStill) || x.every((element) => element === 0)) return noise;
  const coarse = deviationsAt(f, x, coarseDistance, rng);
  return noise.map((eta, i) => {
    const wide = coarse?.[i] ?? 0;
    const isRounding = wide <= mostRelative * (floor[i]! / 2 ** -52);
    return isStill(eta, i) && isRounding ? Math.max(eta, wide) : eta;
  });
}

/** The deviation of every value of f from smooth, at points of some relative distance. */
function deviationsAt(
  f: VectorFunction,
  x: Float64Array,
  relative: number,
  rng: Rng,
): Float64Array | undefined {
  const steps = x.map((element) => element * relative * signed(rng));
  const values = Array.from({ length: 2 * half + 1 }, (_, k) =>
    f(x.map((element, j) => element + (k - half) * steps[j]!)),
  );
  if (!values.every(isFinite)) return undefined;
  return values[0]!.map((_, i) => deviation(values.map((value) => value[i]!)));
}

/** The largest estimate of σ from differences of order 4, 5 and 6. */
function deviation(values: readonly number[]): number {
  const scale = Math.max(...values.map(Math.abs));
  if (scale === 0 || hasJump(values, scale)) return 0;
  let differences = values.map((value) => value / scale); // so that squares do not overflow
  let largest = 0;
  let amplification = 1; // (2k)! / (k!)²
  for (let k = 1; k <= 2 * half; k++) {
    const before = differences;
    differences = before.slice(1).map((value, i) => value - before[i]!);
    amplification *= (2 * (2 * k - 1)) / k;
    if (k < 4) continue;
    const meanSquare = differences.reduce((sum, d) => sum + d * d, 0) / differences.length;
    largest = Math.max(largest, Math.sqrt(meanSquare / amplification));
  }
  return scale * largest;
}

/** Whether one step between neighbours dwarfs the others: a jump of the function, which is no noise. */
function hasJump(values: readonly number[], scale: number): boolean {
  const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  const [largest = 0, next = 0] = steps.sort((a, b) => b - a);
  return largest > mostRelative * scale && largest > 1e3 * next;
}
