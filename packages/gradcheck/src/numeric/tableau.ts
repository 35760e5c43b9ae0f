// Locals: sandboxes make looking up globals slow, and these run for every value at every step.
const { abs, max } = Math;

/** Neither 2 nor whole, so that no period of a function can be hit at every step. */
export const ratio = 2.9;
const maxOrder = 3;

/** The best estimate so far, for every value of a function. */
export interface Best {
  readonly value: Float64Array;
  readonly bound: Float64Array;
}

/**
 * Richardson's extrapolation of differences at steps h₀/ρᵏ, widest first, for all values of a function at
 * once; keeps the estimate with the smallest bound of each.
 *
 * With noise η in every value of f, D(h) has a truncation error c₁hᵖ + c₂h²ᵖ + … (p = 2 for central, 1 for
 * one-sided differences) and a noise of at most η/h. R[k,m] = R[k,m−1] + (R[k,m−1] − R[k−1,m−1]) / (ρᵖᵐ − 1)
 * removes the terms up to hᵖᵐ and carries the noises of both along. The bound is the change by the last
 * extrapolation, which exceeds the truncation left, plus that noise: so neither can be small by luck.
 *
 * @see Ridders (1982), Accurate computation of F′(x) and F″(x), for the tableau; the noise floor is ours.
 */
export class Tableau implements Best {
  readonly value: Float64Array;
  readonly bound: Float64Array;
  readonly #power: number;
  #values: readonly Float64Array[] = [];
  #noises: readonly Float64Array[] = [];

  constructor(count: number, power: 1 | 2) {
    this.value = new Float64Array(count);
    this.bound = new Float64Array(count).fill(Infinity);
    this.#power = power;
  }

  /** The next row: differences at a step smaller by the ratio, and the noise in them. */
  add(differences: Float64Array, noise: Float64Array): void {
    const values = [differences];
    const noises = [noise];
    const before = this.#values[0];
    if (before !== undefined) this.#improve(differences, noise, before, before);
    for (let m = 1; m <= Math.min(maxOrder, this.#values.length); m++) {
      const weight = ratio ** (this.#power * m) - 1;
      const [finer, coarse] = [values[m - 1]!, this.#values[m - 1]!];
      const [noiseFiner, noiseCoarse] = [noises[m - 1]!, this.#noises[m - 1]!];
      const value = finer.map((r, i) => r + (r - coarse[i]!) / weight);
      const floor = noiseFiner.map((r, i) => ((weight + 1) * r + noiseCoarse[i]!) / weight);
      values.push(value);
      noises.push(floor);
      this.#improve(value, floor, finer, coarse);
    }
    this.#values = values;
    this.#noises = noises;
  }

  #improve(value: Float64Array, noise: Float64Array, a: Float64Array, b: Float64Array): void {
    for (let i = 0; i < value.length; i++) {
      const r = value[i]!;
      const bound = max(abs(r - a[i]!), abs(r - b[i]!)) + noise[i]!;
      if (!(bound < this.bound[i]!)) continue;
      this.value[i] = r;
      this.bound[i] = bound;
    }
  }
}
