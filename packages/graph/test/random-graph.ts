import { DTypeError, ShapeError, constant, scalar, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import fc from 'fast-check';
import { add, exp, less, mul, neg, power, select, stack, sub, sum, withShape } from './ops.ts';

/** One step of building: which op, and which of the variables so far it takes (counted modulo). */
type Step = readonly [op: number, a: number, b: number, c: number];
type Build = (a: Variable, b: Variable, c: Variable, n: number) => readonly Variable[];

const builds: readonly Build[] = [
  (a, b) => [add(a, b)],
  (a, b) => [mul(a, b)],
  (a, b) => [sub(a, b)],
  (a) => [neg(a)],
  (a) => [exp(a)],
  (a, b) => [less(a, b)],
  (a, b, c) => [select(less(a, 0), b, c)],
  (a, _b, _c, n) => [power(a, { n })],
  (a) => [sum(a)],
  (a) => withShape(a),
  (a, b, c) => [stack([a, b, c])],
  (a, _b, _c, n) => [add(a, [0, -0, 1, Number.NaN, Infinity, 2.5][n % 6] ?? n)],
];

/** A graph made at random, with all the inputs it may use. */
export interface RandomGraph {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
}

/** Graphs with shared nodes, repeated expressions, several outputs and several dtypes. */
export const randomGraphs: fc.Arbitrary<RandomGraph> = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { maxLength: 40 })
  .map(build);

function build(steps: readonly Step[]): RandomGraph {
  const inputs = [
    vector('x', { shape: [3] }),
    vector('y', { dtype: 'float32' }),
    scalar('i', { dtype: 'int32' }),
  ];
  const variables: Variable[] = [...inputs, constant([1, -0, 2]), constant(Number.NaN)];
  const pick = (n: number): Variable => variables[n % variables.length]!;
  for (const [op, a, b, c] of steps) {
    try {
      const made = builds[op % builds.length]!(pick(a), pick(b), pick(c), c % 12);
      variables.push(...made);
    } catch (error) {
      // Not every op fits every shape and dtype; such steps are left out.
      if (!(error instanceof ShapeError || error instanceof DTypeError)) throw error;
    }
  }
  return { inputs, outputs: variables.slice(-3) };
}
