import { describe, expect, it } from '@jest/globals';
import {
  Rop,
  abs,
  add,
  assertGradcheck,
  cast,
  compile,
  constant,
  div,
  foldl,
  foldr,
  grad,
  gt,
  hessian,
  ifElse,
  isNull,
  jacobian,
  log,
  lt,
  map,
  matmul,
  matrix,
  mul,
  pushforward,
  scalar,
  scan,
  sin,
  slice,
  square,
  sub,
  sum,
  tanh,
  tensor3,
  undefinedGrad,
  until,
  vector,
  vectorize,
  whileLoop,
} from 'cotangent';
import type { LoopOptions, Variable } from 'cotangent';
import { expectClose, flat, randomFrom, uniform, valuesOf } from './acceptance/run.ts';

type Graph = (...xs: readonly Variable[]) => readonly Variable[];

const cell = (x: Variable, s: Variable, w: Variable): Variable =>
  tanh(add(matmul(s, w), mul(x, s)));

/** A loop with sequence, state, captured weights and a second output, under some options. */
const recurrent =
  (options: LoopOptions): Graph =>
  (xs, s0, w) =>
    scan((x, s) => [cell(x!, s!, w!), mul(sum(s!), x!)], {
      sequences: [xs!],
      initial: [s0!],
      ...options,
    });

const point = [
  [
    [0.5, -0.3],
    [0.2, 0.9],
    [-0.4, 0.1],
    [0.7, 0.6],
    [0.3, -0.8],
  ],
  [0.4, -0.6],
  [
    [0.8, -0.2],
    [0.3, 0.5],
  ],
];

describe('derivatives of scan', () => {
  const cases: readonly (readonly [string, Graph, readonly (readonly unknown[])[]])[] = [
    ['a recurrence', recurrent({}), [point]],
    ['goBackwards', recurrent({ goBackwards: true }), [point]],
    ['nSteps', recurrent({ nSteps: 3 }), [point]],
    ['checkpoint sqrt', recurrent({ checkpoint: 'sqrt' }), [point]],
    ['checkpoint 2', recurrent({ checkpoint: 2 }), [point]],
    ['one step', recurrent({ nSteps: 1 }), [point]],
    [
      'taps',
      (xs, s0) =>
        scan((before, now, old, last) => [add(mul(before!, sin(old!)), mul(now!, last!))], {
          sequences: [{ value: xs!, taps: [-1, 0] }],
          initial: [{ value: s0!, taps: [-3, -1] }],
        }),
      [
        [
          [0.5, -0.3, 0.9, 1.2],
          [0.4, -0.6, 0.7],
        ],
      ],
    ],
    [
      'two states that feed each other',
      (p, q) => scan((a, b) => [mul(a!, b!), add(a!, sin(b!))], { initial: [p!, q!], nSteps: 4 }),
      [[0.9, 0.4]],
    ],
    [
      'an early stop',
      (s0, c) =>
        scan((s) => [mul(c!, s!), square(s!), until(gt(s!, 3))], { initial: [s0!], nSteps: 20 }),
      [[0.7, 1.6]],
    ],
    ['map', (xs, c) => [map((x) => mul(sin(x!), c!), xs!)], [[[0.5, 1, -2], 0.3]]],
    [
      'foldl and foldr',
      (xs, c) => [
        foldl((x, s) => add(mul(s!, c!), x!), xs!, 0),
        foldr((x, s) => sin(add(mul(s!, c!), x!)), xs!, 0.2),
      ],
      [[[0.5, 1, -2], 0.3]],
    ],
    [
      'a loop in a loop',
      (m, c) => [
        foldl(
          (row, s) =>
            add(
              s!,
              foldl((x, t) => sin(add(mul(t!, c!), x!)), row!, s!),
            ),
          m!,
          0.1,
        ),
      ],
      [
        [
          [
            [0.5, 1],
            [-0.3, 0.8],
          ],
          0.7,
        ],
      ],
    ],
    ['a while loop, bounded', (a) => [newton(a!, { maxSteps: 30 })], [[2], [5]]],
    ['a while loop without a bound', (a) => [newton(a!)], [[2]]],
  ];

  it.each(cases)('are right in both modes and to second order: %s', (_, fn, points) => {
    expect(
      assertGradcheck(fn, points.map((inputs) => ({ inputs })) as never, { order: 2 }).verdict,
    ).toBe('pass');
  });

  it('are right in float32', () => {
    const [xs, s0, w] = [
      matrix('xs', { dtype: 'float32' }),
      vector('s0', { dtype: 'float32' }),
      matrix('w', { dtype: 'float32' }),
    ];
    const [s] = recurrent({})(xs, s0, w);
    const gradients = grad(sum(square(s!)), [xs, s0, w]);
    expect(gradients.map(({ dtype }) => dtype)).toEqual(['float32', 'float32', 'float32']);
    const wide = [matrix('xs'), vector('s0'), matrix('w')] as const;
    const reference = grad(sum(square(recurrent({})(...wide)[0]!)), wide);
    const at = (inputs: typeof wide) => inputs.map((x, k) => [x, point[k]] as const) as never;
    expectClose(valuesOf(gradients, at([xs, s0, w])), valuesOf(reference, at(wide)), 1e-5, 1e-6);
  });
});

