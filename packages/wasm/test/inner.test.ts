import { describe, expect, it } from '@jest/globals';
import { compile } from '@cotangent/compile';
import { defineOp, matrix, scalar, tensor, vector } from '@cotangent/graph';
import type { Input, OpFunction, Variable } from '@cotangent/graph';
import {
  binary,
  compare,
  denseView,
  elementAt,
  forLoop,
  i32,
  index,
  isNonzero,
  load,
  printProcedure,
  store,
  subview,
  whileLoop,
} from '@cotangent/loops';
import type { InnerStatements, LoweringContext, Statement, StridedView } from '@cotangent/loops';
import { add, lt, matmul, mul, reduceSum, sub, sum, tanh, transpose } from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';
import { distance } from './compare.ts';

const options = { backend: wasmBackend() };
const reference = { mode: 'reference' } as const;

/** A loop over all elements of a tensor that is dense. */
function copied(from: StridedView, to: StridedView): Statement {
  const counters = from.shape.map((_, axis) => index(`i${axis}`));
  const element: Statement = store(
    to.buffer,
    ((x) => (x.kind === 'load' ? x.at : x))(elementAt(to, counters)),
    elementAt(from, counters),
  );
  return from.shape.reduceRight<Statement>(
    (body, size, k) => forLoop(counters[k]!, i32(0), i32(size), [body]),
    element,
  );
}

/** The states s₁ … sₙ of sₜ₊₁ = step(sₜ, …parameters), as values of an op that lowers its loop itself. */
function iterated(
  n: number,
  inputs: readonly Input[],
  next: readonly Variable[],
  lower: (context: LoweringContext) => readonly Statement[] | undefined,
): OpFunction<number, number> {
  const step = compile(inputs, next, { ...reference, onUnusedInput: 'ignore' });
  return defineOp<number, number>(
    'iterated',
    { inputs: 'variadic', outputs: 'variadic' },
    {
      infer: (types) => types.slice(0, next.length),
      eval: (xs) => {
        let states = xs.slice(0, next.length);
        for (let k = 0; k < n; k++) states = [...step(...states, ...xs.slice(next.length))];
        return states;
      },
      lower,
    },
  );
}

/** Runs the inner graph n times on states that it replaces. */
function inPlace(
  n: number,
  inputs: readonly Input[],
  next: readonly Variable[],
  seen?: (made: InnerStatements) => void,
): OpFunction<number, number> {
  return iterated(n, inputs, next, (context) => {
    const parameters = context.inputs.slice(next.length);
    const made = context.inner({
      graph: { inputs, outputs: next },
      inputs: [...context.outputs, ...parameters],
      outputs: context.outputs,
      invariant: inputs.map((_, k) => k >= next.length),
    });
    if (made === undefined) return undefined;
    seen?.(made);
    const starts = context.outputs.map((out, k) => copied(context.inputs[k]!, out));
    return [...starts, ...made.before, forLoop(index('t'), i32(0), i32(n), made.each)];
  });
}

function expectAgreement(
  f: readonly Variable[],
  inputs: readonly Input[],
  args: readonly Tensor[],
): void {
  const fast = compile(inputs, f, options);
  const slow = compile(inputs, f, reference);
  fast(...args);
  const [xs, ys] = [fast(...args), slow(...args)];
  xs.forEach((x, k) => expect(distance(x, ys[k]!)).toBeLessThan(64));
  expect(fast.explain()).not.toContain('eval of');
}

const numbers = (n: number, scale = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => scale * Math.sin(1 + k * 1.7));

