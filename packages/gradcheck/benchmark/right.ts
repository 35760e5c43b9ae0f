import { tensorFrom } from '@cotangent/tensor';
import { disconnected } from '@cotangent/graph';
import { symmetric } from '../src/modern/projectors.ts';
import type { NumericRule } from '../src/modern/rule.ts';
import { cholesky, choleskyPullback, topOfTwo } from './linear-algebra.ts';
import {
  dataOf,
  eitherSign,
  elementwise,
  exactly,
  f32,
  f64,
  like,
  listRule,
  near,
  scalarValued,
  usual,
  between,
} from './entry.ts';
import type { Case, Entry } from './entry.ts';
import { noisy } from './wrong-values.ts';

const right = (id: string, title: string, ...cases: readonly Case[]): Entry => ({
  id,
  title,
  cases,
});
const unsure = (id: string, title: string, ...cases: readonly Case[]): Entry => ({
  ...right(id, title, ...cases),
  mayBeInconclusive: true,
});
const square = elementwise(
  (x) => x * x,
  (x) => 2 * x,
);
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const relu = elementwise(
  (x) => Math.max(x, 0),
  (x) => (x > 0 ? 1 : 0),
);
const abs = elementwise(Math.abs, Math.sign);
const clip = elementwise(
  (x) => Math.max(-1, Math.min(1, x)),
  (x) => (Math.abs(x) <= 1 ? 1 : 0),
);

/** max with its gradient shared evenly, or given to the first of those that are largest. */
function maximum(convention: 'even' | 'first'): NumericRule {
  return listRule(
    (x) => [Math.max(...x)],
    (x, [u = 0]) => {
      const top = Math.max(...x);
      const ties = x.filter((a) => a === top).length;
      const isFirst = (i: number): boolean => x.indexOf(top) === i;
      return x.map((a, i) =>
        a !== top ? 0 : convention === 'even' ? u / ties : isFirst(i) ? u : 0,
      );
    },
  );
}

/** Adds in the dtype of the input, one after the other. */
function addUp(dtype: string, start: number, terms: readonly number[]): number {
  const round = dtype === 'float32' ? Math.fround : (x: number): number => x;
  return terms.reduce((total, x) => round(total + round(x)), round(start));
}

const sumOfSquares: NumericRule = {
  f: (x) =>
    like(
      x!,
      [
        addUp(
          x!.dtype,
          0,
          dataOf(x!).map((a) => a * a),
        ),
      ],
      [],
    ),
  vjp: ([x], [u]) =>
    like(
      x!,
      dataOf(x!).map((a) => 2 * a * u!.item()),
    ),
};
const offsetSum: NumericRule = {
  f: (x) => like(x!, [addUp(x!.dtype, 1e4, dataOf(x!))], []),
  vjp: ([x], [u]) =>
    like(
      x!,
      dataOf(x!).map(() => u!.item()),
    ),
};
const softmax = (x: readonly number[]): number[] => {
  const e = x.map((value) => Math.exp(value));
  return e.map((value) => value / sum(e));
};
const softmaxRule = listRule(softmax, (x, u) => {
  const s = softmax(x);
  const mean = sum(s.map((value, i) => value * u[i]!));
  return s.map((value, i) => value * (u[i]! - mean));
});
const logSumExp = listRule(
  (x) => [Math.log(sum(x.map(Math.exp)))],
  (x, [u = 0]) => softmax(x).map((s) => s * u),
);
const matmul: NumericRule = {
  f: (a, b) =>
    like(
      a!,
      [0, 1, 2, 3].map((k) =>
        addUp(
          a!.dtype,
          0,
          [0, 1, 2].map((j) => dataOf(a!)[(k >> 1) * 3 + j]! * dataOf(b!)[j * 2 + (k & 1)]!),
        ),
      ),
      [2, 2],
    ),
  vjp: ([a, b], [u]) => [
    like(
      a!,
      dataOf(a!).map((_, k) =>
        sum(
          [0, 1].map((c) => dataOf(u!)[Math.floor(k / 3) * 2 + c]! * dataOf(b!)[(k % 3) * 2 + c]!),
        ),
      ),
    ),
    like(
      b!,
      dataOf(b!).map((_, k) =>
        sum([0, 1].map((r) => dataOf(a!)[r * 3 + (k >> 1)]! * dataOf(u!)[r * 2 + (k & 1)]!)),
      ),
    ),
  ],
};