function newton(a: Variable, options: { readonly maxSteps?: number } = {}): Variable {
  const error = (x: Variable): Variable => abs(sub(mul(x, x), a));
  return whileLoop(
    (x) => gt(error(x!), 1e-14),
    (x) => div(add(x!, div(a, x!)), 2),
    1,
    options,
  );
}

describe('truncateGradient', () => {
  it('lets derivatives flow through the last steps only, in both modes', () => {
    const [xs, s0, w] = [vector('xs'), scalar('s0'), scalar('w')];
    const build = (options: LoopOptions) =>
      sum(
        scan((x, s) => tanh(add(mul(w, s!), x!)), {
          sequences: [xs],
          initial: [s0],
          ...options,
        })[0]!,
      );
    const whole = build({});
    const cut = build({ truncateGradient: 2 });
    const givens = [
      [xs, [0.5, -1, 0.3, 0.8, 0.2]],
      [s0, 0.4],
      [w, 0.9],
    ] as const;
    // The same by hand: the state after three steps counts as given.
    const middle = scalar('middle');
    const rest = sum(
      scan((x, s) => tanh(add(mul(w, s!), x!)), {
        sequences: [slice(xs, [{ start: 3 }])],
        initial: [middle],
      })[0]!,
    );
    const [states] = valuesOf(
      [scan((x, s) => tanh(add(mul(w, s!), x!)), { sequences: [xs], initial: [s0] })[0]!],
      givens,
    );
    const byHand = valuesOf(grad(rest, [xs, w]), [...givens, [middle, (states as number[])[2]!]]);
    const found = valuesOf([...grad(cut, [xs, w, s0]), whole, cut], givens);
    expectClose(found.slice(0, 2), byHand, 1e-14);
    expect(found[2]).toBe(0);
    expect(found[4]).toBe(found[3]);
    const direction = [constant([1, 2, 3, 4, 5]), constant(-1), constant(2)];
    const [forward] = valuesOf([pushforward(cut, [xs, s0, w], direction)], givens);
    const wanted = flat(found[0]).reduce((t, g, k) => t + g * (k + 1), 2 * Number(found[1]));
    expectClose(forward, wanted, 1e-13);
  });

  it('changes nothing if there are no more steps than that', () => {
    const [xs, s0] = [vector('xs'), scalar('s0')];
    const build = (options: LoopOptions) =>
      grad(
        sum(scan((x, s) => sin(add(s!, x!)), { sequences: [xs], initial: [s0], ...options })[0]!),
        [xs, s0],
      );
    const givens = [
      [xs, [0.5, -1]],
      [s0, 0.4],
    ] as const;
    expectClose(
      valuesOf(build({ truncateGradient: 5 }), givens),
      valuesOf(build({}), givens),
      1e-14,
    );
  });
});

