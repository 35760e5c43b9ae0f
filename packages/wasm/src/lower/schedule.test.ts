import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { printProcedure } from '@cotangent/loops';
import { constant, matrix, tensor3, topologicalNodes, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { buildProgram } from '@cotangent/compile';
import {
  add,
  addSlice,
  concatenate,
  exp,
  matmul,
  mul,
  reshape,
  setSlice,
  slice,
  split,
  square,
  sub,
  sum,
  transpose,
} from '@cotangent/ops';
import { plannedSteps } from '../runtime/procedures.ts';
import { schedule } from './schedule.ts';
import { specialise } from './specialise.ts';

/** The schedule for given shapes, as text. */
function scheduled(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  shapes: readonly (readonly number[])[],
): readonly string[] {
  const { inputs: xs, nodes, outputs: ys } = specialise(buildProgram(inputs, outputs), shapes)!;
  return plannedSteps(schedule(xs, nodes, ys), 1).steps.map((step) =>
    step.kind === 'procedure' ? printProcedure(step.procedure) : `host ${step.node.op.name}`,
  );
}

describe('schedule', () => {
  it('computes a cost and its gradient in one loop', () => {
    const x = vector('x');
    const cost = sum(square(x));
    expect(scheduled([x], [cost, grad(cost, x)], [[10]])).toMatchInlineSnapshot(`
      [
        "procedure step0(in0: float64[], v2: float64[], r1: float64[])
        v0: f64 = 0
        vector for i0 in 0 … 10
          v0 add= in0[i0] * in0[i0]
          v1: f64 = 2 * in0[i0]
          v2[i0] = v1
        r1[0] = v0",
      ]
    `);
  });

  it('keeps a value that several need in a register', () => {
    const x = vector('x');
    const y = exp(x);
    const [text] = scheduled([x], [add(y, square(y))], [[10]]);
    expect(text?.match(/exp/g)).toHaveLength(1);
  });

  it('reads views where they are', () => {
    const m = matrix('m');
    const steps = scheduled([m], [sub(transpose(m), 1)], [[2, 3]]);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchInlineSnapshot(`
      "procedure step0(in0: float64[], v1: float64[])
        for i0 in 0 … 3
          vector for i1 in 0 … 2
            v0: f64 = in0[i0 + (i1 * 3)] - 1
            v1[(i0 * 2) + i1] = v0"
    `);
  });

  it('reshapes a fused expression without storing it', () => {
    const m = matrix('m');
    expect(scheduled([m], [mul(2, reshape(exp(m), [6]))], [[2, 3]])).toHaveLength(1);
  });

  it('sums columns row by row and rows in registers', () => {
    const m = matrix('m');
    expect(scheduled([m], [sum(m, { axis: 0 }), sum(m, { axis: 1 })], [[2, 3]]))
      .toMatchInlineSnapshot(`
      [
        "procedure step0(r1: float64[], in0: float64[], r2: float64[])
        vector for k in 0 … 3
          r1[k] = 0
        for i0 in 0 … 2
          v1: f64 = 0
          vector for i1 in 0 … 3
            v0: f64 = in0[(i0 * 3) + i1]
            r1[i1] = r1[i1] + v0
            v1 add= in0[(i0 * 3) + i1]
          r2[i0] = v1",
      ]
    `);
  });

  it('folds transposes into matrix products', () => {
    const [a, b] = [matrix('a'), matrix('b')];
    const steps = scheduled(
      [a, b],
      [matmul(transpose(a), b)],
      [
        [4, 2],
        [4, 3],
      ],
    );
    expect(steps).toHaveLength(1);
  });

  it('begins a new loop where a reduction is needed first', () => {
    const x = vector('x');
    expect(scheduled([x], [sub(x, sum(x))], [[5]])).toHaveLength(2);
  });

  it('adds what a product is added to in the product', () => {
    const [a, b, c] = [matrix('a'), matrix('b'), matrix('c')];
    const shape = [2, 2];
    const steps = scheduled([a, b, c], [add(c, matmul(a, b))], [shape, shape, shape]);
    expect(steps).toMatchInlineSnapshot(`
      [
        "procedure step0(p3: float64[], in2: float64[], in0: float64[], in1: float64[])
        vector for k in 0 … 4
          p3[k] = in2[k]
        p3 += in0 · in1  (2×2 · 2×2)",
      ]
    `);
  });

  it('multiplies a matrix by many vectors at once', () => {
    const [w, x] = [matrix('w'), tensor3('x')];
    const shapes = [
      [4, 3],
      [5, 3, 1],
    ];
    expect(scheduled([w, x], [matmul(w, x)], shapes)[0]).toContain('(4×3 · 3×5)');
    const [v, u] = [tensor3('v'), matrix('u')];
    const others = [
      [5, 2, 3],
      [3, 4],
    ];
    expect(scheduled([v, u], [matmul(v, u)], others)[0]).toContain('(10×3 · 3×4)');
  });

  it('adds small parts where they are computed', () => {
    const x = vector('x');
    const cost = sum(mul(slice(x, '4:'), slice(x, ':-4')));
    expect(scheduled([x], [cost, grad(cost, x)], [[6]])).toMatchInlineSnapshot(`
      [
        "procedure step0(u2: float64[], in0: float64[], r1: float64[])
        vector for k in 0 … 6
          u2[k] = 0
        v0: f64 = 0
        vector for i0 in 0 … 2
          v0 add= in0[i0 + 4] * in0[i0]
          v1: f64 = in0[i0 + 4]
          u2[i0] = v1
        r1[0] = v0",
        "procedure step1(in0: float64[], u2: float64[])
        vector for i0 in 0 … 2
          v0: f64 = in0[i0]
          u2[i0 + 4] = u2[i0 + 4] + v0",
      ]
    `);
  });

  it('sums columns alone in registers, and with the rest of the row in memory', () => {
    const m = matrix('m');
    expect(scheduled([m], [sum(m, { axis: 0 })], [[20, 30]])).toMatchInlineSnapshot(`
      [
        "procedure step0(in0: float64[], r1: float64[])
        vector for i1 in 0 … 30
          v0: f64 = 0
          for i0 in 0 … 20
            v0 add= in0[(i0 * 30) + i1]
          r1[i1] = v0",
      ]
    `);
    expect(scheduled([m], [exp(m), sum(exp(m), { axis: 0 })], [[20, 30]])).toHaveLength(1);
  });

  it('computes what all rows need once', () => {
    const [m, v] = [matrix('m'), vector('v')];
    const steps = scheduled([m, v], [mul(m, exp(add(v, 1)))], [[3, 4], [4]]);
    expect(steps).toHaveLength(2);
  });

  it('computes what is cheap again where storing it would cost more', () => {
    const x = vector('x');
    const stored = (y: Variable, n: number): boolean => {
      const steps = scheduled([x], [mul(y, sum(square(y)))], [[n]]);
      expect(steps).toHaveLength(2);
      return steps[0]!.split('\n').some((line) => /^ +v\d+\[/.test(line));
    };
    expect(stored(add(x, 1), 5000)).toBe(false);
    expect(stored(add(x, 1), 50)).toBe(true);
    expect(stored(exp(x), 5000)).toBe(true);
    expect(stored(add(mul(add(x, 1), x), 2), 5000)).toBe(true);
  });

  it('cuts a long chain into registers of one loop', () => {
    const x = vector('x');
    let y: Variable = x;
    for (let k = 0; k < 200; k++) y = add(mul(y, 1.5), 1);
    expect(topologicalNodes([y])).toHaveLength(400);
    expect(scheduled([x], [y], [[4]])).toHaveLength(1);
  });

  it('cuts loops where the gradients of slices begin and end, and adds no zeros', () => {
    const x = vector('x');
    const cost = sum(mul(exp(slice(x, '1:')), exp(slice(x, ':-1'))));
    expect(scheduled([x], [grad(cost, x)], [[10]])).toMatchInlineSnapshot(`
      [
        "procedure step0(in0: float64[], v1: float64[], v2: float64[])
        vector for i0 in 0 … 9
          v0: f64 = exp(in0[i0 + 1])
          v1[i0] = v0
          v1: f64 = exp(in0[i0])
          v2[i0] = v1",
        "procedure step1(v1: float64[], v2: float64[], v3: float64[])
        for i0 in 0 … 1
          v0: f64 = v1[0] * v2[0]
          v3[i0] = v0
        vector for i0 in 1 … 9
          v0: f64 = (v1[i0] * v2[i0]) + (v2[i0 + -1] * v1[i0 + -1])
          v3[i0] = v0
        for i0 in 9 … 10
          v0: f64 = 0 + (v2[8] * v1[8])
          v3[i0] = v0",
      ]
    `);
  });

  it('cuts the loops of both axes', () => {
    const m = matrix('m');
    const [text, ...more] = scheduled(
      [m],
      [setSlice(m, mul(2, slice(m, '1:-1, 1:-1')), '1:-1, 1:-1')],
      [[6, 8]],
    );
    expect(more).toEqual([]);
    expect(text).not.toContain('?');
    expect(text?.match(/vector for/g)).toHaveLength(3);
  });

  it('joins and cuts without a step of their own', () => {
    const [x, y] = [vector('x'), vector('y')];
    const [head, tail] = split(concatenate([exp(x), y]), [4, 2]);
    const steps = scheduled([x, y], [mul(head!, 2), mul(tail!, 3)], [[3], [3]]);
    expect(steps.join()).not.toContain('?');
    expect(steps.join().match(/exp/g)).toHaveLength(1);
  });

  it('copies more parts one after the other', () => {
    const parts = Array.from({ length: 5 }, (_, k) => vector(`p${k}`));
    const sizes = parts.map((_, k) => [k + 1]);
    const steps = scheduled(parts, [concatenate(parts)], sizes);
    expect(steps).toHaveLength(1);
    expect(steps.join()).not.toContain('host');
  });

  it('holds a constant that is the same everywhere as one number', () => {
    const x = vector('x');
    const y = addSlice(x, constant(new Float64Array(10).fill(3)), '::1');
    expect(scheduled([x], [y], [[10]]).join()).toContain('+ 3');
  });
});
