import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  DisconnectedInputError,
  add,
  broadcastTo,
  cast,
  checkpoint,
  concatenate,
  constant,
  cumsum,
  disconnectedGrad,
  div,
  exp,
  grad,
  hessian,
  hessianVectorProduct,
  jacobian,
  matmul,
  matrix,
  max,
  mul,
  printExpression,
  prod,
  pullback,
  pushforward,
  pushforwardThroughPullback,
  scalar,
  shapeAt,
  sin,
  slice,
  split,
  square,
  sub,
  subgraphGrad,
  sum,
  tanh,
  undefinedAt,
  undefinedGrad,
  valueAndGrad,
  vector,
  vectorize,
  gt,
  sqrt,
  where,
  zeroGrad,
} from 'cotangent';
import type { Variable } from 'cotangent';
import { considerConstant, explain } from '@cotangent/autodiff';
import { NotImplementedError, rootsOf, topologicalNodes } from '@cotangent/graph';
import { testOp } from './plugin-ops.ts';
import { caught, expectClose, opsOf, randomFrom, uniform, valueOf, valuesOf } from './run.ts';

const [x, v] = [scalar('x'), vector('v')];
const at2 = [[x, 2]] as const;
const methods = [true, false] as const;
const ignore = { disconnectedInputs: 'ignore' } as const;

function print(result: Variable | readonly Variable[]): string {
  return printExpression(result, { types: false });
}

/** An op that counts how often its rules and its pattern are asked for. */
function counted() {
  const counts = { pattern: 0, pullback: 0, pushforward: 0 };
  const op = testOp('counted', {
    connectionPattern: () => {
      counts.pattern++;
      return [[true]];
    },
    pullback: ([yBar]) => {
      counts.pullback++;
      return [yBar!];
    },
    pushforward: ([xDot]) => {
      counts.pushforward++;
      return [xDot!];
    },
  });
  return { counts, apply: (y: Variable): Variable => op([y])[0]! };
}

