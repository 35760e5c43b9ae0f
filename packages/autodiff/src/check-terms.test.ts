import { describe, expect, it } from '@jest/globals';
import {
  ArgumentTypeError,
  DTypeError,
  NotImplementedError,
  ShapeError,
  ValueError,
  constant,
  disconnected,
  matrix,
  undefinedAt,
  vector,
} from '@cotangent/graph';
import type { OpSpec, Variable } from '@cotangent/graph';
import { broadcastTo, cast, sum, zerosLike } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { noCounts, testOp } from '../test/ops.ts';
import type { WarningCode } from './call.ts';
import { grad, pushforward } from './index.ts';

type Spec = Partial<OpSpec<number, number, object>> & { readonly outputs?: number };
const [x, y] = [vector('x', { shape: [3] }), vector('y', { shape: [3] })];

/** What differentiating through an op with these rules throws; the warnings it gives. */
function differentiate(spec: Spec, inputs: readonly Variable[] = [x]) {
  const warnings: WarningCode[] = [];
  const outputs = testOp('faulty', spec)(inputs);
  const onWarning = (code: WarningCode): void => void warnings.push(code);
  const run = (): unknown =>
    grad(sum(outputs[0]!), inputs, { onWarning, disconnectedInputs: 'ignore' });
  return { run, warnings };
}

function refuses(spec: Spec, inputs?: readonly Variable[]): unknown {
  return caught(differentiate(spec, inputs).run);
}

/** A rule that returns something its type forbids. */
function lying(returned: unknown): Spec {
  return { pullback: () => returned as never };
}

describe('terms that are no terms', () => {
  it.each([undefined, null, 5, 'x'])('%p is refused for an array', (returned) => {
    const error = refuses(lying(returned));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ code: 'OP_RULE_NOT_ARRAY', data: { op: 'faulty' } });
  });

  it('a wrong number of them is refused, with both numbers', () => {
    const error = refuses(lying([x, x]));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ code: 'OP_RULE_COUNT', data: { expected: 1, got: 2 } });
  });

  it.each([null, undefined, 0, 'x'])('%p is refused as a term', (term) => {
    const error = refuses(lying([term]));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: 'OP_RULE_NOT_VARIABLE', data: { position: 0 } });
  });

  it('a term of discrete dtype is refused, with position and dtype', () => {
    const error = refuses(lying([cast(x, 'int32')]));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ code: 'OP_RULE_DTYPE', data: { position: 0, dtype: 'int32' } });
  });

  it.each([
    ['rank', matrix('m')],
    ['static size', vector('v', { shape: [4] })],
  ])('a term of another %s is refused', (_, term) => {
    const error = refuses(lying([term]));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({ code: 'OP_RULE_SHAPE', data: { op: 'faulty', position: 0 } });
  });

  it('an op without rules is named', () => {
    const error = refuses({});
    expect(error).toBeInstanceOf(NotImplementedError);
    expect(error).toMatchObject({ code: 'OP_NO_RULE', data: { op: 'faulty' } });
  });
});

