import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { add, cast, mul, sub } from '@cotangent/ops';
import { defineOp, scalar, vector } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { Shared, compile, shared } from './index.ts';

describe('shared', () => {
  it('is an input with the dtype and the static shape of its value', () => {
    const w = shared([[1, 2]], { name: 'w', dtype: 'float32' });
    expect(w).toBeInstanceOf(Shared);
    expect(w).toMatchObject({ kind: 'input', name: 'w', dtype: 'float32', shape: [1, 2] });
    expect(shared(true).dtype).toBe('bool');
    expect(shared(1).dtype).toBe('float64');
  });

  it('copies on the way in and out', () => {
    const data = new Float64Array([1, 2]);
    const w = shared(data);
    data[0] = 9;
    expect(w.get().toArray()).toEqual([1, 2]);
    w.get().set(0, 9);
    expect(w.get().toArray()).toEqual([1, 2]);
    const next = tensorFrom([3, 4]);
    w.set(next);
    next.set(0, 9);
    expect(w.get().toArray()).toEqual([3, 4]);
  });

  it('hands out and takes over storage where that is asked for', () => {
    const w = shared([1, 2]);
    const next = tensorFrom([3, 4]);
    w.set(next, { borrow: true });
    expect(w.get({ borrow: true })).toBe(next);
  });

  it('keeps dtype, rank and static shape', () => {
    const w = shared([1, 2], { name: 'w' });
    expect(caught(() => w.set([1, 2, 3]))).toMatchObject({ code: 'COMPILE_ARGUMENT_SHAPE' });
    expect(caught(() => w.set(1))).toMatchObject({ code: 'COMPILE_ARGUMENT_RANK' });
    expect(String(caught(() => w.set(1)))).toContain('shared w: float64[2]');
    const n = shared([1], { dtype: 'int32' });
    expect(caught(() => n.set([0.5]))).toMatchObject({ code: 'NOT_REPRESENTABLE' });
    expect(caught(() => n.set(new Float64Array(1)))).toMatchObject({
      code: 'COMPILE_ARGUMENT_DTYPE',
    });
    expect(w.get().toArray()).toEqual([1, 2]);
  });

  it('lets sizes change that are declared unknown', () => {
    const w = shared([[1, 2]], { shape: [null, 2] });
    w.set([
      [1, 2],
      [3, 4],
    ]);
    expect(w.get().shape).toEqual([2, 2]);
    expect(caught(() => w.set([[1]]))).toMatchObject({ code: 'COMPILE_ARGUMENT_SHAPE' });
  });

  it('refuses options that do not fit', () => {
    expect(caught(() => shared([1], { shape: [2] }))).toMatchObject({ code: 'SHARED_SHAPE' });
    expect(caught(() => shared([1], { shape: [] }))).toMatchObject({ code: 'SHARED_SHAPE' });
    // @ts-expect-error not an option
    expect(caught(() => shared([1], { borrow: true }))).toMatchObject({ code: 'SHARED_OPTION' });
    // @ts-expect-error not a name
    expect(caught(() => shared([1], { name: 1 }))).toMatchObject({ code: 'SHARED_OPTION' });
    // @ts-expect-error not a dtype
    expect(caught(() => shared([1], { dtype: 'int64' }))).toMatchObject({ code: 'DTYPE_UNKNOWN' });
  });
});

describe('shared variables in a compiled function', () => {
  it('are read without being passed', () => {
    const w = shared([1, 2]);
    const x = vector('x');
    const f = compile([x], mul(w, x));
    expect(f([3, 4]).toArray()).toEqual([3, 8]);
    w.set([10, 20]);
    expect(f([3, 4]).toArray()).toEqual([30, 80]);
  });

  it('do not share storage with results', () => {
    const w = shared([1, 2]);
    const f = compile([], w);
    f().set(0, 9);
    expect(w.get().toArray()).toEqual([1, 2]);
  });
});

