import { describe, expect, it } from '@jest/globals';
import { mapTensors, tensorFrom, views } from '@cotangent/tensor';
import { add, div, mul, sub, sumTo, where } from '@cotangent/ops';
import {
  Apply,
  defineOp,
  elementwise,
  matrix,
  vector,
  withConstructionSites,
} from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { DebugError, compile, referenceBackend, shared } from './index.ts';
import type { Backend, Program } from './index.ts';

const x = vector('x');
const y = vector('y');

/** The reference backend, except that what an op computes is changed afterwards. */
function wrongAt(op: string, change: (value: number) => number): Backend {
  return { name: 'wrong', prepare: (program) => referenceBackend.prepare(changed(program)) };

  function changed(program: Program): Program {
    const nodes = program.nodes.map((node) => {
      const { inputs, attrs, op: right } = node.apply;
      if (right.name !== op) return node;
      const wrong: Op = {
        ...right,
        eval: (...args) => right.eval(...args).map((t) => mapTensors(change, [t], t.dtype)),
      };
      return { ...node, apply: new Apply(wrong, inputs, attrs, node.types, undefined) };
    });
    return { ...program, nodes };
  }
}

describe('mode debug', () => {
  it('gives the results of the other modes and applies updates', () => {
    const w = shared([1, 2]);
    const f = compile([x], [mul(w, x), x], { mode: 'debug', updates: [[w, add(w, x)]] });
    expect(f([3, 4]).map((t) => t.toArray())).toEqual([
      [3, 8],
      [3, 4],
    ]);
    expect(w.get().toArray()).toEqual([4, 6]);
  });

  it('finds an op that writes to its inputs, and protects the argument', () => {
    const careless = defineOp<1, 1>(
      'careless',
      { inputs: 1, outputs: 1 },
      {
        infer: ([t]) => [t],
        eval: ([t]) => {
          t.set(0, 99);
          return [t];
        },
      },
    );
    const f = compile([x], careless(x), { mode: 'debug' });
    const argument = tensorFrom([1, 2]);
    const error = caught(() => f(argument));
    expect(error).toBeInstanceOf(DebugError);
    expect(error).toMatchObject({ code: 'DEBUG_INPUT_WRITTEN', data: { op: 'careless' } });
    expect(argument.toArray()).toEqual([1, 2]);
  });

  it('finds a result of the wrong type', () => {
    const odd = defineOp<1, 1>(
      'odd',
      { inputs: 1, outputs: 1 },
      {
        infer: ([t]) => [t],
        eval: () => [tensorFrom(1)],
      },
    );
    const error = caught(() => compile([x], odd(x), { mode: 'debug' })([1]));
    expect(error).toMatchObject({ name: 'DebugError', code: 'DEBUG_RESULT' });
    expect(error).toMatchObject({ cause: { code: 'COMPILE_RESULT_SHAPE' } });
  });

  it('leaves errors of an op itself as they are', () => {
    const f = compile([x, y], add(x, y), { mode: 'debug' });
    expect(caught(() => f([1, 2, 3], [1, 2]))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_BROADCAST_MISMATCH',
    });
  });

  it('finds a view that is none', () => {
    const wrongView = elementwise('wrongView', 1, {
      eval: (t) => t + 1,
      view: true,
      points: [[1]],
    });
    const f = compile([x], mul(wrongView(x), 2), { mode: 'debug' });
    expect(caught(() => f([1, 2]))).toMatchObject({
      name: 'DebugError',
      code: 'DEBUG_REWRITE',
      data: { op: 'wrongView', index: [0], actual: 1, expected: 2 },
    });
  });

  it('finds a node that a backend computes wrongly', () => {
    const backend = wrongAt('sub', (value) => value + 1);
    const f = compile([x, y], mul(sub(x, y), y), { mode: 'debug', backend });
    const error = caught(() => f([3], [1]));
    expect(error).toMatchObject({
      code: 'DEBUG_BACKEND',
      data: { op: 'sub', actual: 3, expected: 2 },
    });
  });

  it('allows a backend other rounding, and nothing more', () => {
    const inLastDigit = wrongAt('div', (value) => value * (1 + 2 ** -51));
    const f = compile([x, y], div(x, y), { mode: 'debug', backend: inLastDigit });
    expect(f([1], [3]).item()).toBeCloseTo(1 / 3, 14);
    const tooFar = wrongAt('div', (value) => value * (1 + 2 ** -40));
    const g = compile([x, y], div(x, y), { mode: 'debug', backend: tooFar });
    expect(caught(() => g([1], [3]))).toMatchObject({ code: 'DEBUG_BACKEND' });
    const m = matrix('m');
    const otherOrder = wrongAt('sumTo', (value) => value + 1e-12);
    const h = compile([m], sumTo(m, [1]), { mode: 'debug', backend: otherOrder });
    expect(h([[1e3], [-1e3]]).item()).toBeCloseTo(0, 10);
  });

  it('finds a backend that is wrong only when it does not keep every node', () => {
    let prepared = 0;
    const backend: Backend = {
      name: 'fusing',
      prepare: (program) =>
        (prepared++ === 0 ? wrongAt('mul', (v) => -v) : referenceBackend).prepare(program),
    };
    const f = compile([x], mul(x, 3), { mode: 'debug', backend });
    expect(caught(() => f([1]))).toMatchObject({ code: 'DEBUG_BACKEND', data: { op: 'mul' } });
  });
});

