import { describe, expect, it } from '@jest/globals';
import { matrix, scalar, tensor3, topologicalNodes, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  add,
  argmax,
  cumsum,
  exp,
  matmul,
  max,
  mul,
  sin,
  slice,
  softmax,
  square,
  sub,
  sum,
} from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { evaluate, nested } from '../test/evaluate.ts';
import { testOp } from '../test/ops.ts';
import { grad, pushforward, vectorize } from './index.ts';

const [x, X] = [vector('x'), matrix('X')];
const data = [
  [1, 2, 3],
  [0.5, -1, 4],
];
const w = vector('w');
const values = [
  [X, data],
  [w, [1, 0, 2]],
] as const;

/** `fn` on a batch, and on one element after the other. */
function expectSameAsEach(fn: (x: Variable) => Variable): void {
  const [batched] = vectorize([fn(x)], new Map([[x, X]]));
  const wanted = data.map((row) =>
    nested(fn(x), [
      [x, row],
      [w, [1, 0, 2]],
    ]),
  );
  expect(nested(batched!, values)).toEqual(wanted);
}

describe('vectorize', () => {
  it.each<readonly [string, (x: Variable) => Variable]>([
    ['elementwise', (v) => add(sin(v), 2)],
    ['elementwise with what is not batched', (v) => mul(v, w)],
    ['elementwise that broadcasts up', (v) => mul(v, [[1], [2]])],
    ['a reduction', (v) => sum(v)],
    ['a maximum', (v) => max(v)],
    ['an index', (v) => argmax(v)],
    ['a scan', (v) => cumsum(v)],
    ['a slice', (v) => slice(v, '::-2')],
    [
      'a matrix product',
      (v) =>
        matmul(v, [
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
    ],
    ['a scalar beside a vector', (v) => sub(v, sum(v))],
    ['softmax', (v) => mul(v, softmax(v))],
    ['the input itself', (v) => v],
    ['nothing of the batch', () => exp(w)],
  ])('computes %s for each element', (_, fn) => {
    expectSameAsEach(fn);
  });

  it('gives per-example gradients', () => {
    const loss = square(sub(sum(mul(w, x)), 1));
    const [perExample] = vectorize([grad(loss, w)], new Map([[x, X]]));
    const wanted = data.map((row) =>
      nested(grad(loss, w), [
        [x, row],
        [w, [1, 0, 2]],
      ]),
    );
    expect(nested(perExample!, values)).toEqual(wanted);
  });

  it('batches several variables together, intermediates too', () => {
    const [s, S] = [scalar('s'), vector('S')];
    const product = mul(s, x);
    const [whole, doubled] = vectorize(
      [product, mul(product, 2)],
      new Map<Variable, Variable>([
        [s, S],
        [x, X],
      ]),
    );
    const at = [...values, [S, [1, 10]]] as const;
    expect(nested(whole!, at)).toEqual([
      [1, 2, 3],
      [5, -10, 40],
    ]);
    expect(nested(doubled!, at)).toEqual([
      [2, 4, 6],
      [10, -20, 80],
    ]);
    const [replaced] = vectorize([mul(product, 2)], new Map([[product, X]]));
    expect(nested(replaced!, values)).toEqual(data.map((row) => row.map((v) => 2 * v)));
  });

  it('can be nested', () => {
    const XX = tensor3('XX');
    const [once] = vectorize([cumsum(x)], new Map([[x, X]]));
    const [twice] = vectorize([once!], new Map([[X, XX]]));
    expect(nested(twice!, [[XX, [data, data]]])).toEqual([
      data.map((row) => nested(cumsum(x), [[x, row]])),
      data.map((row) => nested(cumsum(x), [[x, row]])),
    ]);
  });

  it('builds one node per node, and none for what does not depend on the batch', () => {
    const aside = exp(w);
    const [y] = vectorize([mul(sin(x), aside)], new Map([[x, X]]));
    const names = topologicalNodes([y!]).map((node) => node.op.name);
    expect(names.toSorted()).toEqual(['exp', 'mul', 'sin']);
    expect(topologicalNodes([y!]).some((node) => node.outputs[0] === aside)).toBe(true);
  });

  it('keeps an empty batch empty', () => {
    const [y] = vectorize([cumsum(x)], new Map([[x, matrix('E')]]));
    const root = topologicalNodes([y!])[0]!.inputs[0]!;
    expect(
      evaluate(y!, [
        [root, { data: new Float64Array(0), shape: [0, 3], stride: [3, 1], offset: 0 }],
      ]).shape[0],
    ).toBe(0);
  });

  it('refuses what is no batch', () => {
    expect(caught(() => vectorize([x], new Map()))).toMatchObject({ code: 'VECTORIZE_NO_BATCH' });
    expect(caught(() => vectorize([x], new Map([[x, 3 as never]])))).toMatchObject({
      code: 'VECTORIZE_NOT_A_VARIABLE',
    });
    for (const wrong of [vector('v'), tensor3('t'), matrix('m', { dtype: 'float32' })]) {
      expect(caught(() => vectorize([x], new Map([[x, wrong]])))).toMatchObject({
        code: 'VECTORIZE_SHAPE',
      });
    }
  });
});

describe('ops without a batching rule', () => {
  /** y = reversed x, as a loop over batches. */
  const reversed = testOp('reversed', {
    infer: ([type]) => [type!],
    eval: ([v]) => [
      slice.op.eval(
        [v!],
        { items: [{ kind: 'range', start: null, stop: null, step: -1 }] },
        [],
      )[0]!,
    ],
    pullback: ([yBar]) => [reversed([yBar!])[0]!],
    pushforward: ([xDot]) => [reversed([xDot!])[0]!],
  });

  it('run element by element', () => {
    expectSameAsEach((v) => reversed([v])[0]!);
  });

  it('differentiate in both modes, and again', () => {
    const [y] = vectorize([reversed([square(x)])[0]!], new Map([[x, X]]));
    const weights = [
      [1, 10, 100],
      [2, 20, 200],
    ];
    const cost = sum(mul(y!, weights));
    const dX = grad(cost, X);
    expect(nested(dX, values)).toEqual([
      [200, 40, 6],
      [200, -40, 16],
    ]);
    expect(nested(pushforward(y!, X, weights), values)).toEqual([
      [600, 40, 2],
      [1600, -40, 2],
    ]);
    expect(nested(grad(sum(mul(dX, weights)), X), values)).toEqual([
      [200, 200, 200],
      [800, 800, 800],
    ]);
  });

  it('sum the terms of inputs that are not batched', () => {
    const product = testOp('product', {
      eval: ([a, b], attrs, types) => mul.op.eval([a!, b!], attrs, types),
      pullback: ([yBar], { inputs: [a, b] }) => [mul(yBar!, b!), mul(yBar!, a!)],
    });
    const [y] = vectorize([product([x, w])[0]!], new Map([[x, X]]));
    expect(nested(grad(sum(y!), w), values)).toEqual([1.5, 1, 7]);
    expect(nested(pushforward(y!, w, [1, 1, 1]), values)).toEqual(data);
  });
});
