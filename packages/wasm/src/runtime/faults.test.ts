import { describe, expect, it } from '@jest/globals';
import { compile, shared } from '@cotangent/compile';
import type { CompiledFunction, Shared } from '@cotangent/compile';
import { defineOp, scalar, vector } from '@cotangent/graph';
import type { Input, OpFunction, Variable } from '@cotangent/graph';
import { add, broadcastTo, mul, sum } from '@cotangent/ops';
import { zerosTensor } from '@cotangent/tensor';
import loadWabt from 'wabt';
import { backendOn } from '../backend.ts';
import { hostEngine } from './engine.ts';
import type { Engine } from './engine.ts';

/** An engine that can be told to fail once. */
function faultyEngine(): {
  readonly engine: Engine;
  fail: 'memory' | 'compile' | 'trap' | undefined;
} {
  const fails = (kind: string): boolean => {
    const does = state.fail === kind;
    if (does) state.fail = undefined;
    return does;
  };
  const refuse = (): never => {
    throw new RangeError('injected');
  };
  const compileOn = (bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module => {
    if (fails('compile')) return refuse();
    return hostEngine.compile(fails('trap') ? trapping : bytes);
  };
  const state: ReturnType<typeof faultyEngine> = {
    fail: undefined,
    engine: {
      memory: (...how) => (fails('memory') ? refuse() : hostEngine.memory(...how)),
      compile: compileOn,
      compileLater: (bytes) => new Promise((resolve) => resolve(compileOn(bytes))),
    },
  };
  return state;
}

// (module (import "env" "memory" (memory 1)) (func (export "run0") (drop (i32.load (i32.const -1)))))
const trapping = Uint8Array.from(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 4, 1, 0x60, 0, 0],
    [2, 15, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 1],
    [3, 2, 1, 0],
    [7, 8, 1, 4, 0x72, 0x75, 0x6e, 0x30, 0, 0],
    [10, 10, 1, 8, 0, 0x41, 0x7f, 0x28, 2, 0, 0x1a, 0x0b],
  ].flat(),
);

const x = vector('x');

/** A function with state: returns w + x, and adds x to w. */
function stateful(engine: Engine): {
  readonly w: Shared;
  readonly f: CompiledFunction<[Input], Variable>;
} {
  const w = shared([1, 2]);
  const f = compile([x], add(w, x), { backend: backendOn(engine), updates: [[w, add(w, x)]] });
  return { w, f };
}

describe('a fault', () => {
  it.each([
    ['memory', 'WASM_NO_MEMORY'],
    ['compile', 'WASM_REFUSED'],
    ['trap', 'WASM_TRAP'],
  ] as const)('of %s is a typed error that leaves state alone', (kind, code) => {
    const faulty = faultyEngine();
    const { w, f } = stateful(faulty.engine);
    f([1, 1]);
    const out = zerosTensor([2], 'float64');
    const calls: readonly (() => unknown)[] = [() => f([5, 5]), () => f.callInto([[5, 5]], out)];
    for (const call of calls) {
      f.release();
      faulty.fail = kind;
      expect(call).toThrow(expect.objectContaining({ code, cause: expect.anything() }));
      if (kind === 'trap') f.release(); // the engine of the test replaced the whole module
    }
    expect(out.toArray()).toEqual([0, 0]);
    expect(w.get().toArray()).toEqual([2, 3]);
    expect(f([1, 1]).toArray()).toEqual([3, 4]);
    expect(w.get().toArray()).toEqual([3, 4]);
  });

  it('of an asynchronous compilation rejects', async () => {
    const faulty = faultyEngine();
    const { f } = stateful(faulty.engine);
    faulty.fail = 'compile';
    await expect(f.prepare([1, 2])).rejects.toMatchObject({ code: 'WASM_REFUSED' });
    await f.prepare([1, 2]);
    expect(f.statistics().modules).toBe(1);
  });

  it('of an op evaluated in JavaScript leaves state alone', () => {
    const positive: OpFunction<1, 1> = defineOp<1, 1>(
      'positive',
      { inputs: 1, outputs: 1 },
      {
        infer: ([v]) => [v],
        eval: ([v]) => {
          if (v.get(0) < 0) throw new RangeError('negative');
          return [v];
        },
      },
    );
    const w = shared([1, 2]);
    const options = { backend: backendOn(hostEngine), updates: [[w, add(w, x)]] as const };
    const f = compile([x], positive(mul(w, x)), options);
    f([1, 1]);
    for (let k = 0; k < 2; k++) expect(() => f([-1, 1])).toThrow(RangeError);
    expect(w.get().toArray()).toEqual([2, 3]);
    expect(f([1, 1]).toArray()).toEqual([2, 3]);
    expect(w.get().toArray()).toEqual([3, 4]);
  });
});

describe('what is too large', () => {
  const backend = backendOn(hostEngine);
  const tooLarge = expect.objectContaining({ code: 'WASM_TOO_LARGE' });

  it('is refused by bytes', () => {
    const f = compile([x], add(broadcastTo(x, [40_000, 40_000]), 1), { backend });
    expect(() => f(new Float64Array(40_000))).toThrow(tooLarge);
    expect(f.statistics().modules).toBe(0);
  });

  it('is refused by elements, also of a loop that stores nothing', () => {
    const s = scalar('s');
    const f = compile([s], sum(broadcastTo(add(s, 1), [2 ** 17, 2 ** 17])), { backend });
    expect(() => f(1)).toThrow(tooLarge);
    const b = scalar('b', { dtype: 'uint8' });
    const g = compile([b], add(broadcastTo(b, [2 ** 16, 2 ** 15]), b), { backend }); // 2 GiB
    expect(() => g(1)).toThrow(tooLarge);
  });
});

describe('modules of compiled functions', () => {
  it('are valid by an independent tool', async () => {
    const wabt = await loadWabt();
    const seen: Uint8Array[] = [];
    const engine: Engine = {
      ...hostEngine,
      compile: (bytes) => {
        seen.push(bytes);
        return hostEngine.compile(bytes);
      },
    };
    const { f } = stateful(engine);
    for (const n of [2, 2]) f(new Float64Array(n));
    const g = compile([x], [sum(mul(x, x)), mul(2, x)], { backend: backendOn(engine) });
    for (const n of [0, 1, 7, 100]) g(new Float64Array(n));
    expect(seen).toHaveLength(5);
    for (const bytes of seen) {
      const module = wabt.readWasm(bytes, { readDebugNames: false });
      expect(() => module.validate()).not.toThrow();
      module.destroy();
    }
  });
});
