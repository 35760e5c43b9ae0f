import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { DTypeError, Tensor, ValueError, tensorFrom } from '@cotangent/tensor';
import { add, div, mul, sub } from '@cotangent/ops';
import {
  ArgumentTypeError,
  constant,
  disconnectedType,
  isVariable,
  matrix,
  notImplemented,
  scalar,
  vector,
  zero,
} from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { MissingInputError, UnusedInputError, compile, shared } from './index.ts';
import { caught } from '../test/caught.ts';

const x = vector('x');
const y = vector('y');

describe('compile', () => {
  it('computes one output as one tensor', () => {
    const f = compile([x, y], add(mul(2, x), y));
    expect(f([1, 2], new Float64Array([10, 20])).toArray()).toEqual([12, 24]);
  });

  it('computes an array of outputs as an array', () => {
    const f = compile([x, y], [add(x, y), sub(x, y)]);
    const [sum, difference] = f([5], [3]);
    expect(sum.toArray()).toEqual([8]);
    expect(difference.toArray()).toEqual([2]);
  });

  it('types arguments and results by inputs and outputs', () => {
    const one = compile([x, y], add(x, y));
    expectTypeOf(one).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(one).parameters.toHaveProperty('length').toEqualTypeOf<2>();
    const two = compile([x], [add(x, x), x]);
    expectTypeOf(two).returns.toEqualTypeOf<readonly [Tensor, Tensor]>();
    const some: readonly Variable[] = [x];
    expectTypeOf(compile([x], some)).returns.toEqualTypeOf<readonly Tensor[]>();
    // @ts-expect-error one argument too few
    expect(() => one([1])).toThrow(ArgumentTypeError);
  });

  it('passes inputs and constants through', () => {
    const f = compile([x], [x, constant([7, 8]), x]);
    expect(f([1, 2]).map((t) => t.toArray())).toEqual([
      [1, 2],
      [7, 8],
      [1, 2],
    ]);
  });

  it('carries its name, inputs and outputs', () => {
    const total = add(x, y);
    const f = compile([x, y], total, { name: 'total' });
    expect(f.name).toBe('total');
    expect(f.inputs).toEqual([x, y]);
    expect(f.outputs).toEqual([total]);
    expect(compile([x], x).name).toBe('compiled');
  });

  it('runs a graph whose sizes are known only at run time', () => {
    const m = matrix('m');
    const f = compile([m, x], mul(m, x));
    expect(f([[1, 2]], [3, 4]).toArray()).toEqual([[3, 8]]);
    expect(f([[1], [2]], [5]).toArray()).toEqual([[5], [10]]);
  });

  it('reports an error of an op with the op, the shapes and the class it had', () => {
    const f = compile([x, y], add(x, y));
    const error = caught(() => f([1, 2, 3], [1, 2]));
    expect(error).toMatchObject({ name: 'ShapeError', code: 'SHAPE_BROADCAST_MISMATCH' });
    expect(error).toMatchObject({ data: { op: 'add', inputShapes: [[3], [2]] } });
  });
});

describe('compile, on what it is asked for', () => {
  it('refuses an output that is not a variable', () => {
    for (const output of [null, undefined, 3, 'x', zero, new Set([x])]) {
      // @ts-expect-error not an output
      expect(caught(() => compile([x], output))).toMatchObject({
        name: 'ArgumentTypeError',
        code: 'COMPILE_NOT_A_VARIABLE',
      });
    }
  });

  it('refuses a derivative that does not exist with the reason', () => {
    const error = caught(() =>
      // @ts-expect-error not a variable
      compile([x], [x, notImplemented('nobody has written it')]),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'COMPILE_NULL_OUTPUT' });
    expect(error).toMatchObject({ data: { whyNull: 'nobody has written it', role: 'output 1' } });
    expect(String(error)).toContain('nobody has written it');
  });

  it('refuses a disconnected derivative as a missing input', () => {
    // @ts-expect-error not a variable
    const error = caught(() => compile([x], disconnectedType.variable()));
    expect(error).toBeInstanceOf(MissingInputError);
    expect(error).toMatchObject({ code: 'COMPILE_DISCONNECTED_OUTPUT' });
  });

  it('refuses inputs that are not inputs', () => {
    for (const input of [add(x, 1), constant(1), 3, undefined, 'x']) {
      // @ts-expect-error not an input
      expect(caught(() => compile([x, input], x))).toMatchObject({
        name: 'ArgumentTypeError',
        code: 'COMPILE_NOT_AN_INPUT',
        data: { position: 1 },
      });
    }
    // @ts-expect-error not an array
    expect(caught(() => compile(x, x))).toMatchObject({ code: 'COMPILE_INPUT_LIST' });
    expect(caught(() => compile([shared(1)], x))).toMatchObject({ code: 'COMPILE_SHARED_INPUT' });
  });

  it('refuses an input that is listed twice', () => {
    expect(caught(() => compile([x, y, x], add(x, y)))).toMatchObject({
      name: 'ValueError',
      code: 'COMPILE_DUPLICATE_INPUT',
      data: { positions: [0, 2] },
    });
  });

  it('names a missing input and the output that needs it', () => {
    const error = caught(() => compile([x], [x, add(x, y)]));
    expect(error).toBeInstanceOf(MissingInputError);
    expect(error).toMatchObject({
      name: 'MissingInputError',
      code: 'COMPILE_MISSING_INPUT',
      inputs: [y],
    });
    expect(error).toMatchObject({ data: { position: 1 } });
    expect(String(error)).toMatch(/output 1 .*y: float64\[\?\]/);
  });

  it('names the update that needs a missing input', () => {
    const w = shared([1]);
    const error = caught(() => compile([], [], { updates: [[w, y]] }));
    expect(error).toMatchObject({ code: 'COMPILE_MISSING_INPUT' });
    expect(String(error)).toContain('update 0');
  });

  it('refuses an unused input unless told otherwise', () => {
    const error = caught(() => compile([x, y], x));
    expect(error).toBeInstanceOf(UnusedInputError);
    expect(error).toMatchObject({
      name: 'UnusedInputError',
      code: 'COMPILE_UNUSED_INPUT',
      input: y,
      data: { position: 1 },
    });
    expect(compile([x, y], x, { onUnusedInput: 'ignore' })([1], [2]).toArray()).toEqual([1]);
    const warnings: unknown[] = [];
    compile([x, y], x, {
      onUnusedInput: 'warn',
      onWarning: (code, _, variable) => warnings.push([code, variable]),
    });
    expect(warnings).toEqual([['COMPILE_UNUSED_INPUT', y]]);
  });

  it('counts an input as used whose value a rewrite makes unnecessary', () => {
    const s = scalar('s');
    const size = vector('v', { shape: [3] });
    const f = compile([s, size], mul(s, size));
    expect(f(2, [1, 2, 3]).toArray()).toEqual([2, 4, 6]);
  });

  it('refuses to do nothing', () => {
    expect(caught(() => compile([], []))).toMatchObject({ code: 'COMPILE_NOTHING' });
  });
});