describe('LoweringContext.inner', () => {
  it('compiles the body of a loop, state replaced in place', () => {
    const [s, p] = [vector('s'), vector('p')];
    const f = inPlace(5, [s, p], [tanh(add(mul(s, p), 0.1))]);
    const [x, y] = [vector('x'), vector('y')];
    const out = f([x, y]);
    expectAgreement(out, [x, y], [tensorFrom(numbers(9)), tensorFrom(numbers(9, 2))]);
    const g = compile([x, y], out, options);
    g(numbers(9), numbers(9));
    // How many bytes of code is not what this is about.
    expect(g.explain().replace(/\d+ bytes/, 'N bytes')).toMatchInlineSnapshot(`
      "compiled: mode fast on backend wasm
      2 inputs, 1 output, 0 updates, 0 shared variables read
      rewrites: 1 → 1 node
      schedule:
      (x: float64[?], y: float64[?]) =>
        %0 = iterated(x, y) : float64[?]
        return %0
      module for [9] [9]
      N bytes of code, 1 pages of memory
      procedure step0(s2: float64[], in0: float64[], in1: float64[])
        for i0 in 0 … 9
          s2[i0] = in0[i0]
        for t in 0 … 5
          block
            vector for i0 in 0 … 9
              v0: f64 = tanh((s2[i0] * in1[i0]) + 0.1)
              s2[i0] = v0"
    `);
  });

  it('keeps the old values while others still need them', () => {
    const [a, b] = [vector('a'), vector('b')];
    const f = inPlace(7, [a, b], [b, add(a, mul(b, 0.5))]);
    const [x, y] = [vector('x'), vector('y')];
    expectAgreement(f([x, y]), [x, y], [tensorFrom(numbers(5)), tensorFrom(numbers(5, 3))]);
  });

  it('keeps the old values while a sum of them is wanted', () => {
    const s = vector('s');
    const f = inPlace(3, [s], [sub(s, mul(0.25, sum(s)))]);
    const x = vector('x');
    expectAgreement(f([x]), [x], [tensorFrom(numbers(6))]);
  });

  it('runs what does not change once, before', () => {
    const [h, w, u] = [matrix('h'), matrix('w'), vector('u')];
    const made: InnerStatements[] = [];
    const body = tanh(add(matmul(h, transpose(w)), mul(u, u)));
    const f = inPlace(4, [h, w, u], [body], (statements) => made.push(statements));
    const [x, y, z] = [matrix('x'), matrix('y'), vector('z')];
    const [px, py] = [numbers(12), numbers(16, 0.5)];
    expectAgreement(
      f([x, y, z]),
      [x, y, z],
      [
        tensorFrom(px, { shape: [3, 4] }),
        tensorFrom(py, { shape: [4, 4] }),
        tensorFrom(numbers(4)),
      ],
    );
    expect(made[0]?.before).toHaveLength(2);
  });

  it('adds to a state in the product itself', () => {
    const [g, a] = [matrix('g'), matrix('a')];
    const made: InnerStatements[] = [];
    const body = add(g, matmul(transpose(a), a));
    const f = inPlace(3, [g, a], [body], (statements) => made.push(statements));
    const [x, y] = [matrix('x'), matrix('y')];
    expectAgreement(
      f([x, y]),
      [x, y],
      [tensorFrom(numbers(9), { shape: [3, 3] }), tensorFrom(numbers(6), { shape: [2, 3] })],
    );
    expect(made).toHaveLength(1);
  });

  it('adds to a state in a product with what changes', () => {
    const [g, a] = [matrix('g'), matrix('a')];
    const made: InnerStatements[] = [];
    const next = [add(g, matmul(transpose(a), a)), tanh(mul(a, 1.5))];
    const f = inPlace(3, [g, a], next, (statements) => made.push(statements));
    const [x, y] = [matrix('x'), matrix('y')];
    expectAgreement(
      f([x, y]),
      [x, y],
      [tensorFrom(numbers(9), { shape: [3, 3] }), tensorFrom(numbers(6), { shape: [2, 3] })],
    );
    const text = printProcedure({ name: 'p', buffers: [], body: made[0]!.each });
    expect(text.match(/\+=/g)).toHaveLength(1);
    expect(text.match(/for/g)).toHaveLength(1); // the loop of tanh: nothing is copied
  });

  it('reads and writes rows of a stack, steps apart', () => {
    const [s, u] = [vector('s'), vector('u')];
    const next = tanh(add(s, u));
    const n = 6;
    const f: OpFunction<2, 1> = defineOp<2, 1>(
      'recurrence',
      { inputs: 2, outputs: 1 },
      {
        infer: ([first, given]) => [{ ...first, shape: [n + 1, given.shape[1]!] }],
        eval: ([first, given]) => {
          const step = compile([s, u], next, reference);
          const rows = [first];
          for (let t = 0; t < n; t++) rows.push(step(rows[t]!, given.pick(t, -1)));
          return [tensorFrom(rows.map((row) => row.toArray() as number[]))];
        },
        lower: ({ inputs: [first, given], outputs: [out], inner }) => {
          const t = index('t');
          const made = inner({
            graph: { inputs: [s, u], outputs: [next] },
            inputs: [subview(out!, [t]), subview(given!, [t])],
            outputs: [subview(out!, [binary('add', t, i32(1))])],
          });
          if (made === undefined) return undefined;
          return [copied(first!, subview(out!, [i32(0)])), forLoop(t, i32(0), i32(n), made.each)];
        },
      },
    );
    const [x, y] = [vector('x', { shape: [3] }), matrix('y', { shape: [n, 3] })];
    const args = [tensorFrom(numbers(3)), tensorFrom(numbers(18), { shape: [n, 3] })];
    expectAgreement([f(x, y)], [x, y], args);
  });

  it('ends a loop on a condition that is a graph', () => {
    const [s, limit] = [vector('s'), scalar('limit')];
    const grown = mul(s, 1.5);
    const goOn = lt(reduceSum(s, { axes: [0], keepDims: false }), limit);
    const f: OpFunction<2, 1> = defineOp<2, 1>(
      'grow',
      { inputs: 2, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x, most]) => {
          const [next, test] = [
            compile([s], grown, reference),
            compile([s, limit], goOn, reference),
          ];
          let value = x;
          while (test(value, most).item() !== 0) value = next(value);
          return [value];
        },
        lower: ({ inputs: [x, most], outputs: [out], scratch, inner }) => {
          const flag = scratch('bool', 1);
          const test = inner({
            graph: { inputs: [s, limit], outputs: [goOn] },
            inputs: [out!, most!],
            outputs: [denseView(flag, [])],
          });
          const body = inner({
            graph: { inputs: [s], outputs: [grown] },
            inputs: [out!],
            outputs: [out!],
          });
          if (test === undefined || body === undefined) return undefined;
          const again = isNonzero(load(flag, i32(0)));
          return [
            copied(x!, out!),
            ...test.each,
            whileLoop(compare('ne', again, i32(0)), [...body.each, ...test.each]),
          ];
        },
      },
    );
    const [x, y] = [vector('x'), scalar('y')];
    expectAgreement([f(x, y)], [x, y], [tensorFrom([1, 2, 3]), tensorFrom(50)]);
  });

  it('refuses a graph with an op that can only be evaluated', () => {
    const plain: OpFunction<1, 1> = defineOp<1, 1>(
      'plain',
      { inputs: 1, outputs: 1 },
      { infer: ([v]) => [v], eval: ([v]) => [v] },
    );
    const s = tensor('s', { shape: [2] });
    const x = vector('x', { shape: [2] });
    const f = compile([x], inPlace(2, [s], [mul(2, plain(s))])([x]), options);
    expect(f([1, 2])[0]!.toArray()).toEqual([4, 8]);
    expect(f.explain()).toContain('eval of iterated');
  });
});
