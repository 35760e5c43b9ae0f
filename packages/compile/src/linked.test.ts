import { describe, expect, it } from '@jest/globals';
import { tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { matrix, vector } from '@cotangent/graph';
import { add, mul, sub, sum, transpose } from '@cotangent/ops';
import { caught } from '../test/caught.ts';
import { residentBackend, valuesOf } from '../test/resident.ts';
import { compile, shared } from './index.ts';

const x = vector('x');
const y = vector('y');

describe('a call like the one before', () => {
  it('does not ask the backend again', () => {
    const { backend, observed } = residentBackend();
    const f = compile([x, y], [add(x, y), sum(x)], { backend });
    f([1, 2], [3, 4]);
    expect(observed.asked).toBe(1);
    for (const a of [[5, 6], new Float64Array([5, 6]), tensorFrom([5, 6])])
      expect(valuesOf(f(a, [1, 1]))).toEqual([[6, 7], 11]);
    const outs = [zerosTensor([2], 'float64'), zerosTensor([], 'float64')] as const;
    f.callInto([[7, 8], tensorFrom([1, 1])], outs);
    expect(valuesOf(outs)).toEqual([[8, 9], 15]);
    expect(observed.asked).toBe(1);
  });

  it('returns new storage each time', () => {
    const f = compile([x], [x, mul(2, x)], { backend: residentBackend().backend });
    const first = f([1, 2]);
    const second = f([3, 4]);
    expect(valuesOf(first)).toEqual([
      [1, 2],
      [2, 4],
    ]);
    const storages = [...first, ...second].map((result) => result.data.buffer);
    expect(new Set(storages).size).toBe(4);
  });

  it('converts and checks arguments that are not like those before', () => {
    const { backend, observed } = residentBackend();
    const f = compile([x], mul(2, x), { backend });
    f([1, 2]);
    expect(f(tensorFrom([1, 2], { dtype: 'float32' })).toArray()).toEqual([2, 4]);
    expect(f(views.flip(tensorFrom([1, 2]), [0])).toArray()).toEqual([4, 2]);
    expect(f([1, 2, 3]).toArray()).toEqual([2, 4, 6]);
    expect(f([true, false] as const).toArray()).toEqual([2, 0]);
    expect(observed.asked).toBe(5);
    // @ts-expect-error too many
    expect(caught(() => f([1, 2], [3]))).toMatchObject({ code: 'COMPILE_ARGUMENT_COUNT' });
    expect(caught(() => f(1))).toMatchObject({ code: 'COMPILE_ARGUMENT_RANK' });
    // @ts-expect-error not a value
    expect(caught(() => f('1'))).toMatchObject({ code: 'COMPILE_ARGUMENT_TYPE' });
  });

  it('checks the targets of callInto as every other', () => {
    const f = compile([x], [mul(2, x), x], { backend: residentBackend().backend });
    const good = zerosTensor([2], 'float64');
    f.callInto([[1, 2]], [good, zerosTensor([2], 'float64')]);
    const run = (...outs: readonly unknown[]): unknown =>
      // @ts-expect-error wrong on purpose
      caught(() => f.callInto([[5, 6]], outs));
    expect(run(good)).toMatchObject({ code: 'COMPILE_OUT_COUNT' });
    expect(run(good, good)).toMatchObject({ code: 'COMPILE_OUT_COUNT' });
    expect(run(good, zerosTensor([2], 'float32'))).toMatchObject({ code: 'COMPILE_OUT_DTYPE' });
    expect(run(good, zerosTensor([3], 'float64'))).toMatchObject({ code: 'COMPILE_OUT_SHAPE' });
    expect(good.toArray()).toEqual([2, 4]);
    const strided = views.slice(zerosTensor([4], 'float64'), '::2');
    f.callInto([[5, 6]], [good, strided]);
    expect(valuesOf([good, strided])).toEqual([
      [10, 12],
      [5, 6],
    ]);
  });

  it('may write into its arguments', () => {
    const f = compile([x, y], [y, x], { backend: residentBackend().backend });
    const [a, b] = [tensorFrom([1, 2]), tensorFrom([3, 4])];
    for (let k = 0; k < 3; k++) f.callInto([a, b], [a, b]);
    expect(valuesOf([a, b])).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  it('copies results that do not lie densely', () => {
    const m = matrix('m');
    const f = compile([m], transpose(m), { backend: residentBackend().backend });
    const value = [
      [1, 2],
      [3, 4],
    ];
    for (let k = 0; k < 2; k++)
      expect(f(value).toArray()).toEqual([
        [1, 3],
        [2, 4],
      ]);
  });

  it('lends views, which may be the arguments of the next call', () => {
    const f = compile([x, y], [x, add(x, y)], { backend: residentBackend().backend, borrow: true });
    const [first] = f([1, 2], [0, 0]);
    expect(valuesOf(f([5, 6], first))).toEqual([
      [5, 6],
      [6, 8],
    ]);
  });

  it('changes nothing if it fails', () => {
    const { backend, observed } = residentBackend();
    const w = shared([1, 2]);
    const f = compile([x], add(w, x), { backend, updates: [[w, add(w, x)]] });
    f([1, 1]);
    const out = zerosTensor([2], 'float64');
    const failure = new Error('injected');
    for (const call of [(): unknown => f([5, 5]), (): void => f.callInto([[5, 5]], out)]) {
      observed.failure = failure;
      expect(caught(call)).toBe(failure);
    }
    expect(w.get().toArray()).toEqual([2, 3]);
    expect(out.toArray()).toEqual([0, 0]);
    expect(f([1, 1]).toArray()).toEqual([3, 4]);
  });
});

describe('place', () => {
  it('gives tensors that calls read in place', () => {
    const { backend, observed } = residentBackend();
    const f = compile([x, y], add(x, y), { backend });
    const [a, b] = f.place([1, 2], { shape: [2] });
    expect(b).toBeUndefined();
    expect(a).toBe(observed.latest?.inputs[0]);
    expect(f(a, [10, 20]).toArray()).toEqual([11, 22]);
    a.set(0, 100);
    expect(f(a, [10, 20]).toArray()).toEqual([110, 22]);
    expect(observed.asked).toBe(1);
  });

  it('is not written to by other calls', () => {
    const f = compile([x, y], sub(x, y), { backend: residentBackend().backend });
    const [a, b] = f.place([1, 2], [3, 4]);
    expect(f([7, 7], [1, 1]).toArray()).toEqual([6, 6]);
    expect(f(a, [1, 1]).toArray()).toEqual([0, 1]);
    expect(f(b, a).toArray()).toEqual([2, 2]);
    expect(f(a, a).toArray()).toEqual([0, 0]);
    expect(f(a, b).toArray()).toEqual([-2, -2]);
    expect(valuesOf([a, b])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('may be a target: the step of an iteration in place', () => {
    const f = compile([x], mul(2, x), { backend: residentBackend().backend });
    const [a] = f.place([1, 2]);
    for (let k = 0; k < 3; k++) f.callInto([a], a);
    expect(a.toArray()).toEqual([8, 16]);
  });

  it('outlives what it was placed for', () => {
    const f = compile([x], mul(2, x), { backend: residentBackend().backend });
    const [a] = f.place([1, 2]);
    f.release();
    expect(f(a).toArray()).toEqual([2, 4]);
  });

  it('copies where the backend has no memory', () => {
    const f = compile([x, y], add(x, y));
    const data = new Float64Array([1, 2]);
    const [a, b] = f.place(data, { shape: [2] });
    expect([a.data === data, b]).toEqual([false, undefined]);
    expect(f(a, [1, 1]).toArray()).toEqual([2, 3]);
  });

  it('checks as a call does', () => {
    const f = compile([x, y], add(x, y), { backend: residentBackend().backend });
    // @ts-expect-error one is missing
    expect(caught(() => f.place([1]))).toMatchObject({ code: 'COMPILE_ARGUMENT_COUNT' });
    expect(caught(() => f.place([1], 2))).toMatchObject({ code: 'COMPILE_ARGUMENT_RANK' });
    expect(caught(() => f.place([1], { shape: [2, 2] }))).toMatchObject({
      code: 'COMPILE_ARGUMENT_RANK',
    });
    expect(caught(() => f.place([1], { shape: [-1] }))).toMatchObject({ code: 'SHAPE_INVALID' });
    // @ts-expect-error not a value
    expect(caught(() => f.place([1], {}))).toMatchObject({ code: 'COMPILE_ARGUMENT_TYPE' });
  });
});

describe('shared variables in memory', () => {
  it('are stored again only when they have changed', () => {
    const { backend, observed } = residentBackend();
    const w = shared([1, 2]);
    const f = compile([x], add(w, x), { backend });
    expect(f([0, 0]).toArray()).toEqual([1, 2]);
    const room: Tensor = observed.latest!.inputs[1]!;
    room.set(0, 50);
    expect(f([0, 0]).toArray()).toEqual([50, 2]); // read from the room, not from the variable
    expect(w.version).toBe(0);
    w.set([3, 4]);
    expect(w.version).toBe(1);
    expect(f([0, 0]).toArray()).toEqual([3, 4]);
  });

  it('stay in memory when they are updated', () => {
    const { backend, observed } = residentBackend();
    const w = shared([1, 2]);
    const f = compile([x], [], { backend, updates: [[w, add(w, x)]] });
    for (let k = 0; k < 3; k++) f([1, 10]);
    expect(observed.asked).toBe(1);
    expect(observed.latest!.inputs[1]!.toArray()).toEqual([4, 32]);
    expect(w.get().toArray()).toEqual([4, 32]);
    expect(w.version).toBe(3);
    const kept = w.get({ borrow: true });
    f([1, 10]);
    expect(kept.toArray()).toEqual([4, 32]);
  });

  it('are seen by every function', () => {
    const w = shared([1, 2]);
    const step = compile([x], [], {
      backend: residentBackend().backend,
      updates: [[w, add(w, x)]],
    });
    const read = compile([], mul(2, w), { backend: residentBackend().backend });
    const plain = compile([], w);
    for (let k = 1; k < 3; k++) {
      step([1, 1]);
      expect(read().toArray()).toEqual([2 + 2 * k, 4 + 2 * k]);
      expect(plain().toArray()).toEqual([1 + k, 2 + k]);
    }
    const back = compile([], [], { backend: residentBackend().backend, updates: [[w, sub(w, 1)]] });
    back();
    step([0, 0]);
    expect(w.get().toArray()).toEqual([2, 3]);
  });

  it('may be exchanged', () => {
    const [a, b] = [shared([1]), shared([2])];
    const pairs = [
      [a, b],
      [b, a],
    ] as const;
    const swap = compile([], [a, b], { backend: residentBackend().backend, updates: pairs });
    for (let k = 0; k < 3; k++) swap();
    expect(valuesOf(swap())).toEqual([[2], [1]]);
    expect(valuesOf([a.get(), b.get()])).toEqual([[1], [2]]);
  });

  it('keep their values when the memory goes', () => {
    const { backend, observed } = residentBackend();
    const w = shared([1, 2]);
    const f = compile([x], [], { backend, updates: [[w, add(w, x)]] });
    f([1, 1]);
    const room = observed.latest!.inputs[1]!;
    observed.drop();
    room.set(0, -1);
    expect(w.get().toArray()).toEqual([2, 3]);
    f([1, 1]);
    expect(w.get().toArray()).toEqual([3, 4]);
  });

  it('may be borrowed as results while they are updated', () => {
    const w = shared([1, 2]);
    const options = {
      backend: residentBackend().backend,
      borrow: true,
      updates: [[w, mul(2, w)]] as const,
    };
    const f = compile([], w, options);
    f();
    expect(f().toArray()).toEqual([2, 4]);
    expect(w.get().toArray()).toEqual([4, 8]);
  });
});