describe('the options of compile', () => {
  it('refuse unknown names', () => {
    // @ts-expect-error not an option
    const error = caught(() => compile([x], x, { mdoe: 'fast' }));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'COMPILE_UNKNOWN_OPTION', data: { option: 'mdoe' } });
    // @ts-expect-error a name that objects inherit
    expect(caught(() => compile([x], x, { toString: 1 }))).toMatchObject({
      code: 'COMPILE_UNKNOWN_OPTION',
    });
  });

  it('refuse values that are not allowed, also where they would not matter', () => {
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { mode: 'slow' },
      { onUnusedInput: 'throw' },
      { rewrites: true },
      { borrow: 1 },
      { name: 3 },
      { backend: { name: 'none' } },
      { backend: null },
      { givens: 5 },
      { givens: 'xy' },
      { updates: {} },
      { onWarning: 'console' },
    ];
    for (const options of wrong) {
      expect(caught(() => compile([x], x, options))).toMatchObject({
        name: 'ValueError',
        code: 'COMPILE_INVALID_OPTION',
        data: { option: Object.keys(options)[0] },
      });
    }
    // @ts-expect-error not options
    expect(caught(() => compile([x], x, 'fast'))).toMatchObject({ code: 'COMPILE_OPTIONS_TYPE' });
  });

  it('may be undefined', () => {
    const f = compile([x], x, { mode: undefined, backend: undefined, updates: undefined });
    expect(f([1]).toArray()).toEqual([1]);
  });

  it('choose the backend of mode fast', () => {
    const ran: string[] = [];
    const backend = {
      name: 'doubling',
      prepare: () => ({
        run: (inputs: readonly Tensor[]) => {
          ran.push('run');
          return inputs.map((value) => tensorFrom([value.get(0) * 2]));
        },
      }),
    };
    expect(compile([x], x, { backend })([4]).toArray()).toEqual([8]);
    expect(compile([x], x, { backend, mode: 'reference' })([4]).toArray()).toEqual([4]);
    expect(ran).toEqual(['run']);
  });
});

describe('explain', () => {
  it('says what was asked for, which rewrites fired, and what runs', () => {
    const u = vector('u', { shape: [2] });
    const twice = add(mul(u, u), mul(u, u));
    const f = compile([u], div(twice, add(constant(1), constant(2))), { name: 'f' });
    expect(f.explain()).toBe(`f: mode fast on backend reference
1 input, 1 output, 0 updates, 0 shared variables read
rewrites: 5 → 3 nodes
  times-itself (exact): 2 mul
  fold-constants (exact): 1 add
  merge-equal (exact): 1 merged
schedule:
(u: float64[2]) =>
  %0 = square(u) : float64[2]
  %1 = add(%0, %0) : float64[2]
  %2 = div(%1, 3) : float64[2]
  return %2`);
  });

  it('shows the graph as it was built without rewrites', () => {
    const f = compile([x], add(mul(x, x), mul(x, x)), { rewrites: 'none', mode: 'reference' });
    expect(f.explain()).toContain('compiled: mode reference\n');
    expect(f.explain()).toContain('rewrites: 3 → 3 nodes\nschedule');
    expect(f.program.nodes.every(({ outputs }) => outputs.length === 1)).toBe(true);
    expect(f.outputs.every(isVariable)).toBe(true);
  });
});
