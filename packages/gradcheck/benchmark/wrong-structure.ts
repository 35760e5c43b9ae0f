import { disconnected, isAbsence } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';
import type { NumericRule } from '../src/modern/rule.ts';
import {
  dataOf,
  eitherSign,
  elementwise,
  exactly,
  f32,
  f64,
  like,
  listRule,
  usual,
  between,
} from './entry.ts';
import type { Case, Entry } from './entry.ts';

const wrong = (id: string, title: string, ...cases: readonly Case[]): Entry => ({
  id,
  title,
  cases,
});
const squareRule = elementwise(
  (x) => x * x,
  (x) => 2 * x,
);
const zip = (x: Tensor, y: Tensor, f: (a: number, b: number) => number): Tensor =>
  like(
    x,
    dataOf(x).map((a, i) => f(a, dataOf(y)[i]!)),
  );

/** z = x·y. */
const product: NumericRule = {
  f: (x, y) => zip(x!, y!, (a, b) => a * b),
  vjp: ([x, y], [u]) => [zip(y!, u!, (a, b) => a * b), zip(x!, u!, (a, b) => a * b)],
};
const twoVectors = (rng: () => number): readonly (readonly Tensor[])[] => [
  [f64(eitherSign(rng, 3, 0.3, 2)), f64(eitherSign(rng, 3, 0.3, 2))],
];

/** (a + ib)² as pairs. */
const complexSquare = (z: readonly number[]): number[] => [
  z[0]! ** 2 - z[1]! ** 2,
  2 * z[0]! * z[1]!,
];

