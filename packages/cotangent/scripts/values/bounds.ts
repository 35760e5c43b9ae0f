// How near the values of NumPy and SciPy those of each function must be, in both modes.
import { readFileSync } from 'node:fs';
import { denseData } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';

/** Units in the last place: of each element, of 1 where that is larger, or of the largest element of the array. */
export type Measure = 'element' | 'besideOne' | 'largest';

/** The most that a function may be away; 0 where nothing is said. */
export interface Bound {
  readonly measure: Measure;
  readonly ulps: number;
  /** The sign of a zero is not compared: nothing is promised of it where operands are equal or results vanish. */
  readonly anyZero: boolean;
}

type Table = { readonly [M in Measure]: { readonly [name: string]: number } } & {
  readonly anyZero: readonly string[];
};

// JSON.parse has no type: the file beside this one has this form.
const table = JSON.parse(readFileSync(new URL('bounds.json', import.meta.url), 'utf8')) as Table;
const measures: readonly Measure[] = ['element', 'besideOne', 'largest'];

/** The bound of a function. */
export function boundOf(name: string): Bound {
  const measure = measures.find((m) => name in table[m]) ?? 'element';
  return { measure, ulps: table[measure][name] ?? 0, anyZero: table.anyZero.includes(name) };
}

/** A bound in words. */
export function boundText({ measure, ulps }: Bound): string {
  if (ulps === 0) return 'equal';
  if (measure === 'element') return `${ulps} ulp`;
  return measure === 'besideOne' ? `${ulps} ulp beside 1` : `${ulps} ulp of the largest`;
}

/** How far values are apart in the measure of a bound; infinite where dtype, shape, NaN or infinities differ. */
export function distance(got: Tensor, want: Tensor, { measure, anyZero }: Bound): number {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) return Infinity;
  const [xs, ys] = [Array.from(denseData(got), Number), Array.from(denseData(want), Number)];
  const top = Math.max(...ys.filter(Number.isFinite).map(Math.abs), 0);
  const scales = { element: 0, besideOne: 1, largest: top };
  return xs.reduce((most, x, k) => {
    const y = ys[k]!;
    if (Object.is(x, y)) return most;
    if (x === y) return anyZero || measure === 'largest' ? most : Infinity;
    const ulps = Math.abs(x - y) / unit(Math.max(Math.abs(y), scales[measure]), want.dtype);
    return Number.isFinite(ulps) ? Math.max(most, ulps) : Infinity;
  }, 0);
}

function unit(x: number, dtype: DType): number {
  const [digits, least] = dtype === 'float32' ? [23, -149] : [52, -1074];
  if (x < 2 ** -1022) return 2 ** least;
  const exponent = Math.floor(Math.log2(x));
  return 2 ** Math.max((2 ** exponent > x ? exponent - 1 : exponent) - digits, least);
}
