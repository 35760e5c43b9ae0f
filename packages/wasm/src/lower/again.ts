import { fold, load, operandsOf } from '@cotangent/loops';
import type { Buffer, Local, Value } from '@cotangent/loops';
import type { Group, Root } from './group.ts';
import { sizeOf } from './lazy.ts';
import { withOperands } from './relocate.ts';

/** Below this many elements a value stays in the first-level cache: loading it costs nothing. */
const fewest = 4096;

/** What may be computed again instead of being stored and loaded: as much as fits between other loads. */
const mostOperations = 2;
const mostLoads = 2;

const cheap: ReadonlySet<string> = new Set(['neg', 'abs', 'add', 'sub', 'mul', 'min', 'max']);

/**
 * What a root computes, in terms of memory alone, if that costs less than to store it in its nest and to load
 * it in another one over the same loops.
 *
 * @param here - the position of a nest's innermost statements.
 * @param isSteady - whether a buffer keeps its values until the end.
 */
export function computedAgain(
  root: Root,
  { loops, roots }: Group,
  here: Value,
  isSteady: (buffer: Buffer) => boolean,
): Value | undefined {
  if (root.isStored || sizeOf(loops) < fewest) return undefined;
  const byLocal = new Map<Local, Root>(roots.map((r) => [r.local, r] as const));
  const made = expanded(root.value, byLocal, here);
  return made !== undefined && isCheap(made, isSteady) ? made : undefined;
}

/** A value with the registers of its nest written out; `undefined` where that grows long. */
function expanded(value: Value, byLocal: ReadonlyMap<Local, Root>, here: Value): Value | undefined {
  let current = value;
  // Each round writes out one level; what is still not done then is too long.
  for (let round = 0; round <= mostOperations; round++) {
    let isDone = true;
    current = fold<Value>(current, (x, operands) => {
      const root = x.kind === 'local' ? byLocal.get(x) : undefined;
      if (root === undefined) return withOperands(x, operands);
      isDone = false;
      return root.isStored ? load(root.buffer, here) : root.value;
    });
    if (isDone) return current;
  }
  return undefined;
}

function isCheap(value: Value, isSteady: (buffer: Buffer) => boolean): boolean {
  let [operations, loads] = [0, 0];
  const stack = [value];
  const seen = new Set<Value>();
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (seen.has(x) || x.kind === 'const') continue;
    seen.add(x);
    if (x.kind === 'load') {
      if (!isSteady(x.buffer) || hasLoad(x.at)) return false;
      loads++;
    } else {
      if ((x.kind !== 'unary' && x.kind !== 'binary') || !cheap.has(x.op)) return false;
      operations++;
      stack.push(...operandsOf(x));
    }
  }
  return operations <= mostOperations && loads <= mostLoads;
}

function hasLoad(at: Value): boolean {
  return fold<boolean>(at, (x, inside) => x.kind === 'load' || inside.includes(true));
}
