import { tensorFrom } from '@cotangent/tensor';
import type { NumericRule } from '../src/modern/rule.ts';
import {
  between,
  dataOf,
  eitherSign,
  elementwise,
  f32,
  f64,
  like,
  listRule,
  near,
  scalarValued,
  usual,
} from './entry.ts';
import type { Case, Entry } from './entry.ts';

const square = (x: number): number => x * x;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

const wrong = (id: string, title: string, ...cases: readonly Case[]): Entry => ({
  id,
  title,
  cases,
});

/** x² with one derivative of `n` multiplied by `factor`. */
function oneIndex(id: string, n: number, factor: number, planted: number): Entry {
  const rule = elementwise(square, (x, i) => 2 * x * (i === planted ? factor : 1));
  return { ...wrong(id, `one index of ${n} times ${factor}`, usual(rule, n)), planted };
}

/** y = A x for A [n, n] and x [n], with x̄ by `back`. */
function matvec(
  back: (A: readonly number[], u: readonly number[], n: number) => number[],
): NumericRule {
  return {
    f: (A, x) =>
      like(
        x!,
        dataOf(x!).map((_, i, xs) => sum(xs.map((xj, j) => dataOf(A!)[i * xs.length + j]! * xj))),
      ),
    vjp: ([A, x], [u]) => {
      const us = dataOf(u!);
      const outer = us.flatMap((ui) => dataOf(x!).map((xj) => ui * xj));
      return [like(A!, outer), like(x!, back(dataOf(A!), us, us.length))];
    },
  };
}

const times = (A: readonly number[], u: readonly number[], n: number): number[] =>
  u.map((_, i) => sum(u.map((uj, j) => A[i * n + j]! * uj)));
const timesTransposed = (A: readonly number[], u: readonly number[], n: number): number[] =>
  u.map((_, i) => sum(u.map((uj, j) => A[j * n + i]! * uj)));

const softmax = (x: readonly number[]): number[] => {
  const e = x.map((value) => Math.exp(value));
  return e.map((value) => value / sum(e));
};

const circulant = [1, -2, 1, 1, 1, -2, -2, 1, 1].map((x) => 0.05 * x);
const kernel = [1, 2, -0.5];
const indices = [0, 2, 2, 1];
const constants = [0.5, -2, 3, 1.5, 0.7, -1];

function layerNorm(x: readonly number[]): { readonly y: number[]; readonly sd: number } {
  const mean = sum(x) / x.length;
  const sd = Math.sqrt(sum(x.map((value) => (value - mean) ** 2)) / x.length + 1e-5);
  return { y: x.map((value) => (value - mean) / sd), sd };
}

/** Rounds to the eleven bits of half precision. */
const toHalf = (x: number): number =>
  Number(x.toPrecision(1)) === 0
    ? 0
    : (() => {
        const scale = 2 ** (10 - Math.floor(Math.log2(Math.abs(x))));
        return Math.round(x * scale) / scale;
      })();

const xSin = (x: number): number => x * Math.sin(x);

