import { describe, expect, it } from '@jest/globals';
import {
  constant,
  disconnected,
  isNull,
  matrix,
  scalar,
  undefinedAt,
  vector,
} from '@cotangent/graph';
import type { Absence, Variable } from '@cotangent/graph';
import { add, cast, exp, log, mul, shapeAt, sin, square, sum } from '@cotangent/ops';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { nested } from '../test/evaluate.ts';
import { breakOp } from '../test/ops.ts';
import type { WarningCode } from './call.ts';
import { DisconnectedInputError, NullTypeGradError, grad } from './index.ts';
import type { GradOptions } from './index.ts';

const [x, y] = [scalar('x'), scalar('y')];
const given = [
  [x, 3],
  [y, 5],
] as const;

describe('grad', () => {
  it('takes the form of wrt', () => {
    const cost = mul(x, y);
    expect(nested(grad(cost, x), given)).toBe(5);
    expect(grad(cost, [x])).toHaveLength(1);
    expect(grad(cost, [])).toEqual([]);
    expectTypeOf(grad(cost, x)).toEqualTypeOf<Variable>();
    expectTypeOf(grad(cost, [x, y])).toEqualTypeOf<readonly [Variable, Variable]>();
    const many: readonly Variable[] = [x, y];
    expectTypeOf(grad(cost, many)).toEqualTypeOf<readonly Variable[]>();
    const either = x as Variable | readonly Variable[];
    expectTypeOf(grad(cost, either)).toEqualTypeOf<Variable | readonly Variable[]>();
  });

  it('has absences in its type only where the options allow them', () => {
    const cost = mul(x, y);
    const ignore = { disconnectedInputs: 'ignore' } as const;
    expectTypeOf(grad(cost, x, ignore)).toEqualTypeOf<Variable>();
    const none = grad(cost, x, { ...ignore, returnDisconnected: 'none' });
    expectTypeOf(none).toEqualTypeOf<Variable | null>();
    const standIn = grad(cost, x, { ...ignore, returnDisconnected: 'disconnected' });
    expectTypeOf(standIn).toEqualTypeOf<Variable | Absence>();
    expectTypeOf(grad(cost, [x], { nullGradients: 'return' })).toEqualTypeOf<
      readonly [Variable | Absence]
    >();
    const wide: GradOptions = {};
    expectTypeOf(grad(cost, x, wide)).toEqualTypeOf<Variable | Absence | null>();
  });

  it('gives the same gradient for a wrt that is listed twice', () => {
    const [a, b] = grad(mul(x, y), [x, x]);
    expect(a).toBe(b);
  });

  it('is the total derivative, also beside an intermediate', () => {
    const z = square(x);
    const [dx, dz] = grad(mul(z, y), [x, z]);
    expect(nested(dx, given)).toBe(30);
    expect(nested(dz, given)).toBe(5);
  });

  it('seeds a discrete cost with float ones, and warns unless it is asked for itself', () => {
    const i = scalar('i', { dtype: 'int32' });
    const warnings: WarningCode[] = [];
    const onWarning = (code: WarningCode): void => void warnings.push(code);
    expect(grad(i, i, { onWarning }).dtype).toBe('float64');
    expect(warnings).toEqual([]);
    expect(nested(grad(mul(i, i), i, { onWarning }), [[i, 3]])).toBe(0);
    expect(warnings).toEqual(['GRAD_DISCRETE_COST']);
  });

  it('gives each gradient the dtype of its floating wrt', () => {
    const f = scalar('f', { dtype: 'float32' });
    expect(grad(mul(f, x), f).dtype).toBe('float32');
    expect(grad(mul(f, x), x).dtype).toBe('float64');
  });
});