describe('results', () => {
  it('W01 pullback counts the dependence between members of f', () => {
    const y = square(x);
    expect(valueOf(pullback([y, mul(3, y)], x, [1, 10]), at2)).toBe(124);
  });

  it('W02 repeated members of f all count', () => {
    expect(valueOf(pullback([square(x), square(x)], x, [1, 10]), at2)).toBe(44);
    const y = square(x);
    expect(valueOf(pullback([y, y], x, [1, 10]), at2)).toBe(44);
  });

  it('W03 pushforward through the double pullback is right for sums and dependent outputs', () => {
    const [a, b] = [scalar('a'), scalar('b')];
    const results = pushforwardThroughPullback([a, b, add(a, b), sub(a, b)], [a, b], [1, 10]);
    expect(
      valuesOf(results as readonly Variable[], [
        [a, 0],
        [b, 0],
      ]),
    ).toEqual([1, 10, 11, -9]);
  });

  it('W04 tangents of a wrt that is listed twice add', () => {
    expect(valueOf(pushforward(square(x), [x, x], [1, 10]), at2)).toBe(44);
  });

  it('W05 a wrt that depends on another gets its own tangent and what flows in', () => {
    const y = square(x);
    for (const useOpPushforward of methods) {
      const t = pushforward(mul(3, y), [x, y], [1, 10], { useOpPushforward });
      expect(valueOf(t, at2)).toBe(3 * (4 + 10));
    }
  });

  it('W06 a branch without a derivative is not dropped', () => {
    for (const useOpPushforward of methods) {
      const run = (): unknown => pushforward(add(x, undefinedGrad(x)), x, 1, { useOpPushforward });
      expect(caught(run)).toMatchObject({ code: 'GRAD_NULL' });
    }
  });

  it('W07 an unrelated output is reported, and no rule off the path is asked', () => {
    const { counts, apply } = counted();
    const off = apply(scalar('y'));
    expect(caught(() => pushforward([x, off], x, 1))).toBeInstanceOf(DisconnectedInputError);
    pushforward(mul(x, off), x, 1);
    expect(counts.pushforward).toBe(0);
  });

  it('W08 considerConstant does not leak through sibling outputs', () => {
    const [head, tail] = split(v, [1, 2]);
    const cost = add(sum(square(head!)), sum(square(tail!)));
    const g = grad(cost, v, { considerConstant: [tail!] });
    expect(valueOf(g, [[v, [1, 2, 3]]])).toEqual([2, 0, 0]);
  });

  it('W09 tangents of zeroGrad have its shape', () => {
    expect(valueOf(pushforward(zeroGrad(v), v, [1, 2]), [[v, [3, 4]]])).toEqual([0, 0]);
  });

  it('W10 axes that turn out to be repeated at run time are summed', () => {
    const [a, b] = [vector('a'), vector('b')];
    const g = grad(sum(mul(a, b)), a);
    expect(
      valueOf(g, [
        [a, [2]],
        [b, [1, 10, 100]],
      ]),
    ).toEqual([111]);
    expect(
      valueOf(g, [
        [a, [2, 2, 2]],
        [b, [1, 10, 100]],
      ]),
    ).toEqual([1, 10, 100]);
  });

  it('W11 tied maxima share the cotangent, which is a subgradient', () => {
    expect(valueOf(grad(max(v), v), [[v, [5, 1, 5]]])).toEqual([0.5, 0, 0.5]);
  });

  it('W12 where selects and does not multiply by a mask', () => {
    const [c, a, b] = [vector('c', { dtype: 'bool' }), vector('a'), vector('b')];
    const cost = sum(mul(where(c, a, b), [Infinity, 1]));
    const values = valuesOf(grad(cost, [a, b]), [
      [c, [true, false]],
      [a, [1, 2]],
      [b, [3, 4]],
    ]);
    expect(values).toEqual([
      [Infinity, 0],
      [0, 1],
    ]);
    // Shown better: nor does what stands behind the branch that is not taken make a NaN.
    const root = grad(sum(where(gt(v, 0), sqrt(v), 0)), v);
    expect(valueOf(root, [[v, [0, 4]]])).toEqual([0, 0.25]);
  });

  it('W13 subgraphGrad gives its two sources apart, in the order of wrt', () => {
    const y = square(x);
    const start = new Map([[y, constant(10)]]);
    const details = subgraphGrad([x, x], [], { start, cost: mul(5, x), details: true });
    expect(valuesOf(details.startGrads!, at2)).toEqual([40, 40]);
    expect(valuesOf(details.costGrads!, at2)).toEqual([5, 5]);
    expect(valuesOf(details.wrtGrads, at2)).toEqual([45, 45]);
  });

  it('W14 hessianVectorProduct takes p as constant', () => {
    expect(valueOf(hessianVectorProduct(sum(square(v)), v, v), [[v, [3, 4]]])).toEqual([6, 8]);
  });

  it('W15 an integer cost warns', () => {
    const i = scalar('i', { dtype: 'int32' });
    const codes: string[] = [];
    grad(mul(i, i), i, { onWarning: (code) => void codes.push(code) });
    expect(codes).toEqual(['GRAD_DISCRETE_COST']);
  });
});