describe('terms against the connection pattern', () => {
  const connectionPattern = [[true], [false]];

  it('a gradient for an input that is not connected is refused', () => {
    const spec: Spec = { connectionPattern, pullback: ([yBar]) => [yBar!, yBar!] };
    expect(refuses(spec, [x, y])).toMatchObject({
      code: 'OP_RULE_NOT_CONNECTED',
      data: { position: 1 },
    });
    expect(refuses(spec, [x, y])).toBeInstanceOf(TypeError);
  });

  it('a derivative that does not exist is refused for such an input', () => {
    const spec: Spec = { connectionPattern, pullback: ([yBar]) => [yBar!, undefinedAt('why')] };
    expect(refuses(spec, [x, y])).toMatchObject({ code: 'OP_RULE_NOT_CONNECTED' });
  });

  it('disconnected is refused for an input that the pattern connects', () => {
    const spec: Spec = { connectionPattern: [[true]], pullback: () => [disconnected] };
    expect(refuses(spec)).toMatchObject({ code: 'OP_RULE_CONNECTED', data: { position: 0 } });
    expect(refuses(spec)).toBeInstanceOf(TypeError);
  });

  it('disconnected passes with a warning where the op declares no pattern', () => {
    const { run, warnings } = differentiate({ pullback: () => [disconnected] });
    run();
    expect(warnings).toEqual(['GRAD_UNDECLARED_DISCONNECTION']);
  });

  it('a derivative that does not exist takes the place of a real term', () => {
    const op = testOp('two', {
      outputs: 2,
      connectionPattern: [
        [true, false],
        [false, true],
      ],
      pullback: ([aBar, bBar]) => [aBar!, bBar!],
    });
    const last = testOp('last', { pullback: ([yBar]) => [yBar!, undefinedAt('no such thing')] });
    const [p, q] = op([x, y]) as [Variable, Variable];
    const cost = sum(last([p, q])[0]!);
    expect(caught(() => grad(cost, y))).toMatchObject({
      code: 'GRAD_NULL',
      whyNull: 'no such thing',
    });
    expect(() => grad(cost, x)).not.toThrow();
  });
});

describe('terms of step functions', () => {
  /** Input 0 reaches the discrete output only, input 1 the floating one only. */
  const mixed = (term: (yBar: Variable) => Variable): readonly Variable[] =>
    testOp('mixed', {
      outputs: 2,
      infer: ([type]) => [{ ...type!, dtype: 'int32' }, type!],
      connectionPattern: [
        [true, false],
        [false, true],
      ],
      pullback: ([iBar, fBar]) => [term(iBar!), fBar!],
    })([x, y]);

  const run = (term: (yBar: Variable) => Variable, warnings: WarningCode[]): unknown => {
    const [i, f] = mixed(term) as [Variable, Variable];
    return grad(sum(cast(i, 'float64')), [x, y], {
      knownGrads: new Map([
        [i, vector('iBar')],
        [f, vector('fBar')],
      ]),
      onWarning: (code) => void warnings.push(code),
    });
  };

  it('a nonzero constant is refused', () => {
    for (const term of [constant([1, 0, 0]), broadcastTo(constant(1), [3])]) {
      const error = caught(() => run(() => term, []));
      expect(error).toBeInstanceOf(ValueError);
      expect(error).toMatchObject({ code: 'OP_RULE_DISCRETE', data: { position: 0 } });
    }
  });

  it('zeros pass, and what is not certainly zero passes with a warning', () => {
    const warnings: WarningCode[] = [];
    run(() => constant([0, 0, 0]), warnings);
    run(() => zerosLike(x), warnings);
    expect(warnings).toEqual([]);
    run((iBar) => iBar, warnings);
    expect(warnings).toEqual(['GRAD_DISCRETE_TERM']);
  });

  it('are not asked for where every output is discrete', () => {
    const counts = noCounts();
    const op = testOp('step', {
      infer: ([type]) => [{ ...type!, dtype: 'int32' }],
      pullback: ([yBar]) => {
        counts.pullback++;
        return [yBar!];
      },
    });
    grad(sum(cast(op([x])[0]!, 'float64')), x);
    expect(counts.pullback).toBe(0);
  });
});

describe('tangents that are no tangents', () => {
  const push = (returned: unknown): unknown =>
    caught(() =>
      pushforward(testOp('faulty', { pushforward: () => returned as never })([x]), x, y),
    );

  it('are refused like terms', () => {
    expect(push(undefined)).toMatchObject({
      code: 'OP_RULE_NOT_ARRAY',
      data: { rule: 'pushforward' },
    });
    expect(push([])).toMatchObject({ code: 'OP_RULE_COUNT', data: { expected: 1, got: 0 } });
    expect(push([3])).toMatchObject({ code: 'OP_RULE_NOT_VARIABLE' });
    expect(push([cast(x, 'bool')])).toMatchObject({ code: 'OP_RULE_DTYPE' });
    expect(push([matrix('m')])).toMatchObject({ code: 'OP_RULE_SHAPE' });
  });
});