/** Planted errors of the first order, in reverse mode: M01 to M42. */
export const wrongValues: readonly Entry[] = [
  wrong('M01', 'factor 2 missing', usual(elementwise(square, (x) => x))),
  wrong('M02', 'sign of the rule of sin', usual(elementwise(Math.sin, (x) => -Math.cos(x)))),
  wrong('M03', 'sum over axis 0 undone along axis 1', {
    rule: {
      f: (x) =>
        like(
          x!,
          [0, 1, 2].map((j) => sum([0, 1, 2].map((i) => dataOf(x!)[i * 3 + j]!))),
          [3],
        ),
      vjp: ([x], [u]) =>
        like(
          x!,
          dataOf(x!).map((_, k) => dataOf(u!)[Math.floor(k / 3)]!),
        ),
    },
    points: (rng) => [[f64(eitherSign(rng, 9, 0.3, 2), [3, 3])]],
  }),
  wrong('M04', 'broadcast axis sliced instead of summed', {
    rule: {
      f: (x) => like(x!, [...dataOf(x!), ...dataOf(x!), ...dataOf(x!)], [3, 4]),
      vjp: ([x], [u]) => like(x!, dataOf(u!).slice(0, 4)),
    },
    points: (rng) => [[f64(eitherSign(rng, 4, 0.3, 2))]],
  }),
  wrong(
    'M05',
    'mean treated as sum',
    usual(
      scalarValued(
        (x) => sum(x) / x.length,
        (x) => x.map(() => 1),
      ),
      5,
    ),
  ),
  wrong('M06', 'one product-rule term missing', usual(elementwise(xSin, Math.sin))),
  wrong(
    'M07',
    'softmax: diagonal only',
    usual(listRule(softmax, (x, u) => softmax(x).map((s, i) => u[i]! * s * (1 - s)))),
  ),
  wrong('M08', 'A used for its transpose', {
    rule: matvec(times),
    points: (rng) => [[f64(eitherSign(rng, 9, 0.3, 2), [3, 3]), f64(eitherSign(rng, 3, 0.3, 2))]],
  }),
  wrong('M09', 'the same, A symmetric up to 1 %', {
    rule: matvec(times),
    points: (rng) => {
      const A = eitherSign(rng, 9, 0.3, 2);
      const almost = A.map((_, k) => A[k]! + A[(k % 3) * 3 + Math.floor(k / 3)]!).map(
        (a, k) => a * (1 + (k % 3 > k / 3 ? 0.01 : 0)),
      );
      return [[f64(almost, [3, 3]), f64(eitherSign(rng, 3, 0.3, 2))]];
    },
  }),
  oneIndex('M10', 1000, 2, 637),
  oneIndex('M11', 200, 1.1, 41),
  oneIndex('M12', 50, 1.01, 17),
  wrong('M13', 'right only for x > 0', {
    rule: elementwise(
      (x) => Math.abs(x) ** 3,
      (x) => 3 * x * x,
    ),
    points: (rng) => [[f64([...between(rng, 2, 0.3, 2), ...between(rng, 2, -2, -0.3)])]],
  }),
  wrong(
    'M14',
    'slice gradient one place off',
    usual(
      listRule(
        (x) => x.slice(1, 4),
        (x, u) => x.map((_, i) => u[i - 2] ?? 0),
      ),
      6,
    ),
  ),
  wrong(
    'M15',
    'zero gradient of 1e-6·x²',
    usual(
      elementwise(
        (x) => 1e-6 * x * x,
        () => 0,
      ),
    ),
  ),
  wrong('M16', 'constant off by 0.1 %', usual(elementwise(Math.exp, (x) => 1.001 * Math.exp(x)))),
  wrong(
    'M17',
    'constant off by 1e-5',
    usual(elementwise(Math.exp, (x) => (1 + 1e-5) * Math.exp(x))),
  ),
  wrong(
    'M18',
    'constant off by 1e-7',
    usual(elementwise(Math.exp, (x) => (1 + 1e-7) * Math.exp(x))),
  ),
  wrong('M19', 'gradient of the exponent dropped', {
    rule: {
      f: (x, p) =>
        like(
          x!,
          dataOf(x!).map((a, i) => a ** dataOf(p!)[i]!),
        ),
      vjp: ([x, p], [u]) => [
        like(
          x!,
          dataOf(x!).map((a, i) => dataOf(u!)[i]! * dataOf(p!)[i]! * a ** (dataOf(p!)[i]! - 1)),
        ),
        like(
          p!,
          dataOf(p!).map(() => 0),
        ),
      ],
    },
    points: (rng) => [[f64(between(rng, 3, 0.5, 2)), f64(between(rng, 3, 0.5, 3))]],
  }),
  wrong(
    'M20',
    'exponent not lowered',
    usual(
      elementwise(
        (x) => x ** 3,
        (x) => 3 * x ** 3,
      ),
      4,
      0.95,
      1.05,
    ),
  ),
  wrong(
    'M21',
    'layer norm: variance held constant',
    usual(
      listRule(
        (x) => layerNorm(x).y,
        (x, u) => u.map((ui) => (ui - sum(u) / u.length) / layerNorm(x).sd),
      ),
      5,
    ),
  ),
  wrong(
    'M22',
    'max-pool sends all to the first element',
    usual(
      listRule(
        (x) => [0, 2, 4, 6].map((k) => Math.max(x[k]!, x[k + 1]!)),
        (x, u) => x.map((_, k) => (k % 2 === 0 ? u[k / 2]! : 0)),
      ),
      8,
    ),
  ),
  wrong(
    'M23',
    'one term not multiplied by the cotangent',
    usual(
      listRule(
        (x) => x.map(xSin),
        (x, u) => x.map((a, i) => u[i]! * Math.sin(a) + a * Math.cos(a)),
      ),
    ),
  ),
  wrong(
    'M24',
    'uses |u|',
    usual(
      listRule(
        (x) => x.map(square),
        (x, u) => x.map((a, i) => 2 * a * Math.abs(u[i]!)),
      ),
    ),
  ),
  wrong(
    'M25',
    'uses max(u, 0)',
    usual(
      listRule(
        (x) => x.map(square),
        (x, u) => x.map((a, i) => 2 * a * Math.max(u[i]!, 0)),
      ),
    ),
  ),
  wrong(
    'M26',
    'clips u to ±2',
    usual(
      listRule(
        (x) => x.map(square),
        (x, u) => x.map((a, i) => 2 * a * Math.max(-2, Math.min(2, u[i]!))),
      ),
    ),
  ),
  wrong(
    'M27',
    'multiplies by u·|u|',
    usual(
      listRule(
        (x) => x.map(square),
        (x, u) => x.map((a, i) => 2 * a * u[i]! * Math.abs(u[i]!)),
      ),
    ),
  ),
  wrong(
    'M28',
    'wrong branch for x > 5',
    near(
      elementwise(square, (x) => (x > 5 ? x : 2 * x)),
      [0.03, 0.5, 2, 30],
    ),
  ),
  wrong(
    'M29',
    'cumulative sum not reversed',
    usual(
      listRule(
        (x) => x.map((_, i) => sum(x.slice(0, i + 1))),
        (_, u) => u.map((_u, i) => sum(u.slice(0, i + 1))),
      ),
    ),
  ),
  wrong(
    'M30',
    'gather with a repeated index overwrites',
    usual(
      listRule(
        (x) => indices.map((k) => square(x[k]!)),
        (x, u) => x.map((a, k) => (indices.includes(k) ? 2 * a * u[indices.lastIndexOf(k)]! : 0)),
      ),
      3,
    ),
  ),
  wrong(
    'M31',
    'convolution kernel not flipped',
    usual(
      listRule(
        (x) => x.slice(2).map((_, i) => sum(kernel.map((k, j) => k * x[i + j]!))),
        (x, u) => x.map((_, i) => sum(kernel.map((_k, j) => kernel[2 - j]! * (u[i - j] ?? 0)))),
      ),
      6,
    ),
  ),
  wrong('M32', 'only some batch rows right', {
    rule: {
      f: (x) => like(x!, dataOf(x!).map(square)),
      vjp: ([x], [u]) =>
        like(
          x!,
          dataOf(x!).map((_, k, xs) => 2 * xs[k % 3]! * dataOf(u!)[k]!),
        ),
    },
    points: (rng) => [[f64(eitherSign(rng, 12, 0.3, 2), [4, 3])]],
  }),
  wrong(
    'M33',
    'backward computed in float32 for float64',
    usual(
      listRule(
        (x) => x.map(Math.exp),
        (x, u) => x.map((a, i) => Math.fround(Math.fround(Math.exp(a)) * Math.fround(u[i]!))),
      ),
    ),
  ),
  wrong('M34', 'float32 gradient off by 0.5 %', {
    rule: elementwise(Math.exp, (x) => 1.005 * Math.exp(x)),
    points: (rng) => [[f32(eitherSign(rng, 4, 0.3, 2))]],
  }),
  wrong('M35', 'detour through half precision in float32', {
    rule: {
      f: (x) => like(x!, dataOf(x!).map(Math.exp)),
      vjp: ([x], [u]) => {
        const g = dataOf(x!).map((a, i) => dataOf(u!)[i]! * Math.exp(a));
        return like(x!, x!.dtype === 'float32' ? g.map(toHalf) : g);
      },
    },
    points: (rng) => [[f32(eitherSign(rng, 4, 0.3, 2))]],
  }),
  wrong('M36', 'backward has 1e-9 of noise', usual(noisy(1e-9))),
  wrong(
    'M37',
    'error whose rows and columns sum to zero',
    usual(
      listRule(
        (x) => times(constants.concat(constants).slice(0, 9), x, 3),
        (_, u) =>
          timesTransposed(
            constants
              .concat(constants)
              .slice(0, 9)
              .map((a, k) => a + circulant[k]!),
            u,
            3,
          ),
      ),
      3,
    ),
  ),
  wrong('M38', 'small input beside a large one, 10 % wrong', {
    rule: {
      f: (x, y) => 1e6 * x!.item() ** 2 + 1e-3 * y!.item() ** 2,
      vjp: ([x, y], [u]) => [2e6 * x!.item() * u!.item(), 2.2e-3 * y!.item() * u!.item()],
    },
    points: (rng) => [[0.5 + rng(), 0.5 + rng()]],
  }),
  wrong('M39', 'wrong only for the small second output', {
    rule: {
      f: (x) => [
        like(
          x!,
          dataOf(x!).map((a) => 1e6 * a * a),
        ),
        like(
          x!,
          dataOf(x!).map((a) => 1e-3 * Math.sin(a)),
        ),
      ],
      vjp: ([x], [u, w]) =>
        like(
          x!,
          dataOf(x!).map(
            (a, i) => 2e6 * a * dataOf(u!)[i]! + 1.1e-3 * Math.cos(a) * dataOf(w!)[i]!,
          ),
        ),
    },
    points: (rng) => [[f64(between(rng, 3, 0.3, 1.2))]],
  }),
  wrong(
    'M40',
    'norm without its division',
    usual(
      scalarValued(
        (x) => Math.hypot(...x),
        (x) => x,
      ),
      3,
    ),
  ),
  wrong(
    'M41',
    'writes to its input',
    usual({
      f: (x) => like(x!, dataOf(x!).map(square)),
      vjp: ([x], [u]) => {
        const g = like(
          x!,
          dataOf(x!).map((a, i) => 2 * a * dataOf(u!)[i]!),
        );
        x!.data[x!.offset] = 0;
        return g;
      },
    }),
  ),
  wrong('M42', 'small component beside a huge one', {
    rule: elementwise(square, (x) => (Math.abs(x) < 1 ? 2.2 * x : 2 * x)),
    points: (rng) => [[f64([7e9 * (1 + 0.1 * rng()), 0.46 * (1 + 0.1 * rng())])]],
  }),
];

/** exp with a gradient that differs from call to call by a relative amount. */
export function noisy(size: number): NumericRule {
  let calls = 0;
  return {
    f: (x) => tensorFrom(Float64Array.from(dataOf(x!), Math.exp)),
    vjp: ([x], [u]) =>
      like(
        x!,
        dataOf(x!).map(
          (a, i) => dataOf(u!)[i]! * Math.exp(a) * (1 + size * Math.sin(12.9 * ++calls)),
        ),
      ),
  };
}
