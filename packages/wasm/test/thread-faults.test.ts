import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compile, shared } from '@cotangent/compile';
import { defineOp, matrix, vector } from '@cotangent/graph';
import type { OpFunction } from '@cotangent/graph';
import {
  addressIn,
  compare,
  constantOf,
  elementAt,
  forLoop,
  i32,
  ifThen,
  index,
  refuse,
  store,
} from '@cotangent/loops';
import { add, matmul, sum, tanh } from '@cotangent/ops';
import { CotangentError, ValueError, mapTensors, zerosTensor } from '@cotangent/tensor';
import { wasmBackend } from '../src/index.ts';
import { Pool } from '../src/threads/pool.ts';

const hook = fileURLToPath(new URL('../../tools/ts-hook.mjs', import.meta.url));
const flags = ['--import', hook, '--conditions=@cotangent/source', '--no-warnings'];

const workers: Worker[] = [];

function fromFile(file: string) {
  return (): Worker => {
    const worker = new Worker(new URL(file, import.meta.url), { execArgv: flags });
    workers.push(worker);
    return worker;
  };
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

const values = new Float64Array(50_000).fill(0.5);
const expected = 50_000 * Math.tanh(0.5);

describe('threads', () => {
  it('that die between calls are told, and others take their place', async () => {
    const x = vector('x');
    const total = shared(0, { name: 'total' });
    const value = sum(tanh(x));
    const f = compile([x], value, {
      updates: [[total, add(total, value)]],
      backend: wasmBackend({ threads: 2, worker: fromFile('./fixtures/thread.ts') }),
    });
    const [first] = [f(values).item()];
    expect(first).toBeCloseTo(expected, 6);
    const before = total.get().item();
    await once(workers[0]!, 'online');
    await workers[0]!.terminate();
    expect(() => f(values)).toThrow(
      expect.objectContaining({ name: 'CotangentError', code: 'WASM_WORKER' }),
    );
    expect(total.get().item()).toBe(before);
    expect(f(values).item()).toBe(first);
    expect(total.get().item()).toBe(2 * before);
    expect(workers).toHaveLength(2);
    f.release();
  }, 60_000);

  it('that cannot be started are told', () => {
    const x = vector('x');
    const worker = (): never => {
      throw new RangeError('injected');
    };
    const f = compile([x], sum(tanh(x)), { backend: wasmBackend({ threads: 2, worker }) });
    expect(() => f(values)).toThrow(expect.objectContaining({ code: 'WASM_WORKER' }));
  });

  it('that leave a part undone are given up', () => {
    const shares: SharedArrayBuffer[] = [];
    const worker = () => ({
      postMessage: (message: unknown) => {
        if (typeof message !== 'object' || message === null || !('control' in message)) return;
        if (message.control instanceof SharedArrayBuffer) shares.push(message.control);
        const control = new Int32Array(shares.at(-1)!);
        Atomics.add(control, 3, 1); // has joined, and is never heard of again
      },
      terminate: () => undefined,
    });
    const pool = new Pool(2, worker, 50);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const id = pool.add({ module, memory, scratches: [0, 0], names: [] });
    const done: number[] = [];
    expect(() => pool.run(id, 0, 3, 0, (part) => void done.push(part))).toThrow(CotangentError);
    expect(done).toEqual([0, 1, 2]);
    expect(shares).toHaveLength(1);
    expect(() => pool.run(id, 0, 3, 0, () => undefined)).toThrow(CotangentError);
    expect(shares).toHaveLength(2);
  });

  it('leave what a module refuses to the op that refuses it', () => {
    const x = vector('x');
    const f = compile([x], checked(x), { backend: wasmBackend({ threads: 2 }) });
    const good = new Float64Array(2_000_000).fill(1);
    const bad = good.with(1_999_999, -1);
    for (let call = 0; call < 5; call++) {
      expect(f(good).get(7)).toBe(1);
      expect(() => f(bad)).toThrow(expect.objectContaining({ code: 'TEST_NEGATIVE' }));
    }
    expect(f.explain()).toMatch(/in \d+ parts/);
    f.release();
  });

  it('end with the functions that use them', async () => {
    const x = vector('x');
    const backend = wasmBackend({ threads: 3, worker: fromFile('./fixtures/thread.ts') });
    const [f, g] = [compile([x], sum(tanh(x)), { backend }), compile([x], tanh(x), { backend })];
    f(values);
    g(values);
    expect(workers).toHaveLength(2);
    const ends = Promise.all(workers.map((worker) => once(worker, 'exit')));
    f.release();
    expect(g(values).get(0)).toBeCloseTo(Math.tanh(0.5), 12);
    expect(workers).toHaveLength(2);
    g.release();
    await ends;
    expect(f(values).item()).toBeCloseTo(expected, 6);
    expect(workers).toHaveLength(4);
    f.release();
  }, 60_000);

  it('do not keep a process alive', async () => {
    const program = fileURLToPath(new URL('./fixtures/threaded-program.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
    expect(Number(stdout)).toBeCloseTo(expected, 6);
  }, 60_000);

  it('give the same in ten thousand calls', () => {
    const [a, b] = [matrix('a', { dtype: 'float32' }), matrix('b', { dtype: 'float32' })];
    const f = compile([a, b], matmul(a, b), { backend: wasmBackend({ threads: 2 }) });
    const [x, y, out] = [1, 2, 3].map(() => zerosTensor([96, 96], 'float32'));
    x!.data.fill(2);
    for (let call = 0; call < 10_000; call++) {
      y!.data.fill(call);
      f.callInto([x!, y!], out!);
      const [first, last] = [out!.get(0, 0), out!.get(95, 95)];
      if (first !== 192 * call || last !== first)
        throw new Error(`call ${call}: ${first}, ${last}`);
    }
    expect(f.explain()).toMatch(/in \d+ parts/);
    f.release();
  }, 120_000);
});

/** x, if no element is negative. */
const checked: OpFunction<1, 1> = defineOp<1, 1>(
  'checked',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pullback: ([yBar]) => [yBar],
    eval: ([x]) => [
      mapTensors(
        (value) => {
          if (value < 0) throw new ValueError('checked: negative', { code: 'TEST_NEGATIVE' });
          return value;
        },
        [x],
        'float64',
      ),
    ],
    lower: ({ inputs: [x], outputs: [y] }) => {
      const k = index('k');
      const value = elementAt(x!, [k]);
      return [
        forLoop(k, i32(0), i32(x!.shape[0]!), [
          ifThen(compare('lt', value, constantOf('f64', 0)), [refuse()]),
          store(y!.buffer, addressIn(y!, [k]), value),
        ]),
      ];
    },
  },
);