/** √x by an iteration that halves its error each time and stops at a relative 1e-4. */
function slowRoot(x: number): number {
  let y = 1;
  for (let k = 0; k < 200; k++) {
    const step = (0.25 * (x - y * y)) / Math.sqrt(x);
    y += step;
    if (Math.abs(step) < 2.5e-5 * y) break;
  }
  return y;
}

const prod = (xs: readonly number[]): number => xs.reduce((p, x) => p * x, 1);
const complexCase = (
  rule: NumericRule,
  conventions: readonly ('adjoint' | 'transpose')[],
): readonly Case[] =>
  conventions.map((complexConvention) => ({
    rule: complexConvention === 'adjoint' ? rule : conjugated(rule),
    points: (rng) => [[f64(between(rng, 2, 0.5, 2))]],
    options: { complexConvention },
  }));

/** The same rule in the convention that conjugates gradients. */
function conjugated(rule: NumericRule): NumericRule {
  const conjugate = (z: readonly number[]): number[] => z.map((a, k) => (k % 2 === 1 ? -a : a));
  return {
    ...rule,
    vjp: ([x], [u]) => {
      const cotangent =
        rule.complexOutputs?.includes(0) === true ? like(u!, conjugate(dataOf(u!))) : u!;
      const gradient = rule.vjp([x!], [cotangent]);
      return like(x!, conjugate(dataOf(tensorFrom(gradient as number[])))); // `listRule` gives a tensor
    },
  };
}

const spd = (rng: () => number): number[] => {
  const l = [1 + rng(), 0, 0, rng(), 1 + rng(), 0, rng() - 0.5, rng(), 1 + rng()];
  return l.map((_, k) =>
    sum([0, 1, 2].map((j) => l[Math.floor(k / 3) * 3 + j]! * l[(k % 3) * 3 + j]!)),
  );
};
const choleskyCase = (convention: 'lower' | 'symmetric'): Case => ({
  rule: {
    f: (a) => like(a!, cholesky(dataOf(a!), 3)),
    vjp: ([a], [u]) => like(a!, choleskyPullback(dataOf(a!), dataOf(u!), 3, convention)),
  },
  points: (rng) => [[f64(spd(rng), [3, 3])]],
  options: { tangents: [symmetric()] },
});

const single = (rule: NumericRule, values: readonly number[]): Case => ({
  rule,
  points: (rng) => [[f32(values.map((x) => x * (1 + 1e-3 * rng())))]],
});