describe('errors and diagnostics', () => {
  it('W16 a disconnected input is named, with the reason, the blocking nodes and a hint', () => {
    const error = caught(() => grad(sum(disconnectedGrad(v)), v)) as DisconnectedInputError;
    expect(error.message).toContain('v');
    expect(error.reason).toBe('disconnected-grad');
    expect(error.blockingNodes.map((node) => node.op.name)).toEqual(['disconnectedGrad']);
    expect(error.hint).toContain('zeroGrad');
    expect(explain(sum(disconnectedGrad(v)), v)).toContain('the path ends at disconnectedGrad');
  });

  it('W17 an equal expression in the graph is pointed at', () => {
    const first = slice(v, [0]);
    const error = caught(() => grad(square(first), slice(v, [0]))) as DisconnectedInputError;
    expect(error.reason).toBe('not-in-graph');
    expect(error.hint).toContain('an equal expression is in the graph');
  });

  it('W18 mistakes of callers and op authors are typed errors', () => {
    const number = testOp('number', { pullback: () => [3 as never] });
    expect(caught(() => grad(number([x])[0]!, x))).toBeInstanceOf(TypeError);
    const stray = testOp('stray', {
      connectionPattern: [[true], [false]],
      pullback: ([g]) => [g!, g!],
    });
    expect(caught(() => grad(stray([x, scalar('y')])[0]!, x))).toBeInstanceOf(TypeError);
  });

  it('W19 a term that is not verifiably zero behind discrete outputs warns', () => {
    const op = testOp('mixed', {
      outputs: 2,
      infer: ([type]) => [{ ...type!, dtype: 'int32' }, type!],
      connectionPattern: [
        [true, false],
        [false, true],
      ],
      pullback: ([i, f]) => [i!, f!],
    });
    const y = scalar('y');
    const [i, f] = op([x, y]) as [Variable, Variable];
    const codes: string[] = [];
    const knownGrads = new Map<Variable, Variable>([
      [i, scalar('a')],
      [f, scalar('b')],
    ]);
    grad(null, [x, y], { knownGrads, onWarning: (code) => void codes.push(code) });
    expect(codes).toEqual(['GRAD_DISCRETE_TERM']);
  });

  it('W20 rules get zeros for cotangents that are not there', () => {
    const op = testOp('pair', { outputs: 2, pullback: ([a, b]) => [add(a!, b!)] });
    expect(valueOf(grad(op([x])[0]!, x), at2)).toBe(1);
    expect(valueOf(grad(sum(square(concatenate([v, v]))), v), [[v, [1, 2]]])).toEqual([4, 8]);
  });

  it('W21 undefined, disconnected and zero are three answers with three outcomes', () => {
    const rounded = cast(cast(x, 'int32'), 'float64');
    expect(valueOf(grad(rounded, x), at2)).toBe(0);
    expect(caught(() => grad(disconnectedGrad(x), x))).toMatchObject({ code: 'GRAD_DISCONNECTED' });
    expect(caught(() => grad(undefinedGrad(x), x))).toMatchObject({ code: 'GRAD_NULL' });
  });

  it('W22 the function considerConstant warns in favour of zeroGrad', () => {
    const codes: string[] = [];
    considerConstant(x, { onWarning: (code) => void codes.push(code) });
    expect(codes).toEqual(['GRAD_DEPRECATED']);
  });

  it('W23 options are checked on entry, and the error names the right one', () => {
    const run = (): unknown => pushforward(x, x, 1, { returnDisconnected: 'Zero' as never });
    expect(caught(run)).toMatchObject({ data: { option: 'returnDisconnected', value: 'Zero' } });
  });

  it('W24 one warning for a disconnected variable, which it names', () => {
    const warnings: unknown[] = [];
    grad(sum(v), [x, v], {
      disconnectedInputs: 'warn',
      onWarning: (code, _message, variable) => void warnings.push([code, variable]),
    });
    expect(warnings).toEqual([['GRAD_DISCONNECTED_INPUT', x]]);
  });

  it('W26 rules never see a cotangent that does not exist', () => {
    const seen: string[] = [];
    const op = testOp('pair', {
      outputs: 2,
      pullback: (yBars) => {
        seen.push(...yBars.map((yBar) => yBar.kind));
        return [add(yBars[0]!, yBars[1]!)];
      },
    });
    const last = testOp('last', { pullback: ([g]) => [g!, undefinedAt('why')] });
    const [p, q] = op([x]) as [Variable, Variable];
    expect(caught(() => grad(last([p, q])[0]!, x))).toMatchObject({ code: 'GRAD_NULL' });
    expect(seen).not.toContain('absence');
  });
});