/** Planted errors in second order, pushforwards, structure, types and batching: M43 to M58. */
export const wrongStructure: readonly Entry[] = [
  wrong('M43', 'right value, factor held constant in second order', {
    rule: {
      ...elementwise(
        (x) => x ** 3,
        (x) => 3 * x * x,
      ),
      hvp: ([x], [u], [w]) =>
        like(
          x!,
          dataOf(x!).map((a, i) => 3 * a * dataOf(u!)[i]! * dataOf(w!)[i]!),
        ),
    },
    points: (rng) => [[f64(eitherSign(rng, 3, 0.3, 2))]],
    options: { order: 2 },
  }),
  wrong('M44', 'mixed second derivative dropped on one side', {
    rule: {
      f: (x, y) => x!.item() ** 2 * y!.item(),
      vjp: ([x, y], [u]) => [2 * x!.item() * y!.item() * u!.item(), x!.item() ** 2 * u!.item()],
      hvp: ([x, y], [u], [v, w]) => [
        2 * (y!.item() * v!.item() + x!.item() * w!.item()) * u!.item(),
        0,
      ],
    },
    points: (rng) => [[0.5 + rng(), 0.5 + rng()]],
    options: { order: 2 },
  }),
  wrong('M45', 'Rop right, Lop right for another attribute', {
    rule: {
      ...elementwise(
        (x) => 2 * x * x,
        (x) => 6 * x,
      ),
      jvp: ([x], [v]) => zip(x!, v!, (a, b) => 4 * a * b),
    },
    points: (rng) => [[f64(eitherSign(rng, 3, 0.3, 2))]],
  }),
  wrong('M46', "Rop drops the second input's tangent", {
    rule: { ...product, jvp: ([, y], [v]) => zip(y!, v!, (a, b) => a * b) },
    points: twoVectors,
  }),
  wrong('M47', 'wrong for strided input', {
    rule: {
      takesStrided: true,
      f: (x) =>
        like(
          x!,
          dataOf(x!).map((a) => a * a),
        ),
      vjp: ([x], [u]) =>
        like(
          x!,
          dataOf(u!).map((b, i) => 2 * Number(x!.data[x!.offset + i]) * b),
        ),
    },
    points: (rng) => [[f64(eitherSign(rng, 6, 0.3, 2), [2, 3])]],
  }),
  wrong('M48', 'float64 for a float32 input', {
    rule: {
      f: (x) =>
        like(
          x!,
          dataOf(x!).map((a) => a * a),
        ),
      vjp: ([x], [u]) =>
        f64(
          dataOf(x!).map((a, i) => 2 * a * dataOf(u!)[i]!),
          x!.shape,
        ),
    },
    points: (rng) => [[f32(eitherSign(rng, 3, 0.3, 2))]],
  }),
  wrong('M49', 'a shape that merely broadcasts', {
    rule: {
      f: (x) =>
        like(
          x!,
          dataOf(x!).map((a) => a * a),
        ),
      vjp: ([x], [u]) =>
        like(
          x!,
          dataOf(x!).map((a, i) => 2 * a * dataOf(u!)[i]!),
          [1, 3],
        ),
    },
    points: (rng) => [[f64(eitherSign(rng, 3, 0.3, 2))]],
  }),
  wrong(
    'M50',
    'zeros where the pattern says disconnected; a pattern that lies',
    {
      rule: {
        connected: [[true], [false]],
        f: (x) =>
          like(
            x!,
            dataOf(x!).map((a) => a * a),
          ),
        vjp: ([x, y], [u]) => [
          zip(x!, u!, (a, b) => 2 * a * b),
          like(
            y!,
            dataOf(y!).map(() => 0),
          ),
        ],
      },
      points: twoVectors,
    },
    {
      rule: {
        connected: [[true], [false]],
        f: (x, y) => zip(x!, y!, (a, b) => a * a + 1e-3 * b),
        vjp: ([x], [u]) => [zip(x!, u!, (a, b) => 2 * a * b), disconnected],
      },
      points: twoVectors,
    },
  ),
  wrong('M51', 'not finite at masked positions', {
    rule: elementwise(
      (x) => (x > 0 ? Math.sqrt(x) : 0),
      (x) => (0.5 / Math.sqrt(x)) * (x > 0 ? 1 : 0),
    ),
    points: (rng) => [[f64([0.5 + rng(), -0.5 - rng(), 1 + rng()])]],
  }),
  wrong('M52', 'a repeated variable counted once', {
    rule: {
      f: (x, y) => zip(x!, y!, (a, b) => a * b + 2 * b),
      vjp: ([x, y], [u]) => {
        const found = new Map<Tensor, Tensor>();
        found.set(
          x!,
          zip(y!, u!, (a, b) => a * b),
        );
        found.set(
          y!,
          zip(x!, u!, (a, b) => (a + 2) * b),
        );
        return [found.get(x!)!, found.get(y!)!];
      },
    },
    points: twoVectors,
  }),
  wrong('M53', 'a missing cotangent treated as ones', {
    rule: {
      takesAbsent: true,
      f: (x) => [
        like(
          x!,
          dataOf(x!).map((a) => a * a),
        ),
        like(x!, dataOf(x!).map(Math.sin)),
      ],
      vjp: ([x], us) => {
        const [u, w] = us.map((v) => (isAbsence(v) ? dataOf(x!).map(() => 1) : dataOf(v)));
        return like(
          x!,
          dataOf(x!).map((a, i) => 2 * a * u![i]! + Math.cos(a) * w![i]!),
        );
      },
    },
    points: (rng) => [[f64(eitherSign(rng, 3, 0.3, 2))]],
  }),
  wrong('M54', 'a conjugate forgotten', {
    rule: {
      complexInputs: [0],
      complexOutputs: [0],
      ...listRule(complexSquare, ([a = 0, b = 0], [p = 0, q = 0]) => [
        2 * (a * p - b * q),
        2 * (a * q + b * p),
      ]),
    },
    points: (rng) => [[f64(between(rng, 2, 0.5, 2))]],
  }),
  wrong('M55', 'wrong only in the optimised graph', {
    rule: {
      ...squareRule,
      variants: { optimised: ([x], [u]) => zip(x!, u!, (a, b) => (a < 0 ? -2 : 2) * a * b) },
    },
    points: (rng) => [[f64([0.5 + rng(), -0.5 - rng(), 1])]],
  }),
  wrong('M56', 'a tie of four: the whole gradient to each', {
    rule: listRule(
      (x) => [Math.max(...x)],
      (x, [u = 0]) => x.map((a) => (a === Math.max(...x) ? u : 0)),
    ),
    points: (rng) => {
      const top = 1 + rng();
      return [[f64([top, top, 0.2, top, top])]];
    },
  }),
  wrong(
    'M57',
    'wrong at x = 0 only',
    exactly(
      elementwise(
        (x) => (x === 0 ? 1 : Math.sin(x) / x),
        (x) => (x === 0 ? 1 : Math.cos(x) / x - Math.sin(x) / (x * x)),
      ),
      f64([0.7, 0, -1.3]),
    ),
  ),
  wrong(
    'M58',
    'the batch rule adds over the batch axis',
    usual({
      ...squareRule,
      batchedVjp: ([x], [u]) => {
        const each = dataOf(x!).map((a, i) => 2 * a * dataOf(u!)[i]!);
        const n = each.length / 2;
        return like(
          x!,
          each.map((_, k) => each[k % n]! + each[(k % n) + n]!),
        );
      },
    }),
  ),
];