/** Right rules that are hard to tell from wrong ones: H01 to H29. */
export const rightRules: readonly Entry[] = [
  right('H01', 'float32 sum of 500 squares', {
    rule: sumOfSquares,
    points: (rng) => [[f32(eitherSign(rng, 500, 0.1, 2))]],
  }),
  right('H02', 'float32 sum with offset 1e4', {
    rule: offsetSum,
    points: (rng) => [[f32(eitherSign(rng, 8, 0.1, 2))]],
  }),
  right(
    'H03',
    '1e8 + x²',
    near(
      elementwise(
        (x) => 1e8 + x * x,
        (x) => 2 * x,
      ),
      [3, -1.5],
    ),
  ),
  right('H04', 'relu with one element at 1e-8', near(relu, [1, -2, 1e-8, 0.5])),
  right(
    'H05',
    'relu at 0, clip on its bound',
    exactly(relu, f64([1, 0, -2])),
    exactly(clip, f64([0.5, 1, -3])),
  ),
  right('H06', '|x| at 1e-5 in float32', single(abs, [1e-5, -1e-5, 1])),
  right(
    'H07',
    'max with a tie, and nearly',
    exactly(maximum('even'), f64([1.5, 0.2, 1.5])),
    exactly(maximum('first'), f64([1.5, 0.2, 1.5])),
    exactly(maximum('first'), f64([1.5, 0.2, 1.5 + 1e-9])),
  ),
  right(
    'H08',
    'tan near π/2',
    exactly(
      elementwise(Math.tan, (x) => 1 + Math.tan(x) ** 2),
      f64([1.5707, 1.57, 1.4]),
    ),
  ),
  right(
    'H09',
    'close to the end of the domain',
    near(
      elementwise(Math.log, (x) => 1 / x),
      [1e-6, 1],
    ),
    near(
      elementwise(Math.sqrt, (x) => 0.5 / Math.sqrt(x)),
      [1e-10, 1],
    ),
    near(
      elementwise(
        (x) => 1 / x,
        (x) => -1 / (x * x),
      ),
      [1e-7, 1],
    ),
    near(
      elementwise(Math.cbrt, (x) => 1 / (3 * Math.cbrt(x) ** 2)),
      [1e-9, 1],
    ),
  ),
  right(
    'H10',
    'arctanh at −0.9945 in float32',
    single(
      elementwise(Math.atanh, (x) => 1 / ((1 - x) * (1 + x))),
      [-0.9945 / 1.001, 0.5],
    ),
  ),
  right(
    'H11',
    'far out',
    near(square, [1e9, -2e9]),
    near(
      elementwise(
        (x) => Math.sin(x / 1e9),
        (x) => Math.cos(x / 1e9) / 1e9,
      ),
      [1e9],
    ),
  ),
  unsure('H12', 'stiff inputs', {
    rule: {
      f: (x, y) => x!.item() ** 2 + Math.sin(y!.item()),
      vjp: ([x, y], [u]) => [2 * x!.item() * u!.item(), Math.cos(y!.item()) * u!.item()],
    },
    points: (rng) => [[1e6 * (1 + 0.01 * rng()), 1e-6 * (1 + 0.01 * rng())]],
  }),
  right(
    'H13',
    'sin(1e4·x)',
    near(
      elementwise(
        (x) => Math.sin(1e4 * x),
        (x) => 1e4 * Math.cos(1e4 * x),
      ),
      [0.3, 1],
    ),
  ),
  right(
    'H14',
    'steep and flat',
    near(
      elementwise(
        (x) => Math.exp(30 * x),
        (x) => 30 * Math.exp(30 * x),
      ),
      [-1, 0.5],
    ),
    near(
      elementwise(
        (x) => x ** 20,
        (x) => 20 * x ** 19,
      ),
      [0.01, 1],
    ),
  ),
  right(
    'H15',
    'float32 with several roundings',
    { rule: softmaxRule, points: (rng) => [[f32(eitherSign(rng, 5, 0.3, 2))]] },
    { rule: logSumExp, points: (rng) => [[f32(eitherSign(rng, 5, 0.3, 2))]] },
    {
      rule: matmul,
      points: (rng) => [
        [f32(eitherSign(rng, 6, 0.3, 2), [2, 3]), f32(eitherSign(rng, 6, 0.3, 2), [3, 2])],
      ],
    },
  ),
  unsure(
    'H16',
    'floor, also within 1e-9 of a jump',
    near(
      elementwise(Math.floor, () => 0),
      [3.4, -1.6, 20.2],
    ),
    exactly(
      elementwise(Math.floor, () => 0),
      f64([2 + 1e-9, 0.5]),
    ),
  ),
  unsure(
    'H17',
    'mod within 1e-9 of its wrap',
    exactly(
      elementwise(
        (x) => x - Math.floor(x),
        () => 1,
      ),
      f64([3 + 1e-9, 2.5]),
    ),
  ),
  right('H18', 'an iteration that stops at 1e-4, declared', {
    ...near(
      elementwise(slowRoot, (x) => 0.5 / Math.sqrt(x)),
      [2, 3.1],
    ),
    options: { functionError: 1e-4 },
  }),
  right(
    'H19',
    'sin with a jitter of 1e-9',
    near(
      elementwise((x) => Math.sin(x) + 1e-9 * Math.sin(1e12 * x), Math.cos),
      [0.5, 1.1],
    ),
  ),
  right(
    'H20',
    'values of size 1e-30 and 1e200',
    usual(
      elementwise(
        (x) => 1e-30 * x * x,
        (x) => 2e-30 * x,
      ),
    ),
    usual(
      elementwise(
        (x) => 1e200 * x * x,
        (x) => 2e200 * x,
      ),
    ),
  ),
  right(
    'H21',
    'x exactly 0',
    exactly(elementwise(Math.sin, Math.cos), f64([0, 1, -0.5])),
    exactly(elementwise(Math.exp, Math.exp), f64([0, 0])),
    exactly(square, f64([0, 2])),
  ),
  right('H22', 'product of 40 factors', {
    rule: scalarValued(prod, (x) => x.map((a) => prod(x) / a)),
    points: (rng) => [[f64(eitherSign(rng, 40, 0.7, 1.4))]],
  }),
  right('H23', 'Cholesky, either convention', choleskyCase('lower'), choleskyCase('symmetric')),
  right(
    'H24',
    'complex |z|², angle and conj, both conventions',
    ...complexCase(
      {
        complexInputs: [0],
        ...listRule(
          ([a = 0, b = 0]) => [a * a + b * b],
          ([a = 0, b = 0], [u = 0]) => [2 * a * u, 2 * b * u],
        ),
      },
      ['adjoint', 'transpose'],
    ),
    ...complexCase(
      {
        complexInputs: [0],
        ...listRule(
          ([a = 0, b = 0]) => [Math.atan2(b, a)],
          ([a = 0, b = 0], [u = 0]) => [(-b * u) / (a * a + b * b), (a * u) / (a * a + b * b)],
        ),
      },
      ['adjoint', 'transpose'],
    ),
    ...complexCase(
      {
        complexInputs: [0],
        complexOutputs: [0],
        ...listRule(
          ([a = 0, b = 0]) => [a, -b],
          (_, [p = 0, q = 0]) => [p, -q],
        ),
      },
      ['adjoint', 'transpose'],
    ),
  ),
  right('H25', 'eigenvectors through an invariant', {
    rule: {
      f: (a) => topOfTwo(dataOf(a!)).value,
      vjp: ([a], [u]) =>
        like(
          a!,
          topOfTwo(dataOf(a!)).gradient.map((g) => g * u!.item()),
        ),
    },
    points: (rng) => {
      const b = 0.3 + rng();
      return [[f64([2 + rng(), b, b, 1 - rng()], [2, 2])]];
    },
    options: { tangents: [symmetric()] },
  }),
  right('H26', 'no elements, scalars, integers beside floats', {
    rule: {
      f: (x, y, k) => [
        like(
          x!,
          dataOf(x!).map((a) => a * a),
        ),
        f64([y!.item() * Number(k!.get(0))], []),
      ],
      vjp: ([x, , k], [u, w]) => [
        like(
          x!,
          dataOf(x!).map((a, i) => 2 * a * dataOf(u!)[i]!),
        ),
        f64([w!.item() * Number(k!.get(0))], []),
        disconnected,
      ],
    },
    points: (rng) => {
      const k = tensorFrom([3, 5], { dtype: 'int32' });
      return [
        [f64([], [0, 3]), 0.5 + rng(), k],
        [f64([1.5, -2]), 0.5 + rng(), k],
      ];
    },
  }),
  right('H27', 'declared noise of 1e-12 from call to call', {
    ...usual(noisy(1e-12)),
    options: { nondetTol: { value: 1e-11, reason: 'atomic additions' } },
  }),
  right(
    'H28',
    'a component of 1e-18 beside 1',
    usual(
      scalarValued(
        (x) => sum(x.slice(1)) + 1e-18 * x[0]!,
        (x) => x.map((_, i) => (i === 0 ? 1e-18 : 1)),
      ),
    ),
  ),
  right(
    'H29',
    'straight-through and clipped gradients, declared',
    { ...usual(elementwise(Math.round, () => 1)), options: { surrogate: 'straight through' } },
    {
      ...usual(
        elementwise(
          (x) => x * x,
          (x) => 0.5 * x,
        ),
      ),
      options: { surrogate: 'a scaled gradient' },
    },
  ),
];