describe('grad with considerConstant', () => {
  it('passes nothing through the listed variables, and still gives their own gradient', () => {
    const z = square(x);
    const cost = mul(z, x);
    const [dx, dz] = grad(cost, [x, z], { considerConstant: [z] });
    expect(nested(dx, given)).toBe(9);
    expect(nested(dz, given)).toBe(3);
  });

  it('reads any iterable once', () => {
    const z = square(x);
    function* generator(): Generator<Variable> {
      yield z;
    }
    expect(nested(grad(mul(z, x), x, { considerConstant: generator() }), given)).toBe(9);
    expect(nested(grad(mul(z, x), x, { considerConstant: new Set([z]) }), given)).toBe(9);
  });
});

describe('grad with knownGrads', () => {
  it('takes a known gradient in place of what flows in', () => {
    const a = square(x);
    const b = mul(3, a);
    const knownGrads = new Map<Variable, Variable>([
      [a, constant(7)],
      [b, constant(1)],
    ]);
    expect(nested(grad(null, x, { knownGrads }), given)).toBe(42);
  });

  it('takes one of the cost in place of ones', () => {
    const cost = square(x);
    expect(nested(grad(cost, x, { knownGrads: new Map([[cost, constant(10)]]) }), given)).toBe(60);
  });

  it('casts one to the dtype of its variable, and keeps it for an integer variable', () => {
    const f = scalar('f', { dtype: 'float32' });
    const i = scalar('i', { dtype: 'int32' });
    const known = constant(0.6);
    expect(grad(null, f, { knownGrads: new Map([[f, known]]) }).dtype).toBe('float32');
    expect(grad(null, i, { knownGrads: new Map([[i, known]]) })).toBe(known);
  });

  it('takes absences', () => {
    const why = undefinedAt('unknown');
    const cost = square(x);
    const run = (g: Absence): unknown => grad(cost, x, { knownGrads: new Map([[cost, g]]) });
    expect(caught(() => run(why))).toBeInstanceOf(NullTypeGradError);
    expect(caught(() => run(disconnected))).toBeInstanceOf(DisconnectedInputError);
  });

  it('leaves every wrt disconnected if it is empty', () => {
    expect(caught(() => grad(null, x, { knownGrads: new Map() }))).toMatchObject({
      code: 'GRAD_DISCONNECTED',
    });
    expect(nested(grad(null, x, { knownGrads: new Map(), disconnectedInputs: 'ignore' }))).toBe(0);
  });
});

describe('grad where a wrt is disconnected', () => {
  const v = vector('v');
  const cost = mul(x, cast(shapeAt(v, 0), 'float64'));

  it('raises, warns once per variable, or stays silent', () => {
    expect(caught(() => grad(cost, v))).toBeInstanceOf(DisconnectedInputError);
    const warnings: unknown[] = [];
    grad(cost, [v, x], {
      disconnectedInputs: 'warn',
      onWarning: (code, _message, variable) => warnings.push([code, variable]),
    });
    expect(warnings).toEqual([['GRAD_DISCONNECTED_INPUT', v]]);
  });

  it('gives zeros of the run-time shape, null, or a stand-in', () => {
    const ignore = { disconnectedInputs: 'ignore' } as const;
    expect(nested(grad(cost, v, ignore), [[v, [1, 2, 3]]])).toEqual([0, 0, 0]);
    expect(grad(cost, v, { ...ignore, returnDisconnected: 'none' })).toBeNull();
    const standIn = grad(cost, v, { ...ignore, returnDisconnected: 'disconnected' });
    expect(standIn).toMatchObject({ kind: 'absence', type: { kind: 'disconnected' } });
  });
});

describe('grad where a derivative does not exist', () => {
  it('raises an error with the variable, the reason and its kind', () => {
    const error = caught(() => grad(mul(x, breakOp(y)), [x, y]));
    expect(error).toBeInstanceOf(NullTypeGradError);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: 'GRAD_NULL', variable: y, kind: 'undefined' });
  });

  it('is harmless where nobody asks for it', () => {
    expect(nested(grad(mul(x, breakOp(y)), x), given)).toBe(5);
  });

  it('returns a stand-in in its place if asked to', () => {
    const [dx, dy] = grad(mul(x, breakOp(y)), [x, y], { nullGradients: 'return' });
    expect(nested(dx as Variable, given)).toBe(5);
    expect(isNull(dy)).toBe(true);
  });
});