describe('updates', () => {
  const x = scalar('x');

  it('change shared variables after the call', () => {
    const total = shared(0, { name: 'total' });
    const f = compile([x], total, { updates: [[total, add(total, x)]] });
    expect(f(5).item()).toBe(0);
    expect(f(7).item()).toBe(5);
    expect(total.get().item()).toBe(12);
  });

  it('need no output', () => {
    const total = shared(0);
    const f = compile([x], [], { updates: new Map([[total, sub(total, x)]]) });
    expect(f(2)).toEqual([]);
    expect(total.get().item()).toBe(-2);
  });

  it('are all computed from the old values', () => {
    const a = shared([1]);
    const b = shared([2]);
    const swap = compile([], [], {
      updates: [
        [a, b],
        [b, a],
      ],
    });
    swap();
    expect([a.get().item(), b.get().item()]).toEqual([2, 1]);
    expect(a.get({ borrow: true }).data).not.toBe(b.get({ borrow: true }).data);
  });

  it('may be values', () => {
    const n = shared([1, 2], { dtype: 'int32' });
    compile([], [], { updates: [[n, [0, 0]]] })();
    expect(n.get().toArray()).toEqual([0, 0]);
    expect(n.get().dtype).toBe('int32');
  });

  it('do not share storage with arguments, results or constants', () => {
    const v = vector('v');
    const w = shared([0, 0], { shape: [null] });
    const f = compile([v], [v, w], { updates: [[w, v]], borrow: true });
    const argument = tensorFrom([1, 2]);
    const [passed] = f(argument);
    expect(passed).toBe(argument); // borrowed
    argument.set(0, 9);
    expect(w.get().toArray()).toEqual([1, 2]);
  });

  it('leave everything as it was when the call fails', () => {
    const failing = defineOp<1, 1>(
      'failing',
      { inputs: 1, outputs: 1 },
      {
        infer: ([t]) => [t],
        eval: ([t]) => {
          if (t.item() < 0) throw new RangeError('negative');
          return [t];
        },
      },
    );
    const a = shared(1);
    const b = shared([1], { shape: [null] });
    const v = vector('v');
    const updates = [
      [a, failing(x)],
      [b, add(b, v)],
    ] as const;
    const f = compile([x, v], [], { updates });
    expect(caught(() => f(-1, [1]))).toBeInstanceOf(RangeError);
    expect(caught(() => f(3, [[1]]))).toMatchObject({ code: 'COMPILE_ARGUMENT_RANK' });
    expect([a.get().item(), b.get().item()]).toEqual([1, 1]);
    f(3, [4]);
    expect([a.get().item(), b.get().item()]).toEqual([3, 5]);
  });

  it('are checked against the static shape at run time', () => {
    const a = shared(1);
    const w = shared([1, 2]);
    const v = vector('v');
    const f = compile([v], [], {
      updates: [
        [a, add(a, 1)],
        [w, v],
      ],
    });
    expect(caught(() => f([1, 2, 3]))).toMatchObject({ code: 'COMPILE_ARGUMENT_SHAPE' });
    expect(a.get().item()).toBe(1);
    expect(w.get().toArray()).toEqual([1, 2]);
  });

  it('are checked when they are compiled', () => {
    const w = shared([1, 2]);
    const update = (value: unknown, target: unknown = w): unknown =>
      // @ts-expect-error wrong on purpose
      caught(() => compile([], [], { updates: [[target, value]] }));
    expect(update(w, x)).toMatchObject({ code: 'COMPILE_UPDATE_NOT_SHARED' });
    expect(update(cast(w, 'float32'))).toMatchObject({ code: 'COMPILE_UPDATE_DTYPE' });
    expect(update([1, 2, 3])).toMatchObject({ code: 'COMPILE_UPDATE_SHAPE' });
    expect(update(add(w, [[1], [2]]))).toMatchObject({ code: 'COMPILE_UPDATE_SHAPE' });
    expect(update(undefined)).toMatchObject({ code: 'COMPILE_NOT_A_VARIABLE' });
    expect(
      caught(() =>
        compile([], [], {
          updates: [
            [w, w],
            [w, w],
          ],
        }),
      ),
    ).toMatchObject({
      code: 'COMPILE_DUPLICATE_UPDATE',
    });
    // @ts-expect-error not pairs
    expect(caught(() => compile([], [], { updates: [w] }))).toMatchObject({
      code: 'COMPILE_NOT_A_PAIR',
    });
  });
});
