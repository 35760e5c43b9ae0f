/** Dtypes of benchmark data. */
export type Precision = 'float64' | 'float32';

/** A dense row-major array, the form in which every engine receives its data. */
export interface Value {
  readonly dtype: Precision;
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
}

/** Data by name; the order of the names is the order of the arguments. */
export type Values = Readonly<Record<string, Value>>;

/** Unit roundoff times 2: the distance from 1 to the next number. */
export const epsilon: { readonly [P in Precision]: number } = {
  float64: 2 ** -52,
  float32: 2 ** -23,
};

/** The value called `name`. */
export function valueOf(values: Values, name: string): Value {
  const value = values[name];
  if (value === undefined) throw new RangeError(`no value is called ${name}`);
  return value;
}

/** A value with entries `at(k)`, k counting in row-major order. */
export function valueFrom(
  dtype: Precision,
  shape: readonly number[],
  at: (k: number) => number,
): Value {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = dtype === 'float64' ? new Float64Array(size) : new Float32Array(size);
  for (let k = 0; k < size; k++) data[k] = at(k);
  return { dtype, shape, data };
}

/** The same numbers in another precision. */
export function withPrecision(value: Value, dtype: Precision): Value {
  return value.dtype === dtype ? value : valueFrom(dtype, value.shape, (k) => value.data[k] ?? NaN);
}

/** Pseudo-random numbers, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  readonly uniform: () => number;
  /** Normal with mean 0 and variance 1. */
  readonly normal: () => number;
}

/** A counter hashed by the finaliser of MurmurHash3 (Appleby 2011); normal numbers by Box & Muller (1958). */
export function randomFrom(seed: number): Random {
  let counter = Math.imul(seed + 1, 0x9e3779b9);
  const uniform = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
