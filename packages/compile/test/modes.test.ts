import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  add,
  broadcastLike,
  cast,
  div,
  expandDims,
  maximum,
  mul,
  neg,
  shape,
  sub,
  sumLike,
  tanh,
  transpose,
  zeroGrad,
} from '@cotangent/ops';
import { constant, matrix, tensor } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { DebugError, compile } from '@cotangent/compile';
import type { CompileOptions } from '@cotangent/compile';

const x = matrix('x');
const y = matrix('y', { dtype: 'float32', shape: [null, 2] });
const z = tensor('z', { dtype: 'int32', shape: [2] });

type Step = readonly [op: number, first: number, second: number];

/** Every op keeps rank 2 and the shape [2, 2] or smaller, so that any two variables fit together. */
const ops: readonly ((a: Variable, b: Variable) => Variable)[] = [
  (a, b) => add(a, b),
  (a, b) => sub(a, b),
  (a, b) => mul(a, b),
  (a, b) => div(a, b),
  (a, b) => maximum(a, b),
  (a) => neg(a),
  (a) => tanh(a),
  (a) => zeroGrad(a),
  (a) => cast(a, a.dtype),
  (a) => cast(a, 'float32'),
  (a) => transpose(a),
  (a) => transpose(transpose(a)),
  (a, b) => sumLike(mul(a, b), a),
  (a, b) => broadcastLike(a, add(a, b)),
  (a) => mul(a, expandDims(shape(a), 0)),
  (a) => add(a, mul(constant([[1, 2]]), 3)),
];

function build(steps: readonly Step[]): readonly Variable[] {
  const variables: Variable[] = [x, y, expandDims(z, 0), constant([[0.5], [2]])];
  for (const [op, first, second] of steps) {
    const pick = (i: number): Variable => variables[i % variables.length]!;
    variables.push(ops[op]!(pick(first), pick(second)));
  }
  return variables.slice(-3);
}

const someSteps = fc.array(
  fc.tuple(fc.nat(ops.length - 1), fc.nat(1000), fc.nat(1000)) as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 25 },
);
const someNumber = fc.double({ min: -100, max: 100, noNaN: true });
const someMatrix = fc.tuple(fc.tuple(someNumber, someNumber), fc.tuple(someNumber, someNumber));

const variants: readonly CompileOptions[] = [
  { mode: 'reference' },
  { mode: 'fast' },
  { mode: 'reference', rewrites: 'none' },
  { mode: 'fast', borrow: true },
  { mode: 'debug', onWarning: () => {} },
];

describe('the modes of compile', () => {
  it('agree on random graphs', () => {
    fc.assert(
      fc.property(someSteps, someMatrix, someMatrix, (steps, a, b) => {
        const outputs = build(steps);
        const results = variants.map((options) => run(outputs, options, a, b));
        const [expected] = results;
        // Debug mode stops exactly where a NaN was made.
        const stopped = results.map((result) => (result === stoppedAtNaN ? expected : result));
        expect(stopped).toEqual(variants.map(() => expected));
        expect(results.includes(stoppedAtNaN)).toBe(containsNaN(expected));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('agree on the number of nodes at most that of the graph', () => {
    fc.assert(
      fc.property(someSteps, (steps) => {
        const outputs = build(steps);
        const count = (options: CompileOptions): number =>
          compile([x, y, z], outputs, { ...options, onUnusedInput: 'ignore' }).program.nodes.length;
        expect(count({})).toBeLessThanOrEqual(count({ rewrites: 'none' }));
      }),
      { seed: 8, numRuns: 100 },
    );
  });
});

const stoppedAtNaN = 'stopped at NaN';

function run(
  outputs: readonly Variable[],
  options: CompileOptions,
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): unknown {
  const f = compile([x, y, z], outputs, { ...options, onUnusedInput: 'ignore' });
  const single = tensorFrom(b, { dtype: 'float32' });
  const args = [tensorFrom(a), single, tensorFrom([3, -4], { dtype: 'int32' })] as const;
  const before = args.map(describeTensor);
  const results = withoutNaN(() => f(...args));
  expect(args.map(describeTensor)).toEqual(before);
  return results?.map(describeTensor) ?? stoppedAtNaN;
}

function withoutNaN(call: () => readonly Tensor[]): readonly Tensor[] | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof DebugError && error.code === 'DEBUG_NAN') return undefined;
    throw error;
  }
}

function containsNaN(value: unknown): boolean {
  return Array.isArray(value) ? value.some(containsNaN) : Number.isNaN(value);
}

/** Signs of zeros are left out: summing over no axis gives +0 for −0. */
function describeTensor(t: Tensor): unknown {
  const positive = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(positive) : typeof value === 'number' ? value + 0 : value;
  return [t.dtype, t.shape, positive(t.toArray())];
}
