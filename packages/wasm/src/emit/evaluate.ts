import { operandsOf } from '@cotangent/loops';
import type { Value } from '@cotangent/loops';

/** What values are known to be; those that a write may change are forgotten at each write. */
export class Memo<T> {
  private readonly lasting = new Map<Value, T>();
  private readonly fleeting = new Map<Value, T>();

  get(x: Value): T | undefined {
    return this.lasting.get(x) ?? this.fleeting.get(x);
  }

  set(x: Value, result: T, isVolatile: boolean): void {
    (isVolatile ? this.fleeting : this.lasting).set(x, result);
  }

  /** Forgets what a write may have changed; at the end of a region also what only it computed. */
  forget(everything: boolean): void {
    this.fleeting.clear();
    if (everything) this.lasting.clear();
  }
}

/** Interprets a value graph from its leaves up, each value once, with an explicit stack. */
export function evaluate<T>(
  root: Value,
  memo: Memo<T>,
  apply: (x: Value, operands: readonly T[]) => T,
  isVolatile: (result: T) => boolean,
): T {
  const found = memo.get(root);
  if (found !== undefined) return found;
  const stack: Value[] = [root];
  for (let x = stack.at(-1); x; x = stack.at(-1)) {
    const operands = operandsOf(x);
    const ready: T[] = [];
    for (const operand of operands) {
      const known = memo.get(operand);
      if (known === undefined) stack.push(operand);
      else ready.push(known);
    }
    if (ready.length < operands.length) continue;
    stack.pop();
    if (memo.get(x) !== undefined) continue; // asked for twice, and found in between
    const result = apply(x, ready);
    memo.set(x, result, isVolatile(result));
  }
  const result = memo.get(root);
  if (result === undefined) throw new RangeError('unreachable: the root was evaluated');
  return result;
}