describe('mode debug on NaN', () => {
  it('names the node that made the first one, and where it was built', () => {
    const ratio = withConstructionSites(() => div(x, y));
    const f = compile([x, y], mul(add(ratio, 1), 2), { mode: 'debug', name: 'f' });
    expect(f([1, 2], [3, 4]).size).toBe(2);
    const error = caught(() => f([1, 0], [3, 0]));
    expect(error).toBeInstanceOf(DebugError);
    expect(error).toMatchObject({
      code: 'DEBUG_NAN',
      data: { op: 'div', inputShapes: [[2], [2]] },
      node: ratio.kind === 'result' ? ratio.owner : undefined,
    });
    expect((error as DebugError).site?.toString()).toContain('debug.test.ts');
    expect(String(error)).toMatch(/f: div: .*\nIn: div\(float64\[2\], float64\[2\]\)\nBuilt at: /);
  });

  it('says where the infinity came from that it was made of', () => {
    const f = compile([x, y], sub(div(x, y), div(x, y)), { mode: 'debug' });
    const error = caught(() => f([1], [0]));
    expect(error).toMatchObject({ code: 'DEBUG_NAN', data: { op: 'sub' } });
    expect(String(error)).toContain('made by div');
  });

  it('does not mind one that came in or that reaches no result', () => {
    const f = compile([x, y], mul(x, y), { mode: 'debug' });
    expect(f([NaN], [1]).item()).toBeNaN();
    const guarded = compile([x], where(x, div(x, x), 0), { mode: 'debug' });
    expect(guarded([0, 2]).toArray()).toEqual([0, 1]);
  });

  it('changes no shared variable', () => {
    const w = shared([1]);
    const f = compile([x, y], [], { mode: 'debug', updates: [[w, sumTo(div(x, y), [1])]] });
    expect(caught(() => f([0], [0]))).toMatchObject({ code: 'DEBUG_NAN' });
    expect(w.get().toArray()).toEqual([1]);
  });

  it('only warns of an infinity', () => {
    const warnings: string[] = [];
    const f = compile([x, y], add(div(x, y), 1), {
      mode: 'debug',
      onWarning: (code, message) => warnings.push(`${code} ${message.split('\n')[1] ?? ''}`),
    });
    expect(f([1], [0]).item()).toBe(Infinity);
    expect(warnings).toEqual(['DEBUG_INFINITY In: div(float64[1], float64[1])']);
    expect(f([Infinity], [1]).item()).toBe(Infinity);
    expect(warnings).toHaveLength(1);
  });

  it('gives strided inputs to the ops as they are', () => {
    const m = matrix('m');
    const f = compile([m], mul(m, 2), { mode: 'debug' });
    const value = views.transpose(
      tensorFrom([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(f(value).toArray()).toEqual([
      [2, 6],
      [4, 8],
    ]);
  });
});
