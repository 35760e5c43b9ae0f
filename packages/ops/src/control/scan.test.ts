import { describe, expect, it } from '@jest/globals';
import {
  Input,
  InnerGraph,
  constant,
  fromJSON,
  matrix,
  printExpression,
  scalar,
  structurallyEqual,
  tensor,
  toJSON,
  vector,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { add, mul, sub } from '../elementwise/arithmetic.ts';
import { gt, lt } from '../elementwise/comparison.ts';
import { maximum } from '../elementwise/selection.ts';
import { matmul } from '../linear/matmul.ts';
import { sum } from '../reduce/sum.ts';
import { standardOps } from '../records.ts';
import { slice } from '../shape/slice.ts';
import { foldl, foldr, map, reduce } from './fold.ts';
import { scan, until } from './scan.ts';
import { whileLoop } from './while-loop.ts';

const value = (x: Variable | undefined, ...givens: readonly (readonly [Input, unknown])[]) =>
  evaluate(
    x!,
    new Map(givens.map(([input, v]) => [input, tensorFrom(v as number[], { dtype: input.dtype })])),
  ).toArray();
const code = (name: string) => expect.objectContaining({ code: name });
const xs = vector('xs');

describe('scan', () => {
  it('collects a state, without the initial one', () => {
    const [s] = scan((x, s) => [add(mul(2, s!), x!)], { sequences: [[1, 2, 3]], initial: [10] });
    expect(value(s)).toEqual([21, 44, 91]);
  });

  it('gives states first and further outputs behind them', () => {
    const [s, d] = scan((x, s) => [add(s!, x!), sub(x!, s!)], {
      sequences: [[1, 2, 3]],
      initial: [0],
    });
    expect([value(s), value(d)]).toEqual([
      [1, 3, 6],
      [1, 1, 0],
    ]);
  });

  it('takes elements of several sequences, states and non-sequences in this order', () => {
    const [s] = scan((x, y, s, c) => [add(add(mul(x!, 1000), mul(y!, 100)), add(mul(s!, 0), c!))], {
      sequences: [
        [1, 2],
        [3, 4],
      ],
      initial: [5],
      nonSequences: [7],
    });
    expect(value(s)).toEqual([1307, 2407]);
  });

  it('counts steps by nSteps, which may be a variable and shortens sequences', () => {
    const n = scalar('n', { dtype: 'int32' });
    const powers = scan((s) => mul(2, s!), { initial: [1], nSteps: n })[0];
    expect(value(powers, [n, 4])).toEqual([2, 4, 8, 16]);
    const [y] = scan((x) => x!, { sequences: [[1, 2, 3]], nSteps: 2 });
    expect(value(y)).toEqual([1, 2]);
  });

  it('goes backwards: results stand in the order in which they were computed', () => {
    const [y] = scan((x, s) => add(mul(10, s!), x!), {
      sequences: [[1, 2, 3]],
      initial: [0],
      goBackwards: true,
    });
    expect(value(y)).toEqual([3, 32, 321]);
  });

  it('reads states at several taps', () => {
    const [fibonacci] = scan((a, b) => [add(a!, b!)], {
      initial: [{ value: [1, 1], taps: [-2, -1] }],
      nSteps: 6,
    });
    expect(value(fibonacci)).toEqual([2, 3, 5, 8, 13, 21]);
    const [skipping] = scan((a) => [add(a!, 1)], {
      initial: [{ value: [0, 10, 20], taps: [-3] }],
      nSteps: 5,
    });
    expect(value(skipping)).toEqual([1, 11, 21, 2, 12]);
  });

  it('reads sequences at several taps', () => {
    const [y] = scan((before, after) => [sub(after!, before!)], {
      sequences: [{ value: xs, taps: [-1, 1] }],
    });
    expect(value(y, [xs, [1, 4, 9, 16, 25]])).toEqual([8, 12, 16]);
  });

  it('stops after the step at which the condition holds', () => {
    const [s, t] = scan((s) => [mul(2, s!), s!, until(gt(s!, 10))], { initial: [1], nSteps: 50 });
    expect([value(s), value(t)]).toEqual([
      [2, 4, 8, 16, 32],
      [1, 2, 4, 8, 16],
    ]);
    const [never] = scan((x) => [x!, until(lt(x!, 0))], { sequences: [[1, 2]] });
    expect(value(never)).toEqual([1, 2]);
  });

  it('keeps the last states only, if asked to', () => {
    const [a, b] = scan((a, b, c) => [add(a!, b!), mul(2, c!)], {
      initial: [{ value: [1, 1], taps: [-2, -1] }, 3],
      nSteps: 4,
      keep: 'last',
    });
    expect([value(a), value(b)]).toEqual([8, 48]);
    const [stopped] = scan((s) => [mul(2, s!), until(gt(s!, 10))], {
      initial: [1],
      nSteps: 50,
      keep: 'last',
    });
    expect(value(stopped)).toBe(32);
    const [none] = scan((s) => mul(2, s!), { initial: [5], nSteps: 0, keep: 'last' });
    expect(value(none)).toBe(5);
  });

  it('captures variables around the step, and what is not touched by it', () => {
    const w = vector('w');
    const doubled = mul(2, w);
    const [y] = scan((x) => [add(x!, sum(doubled)), doubled], { sequences: [[1, 2]] });
    expect(value(y, [w, [1, 2]])).toEqual([7, 8]);
    if (y?.kind !== 'result') throw new Error('not a result');
    expect(y.owner.inputs).toContain(doubled);
  });

  it('gives a literal the dtype that the step makes of it, and other states keep theirs', () => {
    const x = vector('x', { dtype: 'float32' });
    const [s, n] = scan((x, s, n) => [add(s!, x!), add(n!, 1)], {
      sequences: [x],
      initial: [0, constant(0, { dtype: 'int32' })],
    });
    expect([s!.dtype, n!.dtype]).toEqual(['float32', 'int32']);
    expect(value(n, [x, [1, 1]])).toEqual([1, 2]);
  });

  it('takes no step over empty sequences and still knows the shapes', () => {
    const rows = tensor('rows', { shape: [null, null] });
    const [s, y] = scan((r, s) => [add(s!, sum(r!)), mul(2, r!)], {
      sequences: [rows],
      initial: [1],
    });
    const empty = tensorFrom(new Float64Array(0), { shape: [0, 3] });
    expect(evaluate(s!, new Map([[rows, empty]])).shape).toEqual([0]);
    expect(evaluate(y!, new Map([[rows, empty]])).shape).toEqual([0, 3]);
  });

  it('infers shapes: the length, and sizes of a state from either side', () => {
    const m = matrix('m', { shape: [5, 3] });
    const s0 = vector('s0');
    const [s] = scan((r, s) => [add(mul(0, s!), r!)], { sequences: [m], initial: [s0] });
    expect(s!.shape).toEqual([5, 3]);
  });

  it('nests', () => {
    const m = matrix('m');
    const [sums] = scan((row) => [foldl((x, s) => add(s!, x!), row!, 0)], { sequences: [m] });
    expect(
      value(sums, [
        m,
        [
          [1, 2],
          [3, 4],
        ],
      ]),
    ).toEqual([3, 7]);
  });

  it('is one expression when built twice, is printed with its step, and can be saved', () => {
    const build = () =>
      scan((x, s) => [add(mul(2, s!), x!)], { sequences: [xs], initial: [0] })[0]!;
    const [a, b] = [build(), build()];
    expect(structurallyEqual([a], [b])).toBe(true);
    const text = printExpression(a);
    expect(text).toContain('step: (xs: float64[], in0: float64[]) =>\n      %0 = mul(2, in0)');
    const loaded = fromJSON(JSON.parse(JSON.stringify(toJSON([a]))), standardOps);
    expect(printExpression(loaded.outputs)).toBe(text);
    expect(value(loaded.outputs[0], [loaded.inputs[0]!, [1, 2]])).toEqual([1, 4]);
  });

  it('refuses what does not fit, by name', () => {
    const s0 = vector('s0', { shape: [2] });
    const one = (s: Variable | undefined) => [s!];
    const cases: readonly (readonly [string, () => unknown])[] = [
      ['OP_SCAN_STEPS', () => scan(one, { initial: [1] })],
      ['OP_SCAN_STEPS', () => scan(one, { initial: [1], nSteps: -1 })],
      ['OP_SCAN_STEPS', () => scan(one, { initial: [1], nSteps: scalar('n') })],
      ['OP_SCAN_STEP', () => scan(3 as unknown as typeof one, { nSteps: 1 })],
      ['OP_SCAN_LIST', () => scan(one, { initial: 1 as unknown as number[], nSteps: 1 })],
      ['OP_SCAN_RESULTS', () => scan(() => [], { initial: [1], nSteps: 2 })],
      ['GRAPH_NOT_A_VARIABLE', () => scan(() => [3 as never], { initial: [1], nSteps: 2 })],
      [
        'OP_SCAN_LENGTHS',
        () =>
          scan((x) => x!, {
            sequences: [
              [1, 2],
              [1, 2, 3],
            ],
          }),
      ],
      ['OP_SCAN_LENGTHS', () => scan((x) => x!, { sequences: [[1, 2]], nSteps: 3 })],
      ['OP_SCAN_SEQUENCE', () => scan((x) => x!, { sequences: [1] })],
      [
        'OP_SCAN_STATE_SHAPE',
        () => scan((s) => [sum(s!, { axis: 0, keepDims: true })], { initial: [s0], nSteps: 2 }),
      ],
      [
        'OP_SCAN_STATE_SHAPE',
        () => scan((x, s) => [add(s!, x!)], { sequences: [[[1, 2]]], initial: [0] }),
      ],
      [
        'OP_SCAN_STATE_DTYPE',
        () =>
          scan((s) => [mul(s!, 0.5)], { initial: [constant(1, { dtype: 'int32' })], nSteps: 2 }),
      ],
      ['OP_SCAN_TAPS', () => scan(one, { initial: [{ value: [1], taps: [0] }], nSteps: 2 })],
      ['OP_SCAN_TAPS', () => scan((x) => x!, { sequences: [{ value: xs, taps: [] }] })],
      ['OP_SCAN_INITIAL', () => scan(one, { initial: [{ value: [1], taps: [-2] }], nSteps: 2 })],
      ['OP_SCAN_CONDITION', () => until(vector('c', { dtype: 'bool' }))],
      ['OP_SCAN_OPTION', () => scan(one, { initial: [1], nSteps: 2, keep: 'first' as 'last' })],
      ['OP_SCAN_RESULTS', () => scan((s) => [s!, s!], { initial: [1], nSteps: 2, keep: 'last' })],
      ['OP_SCAN_OPTION', () => scan(one, { initial: [1], nSteps: 2, truncateGradient: 0 })],
      ['OP_SCAN_OPTION', () => scan(one, { initial: [1], nSteps: 2, checkpoint: 0 })],
      [
        'OP_SCAN_OPTION',
        () => scan((s) => [s!, until(gt(s!, 1))], { initial: [1], nSteps: 2, checkpoint: 'sqrt' }),
      ],
    ];
    for (const [name, run] of cases) expect(run).toThrow(code(name));
  });

  it('refuses at run time what could not be known before', () => {
    const ys = vector('ys');
    const [both] = scan((x, y) => [add(x!, y!)], { sequences: [xs, ys] });
    expect(() => value(both, [xs, [1, 2]], [ys, [1]])).toThrow(code('OP_SCAN_LENGTHS'));
    const m = matrix('m');
    const [s] = scan((r, s) => [add(s!, r!)], { sequences: [m], initial: [vector('s0')] });
    if (s?.kind !== 'result') throw new Error('not a result');
    const s0 = s.owner.inputs.find((x): x is Input => x.kind === 'input' && x.name === 's0')!;
    expect(() => value(s, [m, [[1, 2]]], [s0, [1]])).toThrow(code('OP_SCAN_STATE_SHAPE'));
    const i = vector('i', { dtype: 'int32' });
    const [parts] = scan((k) => [slice(xs, [{ stop: k! }])], { sequences: [i] });
    expect(() => value(parts, [xs, [1, 2, 3]], [i, [1, 2]])).toThrow(code('OP_SCAN_OUTPUT_SHAPE'));
  });

  it('refuses a saved step that does not fit', () => {
    const x = scalar('x');
    const step = new InnerGraph([x], [x]);
    const make = () => scan.op.infer([], { step, sequences: 2, states: 0 } as object, []);
    expect(make).toThrow(code('OP_SCAN_STEP'));
  });
});

describe('the same in parts', () => {
  const run = (options: object) => {
    const [s, y] = scan((x, s) => [add(mul(0.5, s!), x!), mul(x!, s!)], {
      sequences: [xs],
      initial: [1],
      ...options,
    });
    return [7, 1, 0].map((n) => {
      const values = Array.from({ length: n }, (_, k) => k - 2.5);
      const given = tensorFrom(Float64Array.from(values));
      return [s!, y!].map((v) => evaluate(v, new Map([[xs, given]])).toArray());
    });
  };

  it.each([1, 2, 3, 7, 10, 'sqrt'] as const)('has the same values with checkpoint %s', (k) => {
    expect(run({ checkpoint: k })).toEqual(run({}));
  });

  it('has the same values with truncateGradient, also together with checkpoint', () => {
    expect(run({ truncateGradient: 3 })).toEqual(run({}));
    expect(run({ truncateGradient: 3, checkpoint: 2 })).toEqual(run({}));
  });
});

describe('map, reduce, foldl, foldr', () => {
  it('maps one sequence or several, to one result or several', () => {
    expect(
      value(
        map((x) => mul(x!, x!), xs),
        [xs, [1, 2, 3]],
      ),
    ).toEqual([1, 4, 9]);
    const [a, b] = map(
      (x, y, c) => [add(x!, y!), mul(y!, c!)] as const,
      [
        [1, 2],
        [3, 4],
      ],
      [10],
    );
    expect([value(a), value(b)]).toEqual([
      [4, 6],
      [30, 40],
    ]);
  });

  it('folds from the left and from the right, to the initial value if there is nothing', () => {
    const digits = (x?: Variable, s?: Variable) => add(mul(s!, 10), x!);
    expect(value(foldl(digits, [[1, 2, 3]], 0))).toBe(123);
    expect(value(foldr(digits, [[1, 2, 3]], 0))).toBe(321);
    expect(value(reduce((x, s) => maximum(x!, s!), [[3, 9, 4]], -Infinity))).toBe(9);
    expect(value(foldl(digits, xs, 5), [xs, []])).toBe(5);
  });

  it('refuses a function that returns several values', () => {
    const wrong = ((x: Variable) => [x, x]) as unknown as (x?: Variable) => Variable;
    expect(() => foldl(wrong, xs, 0)).toThrow(code('GRAPH_NOT_A_VARIABLE'));
  });
});

describe('whileLoop', () => {
  const x = scalar('x');

  it('repeats while the condition holds, zero times if it never does', () => {
    const doubled = whileLoop(
      (s) => lt(s!, 100),
      (s) => mul(2, s!),
      x,
    );
    expect([3, 200].map((at) => value(doubled, [x, at]))).toEqual([192, 200]);
  });

  it('carries several states and stops at maxSteps', () => {
    const [s, n] = whileLoop(
      (s) => lt(s!, 100),
      (s, n) => [mul(2, s!), add(n!, 1)],
      [x, 0],
      {
        maxSteps: 4,
      },
    );
    expect([value(s, [x, 1]), value(n, [x, 1])]).toEqual([16, 4]);
    expect([value(s, [x, 90]), value(n, [x, 90])]).toEqual([180, 1]);
  });

  it('works on matrices, with variables around it', () => {
    const m = matrix('m', { shape: [2, 2] });
    const power = whileLoop(
      (p) => lt(sum(p!), 50),
      (p) => matmul(p!, m),
      m,
    );
    expect(
      value(power, [
        m,
        [
          [1, 1],
          [1, 0],
        ],
      ]),
    ).toEqual([
      [21, 13],
      [13, 8],
    ]); // Fibonacci
  });

  it('refuses a wrong condition, a wrong number of states and a wrong bound', () => {
    const wrong = (condition: unknown) => () =>
      whileLoop(condition as () => Variable, (s) => mul(2, s!), x);
    expect(wrong(() => vector('b', { dtype: 'bool' }))).toThrow(code('OP_SCAN_CONDITION'));
    expect(wrong(() => true)).toThrow(code('GRAPH_NOT_A_VARIABLE'));
    expect(() =>
      whileLoop(
        (s) => lt(s!, 1),
        () => [],
        x,
      ),
    ).toThrow(code('OP_SCAN_RESULTS'));
    expect(() =>
      whileLoop(
        (s) => lt(s!, 1),
        (s) => s!,
        x,
        { maxSteps: -1 },
      ),
    ).toThrow(code('OP_SCAN_STEPS'));
  });
});