describe('coverage and types', () => {
  it('W27 an op without a forward rule has one derived from its pullback', () => {
    const op = testOp('tripled', { pullback: ([g]) => [mul(3, g!)] });
    expect(valueOf(pushforward(op([x])[0]!, x, 5), at2)).toBe(15);
    expect(valueOf(pushforward(prod(v), v, [1, 1, 1]), [[v, [0, 2, 3]]])).toBe(6);
  });

  it('W28 a tangent may know less of its shape, and integers off the path do not matter', () => {
    const a = vector('a', { shape: [2] });
    const i = vector('i', { dtype: 'int32' });
    const t = pushforward(mul(a, div(i, 2)), a, v);
    expect(
      valueOf(t, [
        [v, [1, 2]],
        [i, [3, 4]],
        [a, [0, 0]],
      ]),
    ).toEqual([1.5, 4]);
  });

  it('W30 a float32 leaf has a float32 gradient', () => {
    const f = scalar('f', { dtype: 'float32' });
    expect(grad(mul(f, x), f).dtype).toBe('float32');
  });

  it('W31 hessian takes any rank, and gives cross blocks', () => {
    const m = matrix('m');
    expect(hessian(sum(square(m)), m).rank).toBe(4);
    const [[, cross]] = hessian(mul(square(x), sum(v)), [x, v], { blocks: 'full' });
    expect(
      valueOf(cross, [
        [x, 2],
        [v, [5, 7]],
      ]),
    ).toEqual([4, 4]);
  });

  it('W32 hessianVectorProduct takes any rank, linear costs, and either composition', () => {
    const m = matrix('m');
    for (const mode of ['reverse-over-reverse', 'forward-over-reverse'] as const) {
      const Hp = hessianVectorProduct(sum(square(m)), m, [[1, 2]], { mode });
      expect(valueOf(Hp, [[m, [[5, 6]]]])).toEqual([[2, 4]]);
      expect(valueOf(hessianVectorProduct(sum(m), m, [[1, 2]], { mode }), [[m, [[5, 6]]]])).toEqual(
        [[0, 0]],
      );
    }
  });

  it('W34 wrt may be a record, the value comes along, and so do per-example gradients', () => {
    const f = valueAndGrad((p: { w: Variable; b: Variable }) => add(sum(square(p.w)), p.b));
    const { value, grad: g } = f({ w: [1, 2], b: 3 });
    expect([value, g.w.toArray(), g.b.item()]).toEqual([8, [2, 4], 1]);
    const X = matrix('X');
    const [perExample] = vectorize([grad(square(sum(mul(v, 2))), v)], new Map([[v, X]]));
    expect(
      valueOf(perExample!, [
        [
          X,
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
    ).toEqual([
      [24, 24],
      [56, 56],
    ]);
  });

  it('W35 known gradients, cotangents and terms are checked for rank and static shape', () => {
    const three = vector('three', { shape: [3] });
    const four = vector('four', { shape: [4] });
    const knownGrads = new Map([[three, four]]);
    expect(caught(() => grad(null, three, { knownGrads }))).toMatchObject({
      code: 'GRAD_KNOWN_SHAPE',
    });
    expect(caught(() => pullback(three, three, four))).toMatchObject({
      code: 'GRAD_TANGENT_SHAPE',
    });
    const op = testOp('wrong', { pullback: ([g]) => [g!, four] });
    expect(caught(() => grad(sum(op([three, three])[0]!), three))).toMatchObject({
      code: 'OP_RULE_SHAPE',
    });
  });
});

describe('speed and scale', () => {
  it('W36 depth is no limit', () => {
    let y: Variable = x;
    for (let i = 0; i < 20_000; i++) y = sin(y);
    expect(() => [grad(y, x), pushforward(y, x, 1), hessian(y, x)]).not.toThrow();
  });

  it('W37 a connection pattern is asked for once per node', () => {
    const { counts, apply } = counted();
    let y: Variable = x;
    for (let i = 0; i < 50; i++) {
      const z = apply(y);
      y = add(z, z);
    }
    grad(y, x);
    expect(counts).toEqual({ pattern: 50, pullback: 50, pushforward: 0 });
  });

  it('W38 thousands of wrt and constants take one walk', () => {
    const { counts, apply } = counted();
    const leaves = Array.from({ length: 3000 }, (_, i) => scalar(`x${i}`));
    const terms = leaves.map(apply);
    const cost = terms.reduce((total, term) => add(total, term));
    expect(grad(cost, leaves, { considerConstant: terms.slice(0, 1000), ...ignore })).toHaveLength(
      3000,
    );
    expect(counts.pullback).toBe(2000);
  });

  it('W39 rules and patterns off the way to wrt are not asked for', () => {
    const { counts, apply } = counted();
    let deep: Variable = scalar('deep');
    for (let i = 0; i < 100; i++) deep = apply(deep);
    grad(mul(deep, x), x);
    expect(counts).toEqual({ pattern: 0, pullback: 0, pushforward: 0 });
  });

  it('W40 a Jacobian is batched, or forward where that is less', () => {
    const short = vector('short', { shape: [1] });
    const tall = matmul(constant([[1], [2], [3]]), short);
    const { counts, apply } = counted();
    expectClose(valueOf(jacobian(apply(tall), short), [[short, [1]]]), [[1], [2], [3]]);
    expect(counts).toMatchObject({ pullback: 0, pushforward: 1 });
    expect(opsOf([v], jacobian(square(v), v)).filter((op) => op.startsWith('each('))).toEqual([]);
  });

  it('W41 rows one at a time on request, and by itself where a batch is refused', () => {
    const y = cumsum(tanh(v));
    const at = [[v, [0.5, 1, 2]]] as const;
    const byRows = jacobian(y, v, { strategy: 'loop' });
    expect(opsOf([v], byRows)).toContain('each(row)');
    expectClose(valueOf(byRows, at), valueOf(jacobian(y, v, { strategy: 'vectorize' }), at));
    const op = testOp('single', {
      pullback: ([g]) => [op([g!])[0]!],
      batch: () => {
        throw new NotImplementedError('not in batches', { code: 'TEST' });
      },
    });
    expect(valueOf(jacobian(op([v])[0]!, v), [[v, [1, 2]]])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('W42 the double pullback leaves no dummies and no dead branches', () => {
    const y = mul(sin(x), exp(x));
    const [direct, double] = methods.map((useOpPushforward) =>
      pushforward(y, x, 1, { useOpPushforward }),
    ) as [Variable, Variable];
    expect(rootsOf([double]).filter((root) => root.kind === 'input')).toEqual([x]);
    expect(topologicalNodes([double]).length).toBe(topologicalNodes([direct]).length);
  });

  it('W43 checkpoint recomputes instead of keeping', () => {
    const block = (y: Variable): Variable => tanh(sin(y));
    const [plain, saved] = [grad(block(x), x), grad(checkpoint(block as never)(x), x)];
    expectClose(valueOf(saved, at2), valueOf(plain, at2));
    const forward = checkpoint(block as never)(x);
    const kept = new Set(topologicalNodes([forward]));
    const backward = grad(forward, x);
    expect(topologicalNodes([backward]).some((node) => kept.has(node))).toBe(false);
  });

  it('W44 equal programs give equal graphs', () => {
    const build = (): string => {
      const leaves = Array.from({ length: 20 }, (_, i) => vector(`x${i}`));
      const random = randomFrom(44);
      let y: Variable = leaves[0]!;
      for (let i = 0; i < 100; i++) y = add(mul(y, leaves[Math.floor(random() * 20)]!), sin(y));
      return print(grad(sum(y), leaves, ignore));
    };
    expect(build()).toBe(build());
    expect(uniform([2], randomFrom(1))).toEqual(uniform([2], randomFrom(1)));
  });

  it('W45 no module keeps state', () => {
    const folder = new URL('../../../autodiff/src/', import.meta.url);
    const stateful = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .filter((name) => /^(export )?(let|var) /m.test(readFileSync(new URL(name, folder), 'utf8')));
    expect(stateful).toEqual([]);
    const zeros = pushforward(broadcastTo(shapeAt(v, 0), [2]), v, v, {
      disconnectedOutputs: 'ignore',
      returnDisconnected: 'zero',
    });
    expect(valueOf(zeros, [[v, [1, 2, 3]]])).toEqual([0, 0]);
  });
});
