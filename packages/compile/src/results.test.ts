import { describe, expect, it } from '@jest/globals';
import { tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import { add, broadcastTo, mul, transpose, zeroGrad } from '@cotangent/ops';
import { constant, matrix, vector } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { compile, shared } from './index.ts';

const m = matrix('m');
const x = vector('x');

describe('results', () => {
  it('share storage with no argument, constant, shared value or each other', () => {
    const c = constant([1, 2]);
    const w = shared([3, 4]);
    const f = compile([x], [x, x, c, c, w, zeroGrad(x), add(x, 1), add(x, 1)]);
    const argument = tensorFrom([5, 6]);
    const results = f(argument);
    const buffers = results.map((y) => y.data.buffer);
    expect(new Set(buffers).size).toBe(results.length);
    expect(buffers).not.toContain(argument.data.buffer);
    for (const result of results) result.set(0, 100);
    expect(f(argument).map((y) => y.get(0))).toEqual([5, 5, 1, 1, 3, 5, 6, 6]);
  });

  it('are dense and row-major', () => {
    const f = compile([m], [transpose(m), broadcastTo(m, [2, 2, 3]), transpose(mul(m, 2))]);
    for (const y of f([
      [1, 2, 3],
      [4, 5, 6],
    ])) {
      expect(y.data.length).toBe(y.size);
      expect(y.offset).toBe(0);
      expect(tensorFrom(y.data, { shape: y.shape }).toArray()).toEqual(y.toArray());
    }
  });

  it('are not copied when nothing else has their storage', () => {
    let made: unknown;
    const backend = {
      name: 'fixed',
      prepare: () => ({ run: () => [tensorFrom([1, 2])].map((y) => ((made = y), y)) }),
    };
    expect(compile([x], add(x, 1), { backend })([1])).toBe(made);
  });

  it('are copied out of memory that a backend uses again', () => {
    const memory = tensorFrom([1, 2]);
    const backend = {
      name: 'reusing',
      prepare: () => ({ run: () => [memory], reusesMemory: true }),
    };
    const result = compile([x], add(x, 1), { backend })([1]);
    expect(result.toArray()).toEqual([1, 2]);
    expect(result.data.buffer).not.toBe(memory.data.buffer);
    expect(compile([x], add(x, 1), { backend, borrow: true })([1])).toBe(memory);
  });

  it('may be views when they are borrowed', () => {
    const f = compile([m], [m, transpose(m)], { borrow: true });
    const argument = tensorFrom([
      [1, 2],
      [3, 4],
    ]);
    const [same, view] = f(argument);
    expect(same).toBe(argument);
    expect(view.data).toBe(argument.data);
  });
});

describe('callInto', () => {
  const f = compile([m, x], [mul(m, x), transpose(m)], { name: 'f' });
  const data = [
    [1, 2],
    [3, 4],
  ];

  it('writes into given tensors, strided or not', () => {
    const first = zerosTensor([2, 2], 'float64');
    const second = views.slice(zerosTensor([4, 4], 'float64'), '::2, ::-2');
    f.callInto([data, [10, 100]], [first, second]);
    expect(first.toArray()).toEqual([
      [10, 200],
      [30, 400],
    ]);
    expect(second.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('takes one tensor for a function with a single output', () => {
    const out = zerosTensor([2], 'float64');
    compile([x], add(x, 1)).callInto([[1, 2]], out);
    expect(out.toArray()).toEqual([2, 3]);
  });

  it('may write into the arguments', () => {
    const a = tensorFrom([
      [1, 2],
      [3, 4],
    ]);
    const b = zerosTensor([2, 2], 'float64');
    const g = compile([m], [transpose(m), m]);
    g.callInto([a], [a, b]);
    expect(a.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(b.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('applies updates', () => {
    const w = shared([1, 1]);
    const g = compile([x], x, { updates: [[w, add(w, x)]] });
    const out = zerosTensor([2], 'float64');
    g.callInto([[1, 2]], out);
    expect(w.get().toArray()).toEqual([2, 3]);
  });

  it('checks its targets and then writes nothing', () => {
    const good = zerosTensor([2, 2], 'float64');
    const run = (...outs: readonly unknown[]): unknown =>
      // @ts-expect-error wrong on purpose
      caught(() => f.callInto([data, [1, 1]], outs));
    expect(run(good)).toMatchObject({ code: 'COMPILE_OUT_COUNT' });
    expect(run(good, good)).toMatchObject({ code: 'COMPILE_OUT_COUNT' });
    expect(run(good, [[0]])).toMatchObject({ code: 'COMPILE_OUT_TYPE' });
    expect(run(good, zerosTensor([2, 2], 'float32'))).toMatchObject({ code: 'COMPILE_OUT_DTYPE' });
    expect(run(good, zerosTensor([2, 3], 'float64'))).toMatchObject({ code: 'COMPILE_OUT_SHAPE' });
    const broadcast = views.broadcastTo(zerosTensor([2], 'float64'), [2, 2]);
    expect(run(good, broadcast)).toMatchObject({ code: 'COMPILE_OUT_BROADCAST' });
    expect(good.toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    // @ts-expect-error wrong on purpose
    expect(caught(() => f.callInto(data))).toMatchObject({ code: 'COMPILE_OUT_COUNT' });
  });
});