describe('memory of the reverse mode of scan', () => {
  /** The most that is kept for the way back: what loops stack, an inner loop beside the one around it. */
  const stored = (options: LoopOptions, steps: number): number => {
    const [xs, s0] = [vector('xs', { shape: [steps] }), scalar('s0')];
    const [last] = scan((x, s) => sin(add(mul(s!, s!), x!)), {
      sequences: [xs],
      initial: [s0],
      keep: 'last',
      ...options,
    });
    const f = compile([xs, s0], [last!, grad(last!, s0)]);
    return stackedIn(f.program.nodes.map(({ apply }) => apply));
  };

  it('grows with the number of steps, with its root, or as asked', () => {
    const all = [400, 1600].map((steps) => stored({}, steps));
    const root = [400, 1600].map((steps) => stored({ checkpoint: 'sqrt' }, steps));
    expect(all[1]! / all[0]!).toBe(4);
    expect(root[1]! / root[0]!).toBe(2);
    expect(all[0]).toBeGreaterThanOrEqual(400);
    expect(root[1]).toBeLessThan(8 * 40);
    expect(stored({ checkpoint: 100 }, 1600)).toBeLessThan(8 * 116);
  });
});

/** Elements of the stacks of loops: those of inner loops live only while one step of the outer one runs. */
function stackedIn(
  nodes: readonly {
    readonly op: { readonly name: string };
    readonly attrs: object;
    readonly outputs: readonly Variable[];
  }[],
): number {
  const own = nodes
    .filter(({ op }) => op.name === 'scan')
    .map(({ attrs, outputs }) => {
      const { step, states } = attrs as {
        readonly step: { readonly outputs: readonly Variable[] };
        readonly states: number;
      };
      const stacks = outputs
        .slice(states)
        .reduce((n, y) => n + y.shape.reduce<number>((m, k) => m * (k ?? 1), 1), 0);
      const inner = nodesOf(step.outputs);
      return { stacks, inner: inner.length === 0 ? 0 : stackedIn(inner) };
    });
  return (
    own.reduce((n, { stacks }) => n + stacks, 0) + Math.max(0, ...own.map(({ inner }) => inner))
  );
}

function nodesOf(outputs: readonly Variable[]) {
  return outputs
    .flatMap((y) => (y.kind === 'result' ? [y.owner] : []))
    .flatMap((node) => [node, ...deeper(node.inputs)]);
}

function deeper(inputs: readonly Variable[]): readonly import('cotangent').Apply[] {
  return inputs.flatMap((x) => (x.kind === 'result' ? [x.owner, ...deeper(x.owner.inputs)] : []));
}

describe('what has no derivative inside a loop', () => {
  it('spoils only what it reaches', () => {
    const [a, b, c] = [scalar('a'), scalar('b'), scalar('c')];
    const [p, q] = scan((p, q) => [add(undefinedGrad(mul(p!, a)), q!), mul(q!, c)], {
      initial: [1, b],
      nSteps: 3,
    });
    expect(isNull(grad(sum(p!), a, { nullGradients: 'return' }))).toBe(true);
    expect(isNull(grad(sum(q!), c, { nullGradients: 'return' }))).toBe(false);
    expect(
      valuesOf(
        [grad(sum(q!), b)],
        [
          [b, 2],
          [c, 0.5],
        ],
      ),
    ).toEqual([0.875]);
    const dots = { nullGradients: 'return' } as const;
    expect(isNull(pushforward(sum(p!), a, 1, dots as never))).toBe(true);
  });

  it('is zero through integers', () => {
    const [x, n] = [scalar('x'), constant(0, { dtype: 'int32' })];
    const [count, s] = scan((k, s) => [add(k!, cast(s!, 'int32')), mul(s!, x)], {
      initial: [n, 3],
      nSteps: 2,
    });
    const cost = add(sum(mul(count!, 1.5)), sum(s!));
    expect(valuesOf([grad(cost, x)], [[x, 2]])).toEqual([3 + 2 * 3 * 2]);
  });
});