describe('grad refuses', () => {
  // What JavaScript callers may pass.
  const call = grad as (...args: readonly unknown[]) => unknown;

  it.each<readonly [string, readonly unknown[], string]>([
    ['no cost and no known gradients', [null, x], 'GRAD_NO_COST'],
    ['a cost that is no variable', [3, x], 'GRAD_NOT_A_VARIABLE'],
    ['a cost that does not exist', [undefinedAt('why'), x], 'GRAD_NULL_COST'],
    ['a vector', [vector('v'), x], 'GRAD_COST_NOT_SCALAR'],
    ['a matrix', [matrix('m'), x], 'GRAD_COST_NOT_SCALAR'],
    ['a set for wrt', [x, new Set([x])], 'GRAD_NOT_A_VARIABLE'],
    ['a string for wrt', [x, 'x'], 'GRAD_NOT_A_VARIABLE'],
    ['a wrt that is no variable', [x, [x, 'y']], 'GRAD_NOT_A_VARIABLE'],
    [
      'constants that are not iterable',
      [x, x, { considerConstant: x }],
      'GRAD_CONSTANTS_NOT_ITERABLE',
    ],
    ['nested constants', [x, x, { considerConstant: [[x]] }], 'GRAD_NOT_A_VARIABLE'],
    ['known gradients outside a Map', [x, x, { knownGrads: { x } }], 'GRAD_KNOWN_NOT_MAP'],
    [
      'a known gradient of no variable',
      [x, x, { knownGrads: new Map([[1, x]]) }],
      'GRAD_NOT_A_VARIABLE',
    ],
    [
      'a number as known gradient',
      [x, x, { knownGrads: new Map([[x, 1]]) }],
      'GRAD_KNOWN_NOT_VARIABLE',
    ],
    [
      'an integer one',
      [x, x, { knownGrads: new Map([[x, cast(x, 'int32')]]) }],
      'GRAD_KNOWN_DTYPE',
    ],
    [
      'one of another rank',
      [x, x, { knownGrads: new Map([[x, vector('v')]]) }],
      'GRAD_KNOWN_SHAPE',
    ],
    ['an unknown option', [x, x, { considerConst: [] }], 'GRAD_UNKNOWN_OPTION'],
    ['a misspelt value', [x, x, { returnDisconnected: 'None' }], 'GRAD_INVALID_OPTION'],
  ])('%s', (_, args, code) => {
    expect(caught(() => call(...args))).toMatchObject({ code });
  });
});

describe('names', () => {
  it('are given to the gradients of named variables, intermediates included', () => {
    const cost = sum(exp(sin(vector('v'))));
    const named = withName(cost, 'cost');
    const v = vector('v');
    const w = withName(sin(v), 'w');
    const total = withName(sum(exp(w)), 'total');
    const [dv, dw] = grad(total, [v, w]);
    expect([dv.name, dw.name]).toEqual(['(dtotal/dv)', undefined]); // dw is the caller's exp(w)
    expect(named.name).toBe('cost');
  });

  it('are not given without a named cost, nor if not wanted', () => {
    const cost = log(add(exp(x), x));
    expect(grad(cost, x).name).toBeUndefined();
    expect(grad(withName(log(add(exp(x), x)), 'c'), x, { addNames: false }).name).toBeUndefined();
  });

  it('are never given to variables of the caller', () => {
    const seed = mul(y, y);
    const cost = withName(add(x, y), 'cost');
    expect(grad(cost, x, { knownGrads: new Map([[cost, seed]]) })).toBe(seed);
    expect(seed.name).toBeUndefined();
    const z = exp(y);
    expect(grad(withName(mul(x, z), 'product'), x)).toBe(z);
    expect(z.name).toBeUndefined();
  });
});

function withName(variable: Variable, name: string): Variable {
  return Object.assign(variable, { name });
}
