import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile, referenceBackend } from '@cotangent/compile';
import type { Input, Variable } from '@cotangent/graph';
import { constant, matrix, scalar, tensor3, vector } from '@cotangent/graph';
import {
  abs,
  add,
  div,
  exp,
  foldl,
  gt,
  ifElse,
  log,
  lt,
  map,
  matmul,
  mul,
  scan,
  sigmoid,
  sin,
  slice,
  square,
  sub,
  sum,
  tanh,
  until,
  whileLoop,
} from '@cotangent/ops';
import type { TensorLike } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';

/** Loops and branches run in a module, not by `eval`; and the values are the reference executor's up to rounding. */
function expectNative(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  args: readonly TensorLike[],
): void {
  const options = { onUnusedInput: 'ignore' } as const;
  const fast = compile(inputs, outputs, { backend: wasmBackend(), ...options });
  const reference = compile(inputs, outputs, { backend: referenceBackend, ...options });
  const [found, wanted] = [fast(...args), reference(...args)].map((ys) =>
    ys.flatMap((y) => [y.toArray()].flat(9).map(Number)),
  );
  const scale = Math.max(...wanted!.map(Math.abs));
  const far = found!.map((x, k) => Math.abs(x - wanted![k]!) / scale);
  const single = outputs.some(({ dtype }) => dtype === 'float32');
  expect(found).toHaveLength(wanted!.length);
  expect(Math.max(...far)).toBeLessThan(single ? 1e-5 : 1e-13);
  expect(fast.explain()).not.toMatch(/eval of (scan|ifElse)|reference executor/);
}

const numbers = (...shape: readonly number[]): TensorLike => {
  const [n, ...rest] = shape;
  if (n === undefined) return 0;
  return Array.from({ length: n }, (_, k) =>
    rest.length === 0 ? Math.sin(3 * k + 1) : (scaled(numbers(...rest), 1 / (k + 1)) as never),
  ) as TensorLike;
};
const scaled = (x: TensorLike, by: number): TensorLike =>
  typeof x === 'number'
    ? x * by
    : ((x as readonly TensorLike[]).map((y) => scaled(y, by)) as never);

describe('updates of slices', () => {
  it('write where they belong, when loops over them run as one', () => {
    const W = tensor3('W');
    const cost = sum(square(slice(W, [1])));
    expectNative([W], [grad(cost, W)], [numbers(2, 3, 3)]);
  });
});

describe('loops in a module', () => {
  it.each(['float64', 'float32'] as const)(
    'run a recurrent network and its gradient, %s',
    (dtype) => {
      const [x, W, h0] = [tensor3('x', { dtype }), matrix('W', { dtype }), matrix('h0', { dtype })];
      const [h] = scan((xt, h) => tanh(add(matmul(h!, W), xt!)), { sequences: [x], initial: [h0] });
      const cost = sum(square(h!));
      expectNative(
        [x, W, h0],
        [cost, ...grad(cost, [x, W, h0])],
        [numbers(6, 2, 3), numbers(3, 3), numbers(2, 3)],
      );
    },
  );

  it('run gates, with checkpoints too', () => {
    const [x, W, h0, c0] = [tensor3('x'), tensor3('W'), matrix('h0'), matrix('c0')];
    for (const checkpoint of ['all', 'sqrt', 2] as const) {
      const [h] = scan(
        (xt, h, c) => {
          const gate = (k: number) => add(matmul(h!, slice(W, [k])), xt!);
          const next = add(mul(sigmoid(gate(0)), c!), mul(sigmoid(gate(1)), tanh(gate(2))));
          return [mul(sigmoid(gate(3)), tanh(next)), next];
        },
        { sequences: [x], initial: [h0, c0], checkpoint },
      );
      const cost = sum(square(h!));
      expectNative(
        [x, W, h0, c0],
        [cost, ...grad(cost, [W, c0])],
        [numbers(7, 2, 3), numbers(4, 3, 3), numbers(2, 3), numbers(2, 3)],
      );
    }
  });

  it('run backwards, over several sequences and integer states', () => {
    const [xs, ys] = [vector('xs'), vector('ys')];
    const [s, n] = scan((x, y, s, n) => [add(mul(s!, x!), y!), add(n!, 1)], {
      sequences: [xs, ys],
      initial: [0.5, constant(0, { dtype: 'int32' })],
      goBackwards: true,
    });
    expectNative([xs, ys], [s!, n!, ...grad(sum(s!), [xs, ys])], [numbers(5), numbers(5)]);
  });

  it('run folds, maps and loops in loops', () => {
    const [m, c] = [matrix('m'), scalar('c')];
    const y = foldl(
      (row, s) =>
        add(
          s!,
          foldl((x, t) => sin(add(mul(t!, c), x!)), row!, s!),
        ),
      m,
      constant(0.1),
    );
    const rows = map((row) => sum(mul(row!, c)), m);
    expectNative([m, c], [y, rows, ...grad(y, [m, c])], [numbers(3, 4), 0.7]);
  });

  it('stop when a condition says so', () => {
    const a = scalar('a');
    const error = (x: Variable) => abs(sub(mul(x, x), a));
    const root = whileLoop(
      (x) => gt(error(x!), 1e-14),
      (x) => div(add(x!, div(a, x!)), 2),
      1,
      {
        maxSteps: 30,
      },
    );
    expectNative([a], [root, grad(root, a)], [2]);
    expectNative([a], [root], [1]);
    const vectors = whileLoop(
      (x) => lt(sum(x!), 10),
      (x) => mul(2, x!),
      vector('v', { shape: [2] }),
    );
    expectNative(
      [vectors].flatMap((y) => (y.kind === 'result' ? y.owner.inputs : [])).filter(isInput),
      [vectors],
      [[1, 3]],
    );
  });

  it('take one branch of two', () => {
    const [x, v] = [scalar('x'), vector('v')];
    const y = ifElse(
      gt(x, 0),
      () => sum(mul(v, log(x))),
      () => sum(exp(v)),
    );
    for (const at of [2, -2]) {
      expectNative([x, v], [y, ...grad(y, [x, v])], [at, numbers(4)]);
    }
    const [s] = scan(
      (s) => [
        ifElse(
          gt(s!, 1),
          () => mul(0.5, s!),
          () => mul(x, s!),
        ),
      ],
      {
        initial: [0.4],
        nSteps: 5,
      },
    );
    expectNative([x], [s!, grad(sum(s!), x)], [2]);
  });

  it('take no step over nothing', () => {
    const [xs, s0] = [vector('xs'), scalar('s0')];
    const y = foldl((x, s) => mul(s!, x!), xs, s0);
    expectNative([xs, s0], [y, ...grad(y, [xs, s0])], [numbers(0), 3]);
  });

  it('leave to the reference executor what has no size before it is run', () => {
    const s0 = scalar('s0');
    const [s] = scan((s) => [mul(2, s!), until(gt(s!, 10))], { initial: [s0], nSteps: 50 });
    const f = compile([s0], s!, { backend: wasmBackend() });
    expect(f(1).toArray()).toEqual([2, 4, 8, 16, 32]);
  });
});

function isInput(x: Variable): x is Input {
  return x.kind === 'input';
}
