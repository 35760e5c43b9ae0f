import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { compile, shared } from '@cotangent/compile';
import { vector } from '@cotangent/graph';
import { add, mul, sum } from '@cotangent/ops';
import { backendOn } from '../backend.ts';
import { hostEngine } from './engine.ts';
import type { Engine } from './engine.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** How many of some objects are still there when the engine has collected what it can. */
async function remaining(objects: readonly WeakRef<object>[], wanted: number): Promise<number> {
  const count = (): number => objects.filter((object) => object.deref() !== undefined).length;
  for (let k = 0; k < 20 && count() > wanted; k++) {
    await new Promise((resolve) => setTimeout(resolve, 5)); // what was looked at stays for the rest of a task
    if (typeof collect === 'function') collect();
  }
  return count();
}

describe('the memory of modules', () => {
  it('can be collected when they are evicted or released, whatever they held', async () => {
    const memories: WeakRef<WebAssembly.Memory>[] = [];
    const engine: Engine = {
      ...hostEngine,
      memory: (...how) => {
        const memory = hostEngine.memory(...how);
        memories.push(new WeakRef(memory));
        return memory;
      },
    };
    const x = vector('x');
    const w = shared([1]);
    const f = compile([x], mul(sum(w), x), {
      backend: backendOn(engine, { cacheSize: 2 }),
      updates: [[w, add(w, 1)]],
    });
    for (let n = 1; n <= 8; n++) f(new Float64Array(n));
    f.place(new Float64Array(9));
    expect(memories).toHaveLength(9);
    expect(await remaining(memories, 2)).toBe(2);
    f.release();
    expect(await remaining(memories, 0)).toBe(0);
    expect(w.get().toArray()).toEqual([9]);
    expect(f([1]).toArray()).toEqual([9]);
  });
});