describe('vectorize of a loop', () => {
  it('is one loop over batches, with the values of the loops one by one', () => {
    const [xs, s0, w] = [
      matrix('xs', { shape: [3, 2] }),
      vector('s0', { shape: [2] }),
      matrix('w', { shape: [2, 2] }),
    ];
    const outputs = recurrent({})(xs, s0, w);
    const X = tensor3('X', { shape: [4, 3, 2] });
    const batched = vectorize(outputs, new Map([[xs, X]]));
    const random = randomFrom(3);
    const values = uniform([4, 3, 2], random) as number[][][];
    const [s, m] = [uniform([2], random), uniform([2, 2], random)];
    const f = compile([X, s0, w], batched);
    const whole = f(values, s, m).map((y) => y.toArray() as unknown[]);
    const g = compile([xs, s0, w], outputs);
    values.forEach((value, k) => {
      expectClose(
        whole.map((y) => y[k]),
        g(value, s, m).map((y) => y.toArray()),
        1e-14,
      );
    });
    expect(f.program.nodes.map(({ apply }) => apply.op.name)).not.toContain('each(scan)');
  });

  it('gives Jacobians', () => {
    const s0 = vector('s0', { shape: [2] });
    const [s] = scan((s) => [mul(s!, add(1, sum(s!)))], { initial: [s0], nSteps: 3 });
    const last = slice(s!, [-1]);
    const rows = [0, 1].map((k) => grad(slice(last, [k]), s0));
    const [J, ...each] = valuesOf([jacobian(last, s0), ...rows], [[s0, [0.3, -0.2]]]);
    expectClose(J, each, 1e-13);
  });
});

describe('derivatives of ifElse', () => {
  const branches: Graph = (x, y) => [
    ifElse(
      gt(sum(x!), 0),
      () => sum(mul(x!, y!)),
      () => sum(sin(y!)),
    ),
  ];

  it('are right in both modes and to second order, in both branches', () => {
    const points = [
      [
        [0.5, 1],
        [2, -1],
      ],
      [
        [-0.5, -1],
        [2, -1],
      ],
    ];
    expect(
      assertGradcheck(branches, points.map((inputs) => ({ inputs })) as never, { order: 2 })
        .verdict,
    ).toBe('pass');
  });

  it('evaluate the branch that is taken only', () => {
    const x = scalar('x');
    const y = ifElse(
      gt(x, 0),
      () => log(x),
      () => mul(x, x),
    );
    const f = compile([x], [grad(y, x), Rop(y, x, 1), hessian(y, x)]);
    expect(f(2).map((v) => v.item())).toEqual([0.5, 0.5, -0.25]);
    expect(f(-2).map((v) => v.item())).toEqual([-4, -4, 2]);
    const names = f.program.nodes.map(({ apply }) => apply.op.name);
    expect(names).not.toContain('div');
  });

  it('flow to a variable between, which stays outside', () => {
    const x = scalar('x');
    const h = mul(3, x);
    const y = ifElse(lt(x, 1), mul(h, h), h);
    const f = compile([x], [grad(y, h), grad(y, x)]);
    expect(f(0.5).map((v) => v.item())).toEqual([3, 9]);
    expect(f(2).map((v) => v.item())).toEqual([1, 3]);
  });

  it('work inside loops', () => {
    const x = scalar('x');
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
    expectClose(valuesOf([s!, grad(sum(s!), x)], [[x, 2]]), [0.8, 1.6, 0.8, 1.6, 0.8, 6.4], 1e-14);
  });
});

describe('a long loop', () => {
  it('is differentiated in linear time', () => {
    const [a, s0] = [scalar('a'), scalar('s0')];
    const [s] = scan((s) => sin(mul(a, s!)), { initial: [s0], nSteps: 100_000 });
    const f = compile([a, s0], grad(slice(s!, [-1]), s0));
    expect(Number.isFinite(f(0.99, 0.5).item())).toBe(true);
  });
});
