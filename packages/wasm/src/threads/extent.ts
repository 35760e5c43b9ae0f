import { fold, operandsOf } from '@cotangent/loops';
import type { Buffer, For, Index, Local, MatrixView, Statement, Value } from '@cotangent/loops';
import { valuesIn } from '../emit/outline.ts';
import { allStatements, changedLocals, storedBuffers } from '../emit/written.ts';

/** Where an address can be in iteration i of a loop: from stride · i + low to stride · i + high. */
interface Extent {
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

/** Elements that a statement touches. */
interface Access {
  readonly buffer: Buffer;
  readonly at: Extent | undefined;
}

/**
 * Whether the iterations of a loop touch no element that another iteration writes: they are marked
 * independent, or in every buffer that is written each stays in a window that moves by more than its width.
 * Locals of outside are the caller's concern.
 */
export function isIndependent(loop: For): boolean {
  if (loop.vector) return true;
  const statements = allStatements(loop.body);
  const stored = storedBuffers(statements);
  const windows = new Map<Buffer, Extent>();
  for (const { buffer, at } of accessesOf(loop, statements)) {
    if (!stored.has(buffer)) continue;
    if (at === undefined) return false;
    const known = windows.get(buffer) ?? at;
    if (known.stride !== at.stride) return false;
    const [low, high] = [Math.min(known.low, at.low), Math.max(known.high, at.high)];
    if (high - low >= Math.abs(at.stride)) return false;
    windows.set(buffer, { stride: at.stride, low, high });
  }
  return true;
}

function accessesOf(loop: For, statements: readonly Statement[]): readonly Access[] {
  const extents = new Extents(loop, statements);
  const loads = valuesIn(statements).flatMap((x) =>
    x.kind === 'load' ? { buffer: x.buffer, at: extents.of(x.at) } : [],
  );
  const others = statements.flatMap((s): readonly Access[] => {
    if (s.kind === 'store') return [{ buffer: s.buffer, at: extents.of(s.at) }];
    if (s.kind !== 'matrixProduct') return [];
    const of = (view: MatrixView, rows: number, columns: number): Access => ({
      buffer: view.buffer,
      at: matrixExtent(extents.of(view.offset), view, rows, columns),
    });
    return [of(s.out, s.rows, s.columns), of(s.a, s.rows, s.inner), of(s.b, s.inner, s.columns)];
  });
  return [...loads, ...others];
}

function matrixExtent(
  at: Extent | undefined,
  { rowStride, columnStride }: MatrixView,
  rows: number,
  columns: number,
): Extent | undefined {
  if (at === undefined) return undefined;
  const [down, across] = [(rows - 1) * rowStride, (columns - 1) * columnStride];
  return {
    stride: at.stride,
    low: at.low + Math.min(0, down) + Math.min(0, across),
    high: at.high + Math.max(0, down) + Math.max(0, across),
  };
}

/** Extents of integers in the body of a loop. */
class Extents {
  readonly #names = new Map<Index | Local, Extent | undefined>();

  constructor(loop: For, statements: readonly Statement[]) {
    this.#names.set(loop.index, { stride: 1, low: 0, high: 0 });
    const changed = changedLocals(statements);
    for (const s of statements) {
      if (s.kind === 'for') this.#bind(s.index, union(this.of(s.from), lastOf(this.of(s.to))));
      if (s.kind === 'let')
        this.#bind(s.local, changed.has(s.local) ? undefined : this.of(s.value));
    }
  }

  /** A name may be bound several times: it is anywhere that one of them allows. */
  #bind(name: Index | Local, extent: Extent | undefined): void {
    const known = this.#names.has(name);
    this.#names.set(name, known ? union(this.#names.get(name), extent) : extent);
  }

  of(value: Value): Extent | undefined {
    return fold<Extent | undefined>(value, (x, operands) => this.#operation(x, operands));
  }

  #operation(x: Value, [a, b]: readonly (Extent | undefined)[]): Extent | undefined {
    if (x.kind === 'index' || x.kind === 'local') return this.#names.get(x);
    if (x.kind === 'const') return { stride: 0, low: x.value, high: x.value };
    if (x.kind !== 'binary' || operandsOf(x).length !== 2 || !a || !b) return undefined;
    if (x.op === 'add') return sum(a, b);
    if (x.op === 'sub') return sum(a, scaled(b, -1));
    if (x.op !== 'mul') return undefined;
    if (isConstant(a)) return scaled(b, a.low);
    return isConstant(b) ? scaled(a, b.low) : undefined;
  }
}

function isConstant({ stride, low, high }: Extent): boolean {
  return stride === 0 && low === high;
}

function sum(a: Extent, b: Extent): Extent {
  return { stride: a.stride + b.stride, low: a.low + b.low, high: a.high + b.high };
}

function scaled({ stride, low, high }: Extent, by: number): Extent {
  const [p, q] = [low * by, high * by];
  return { stride: stride * by, low: Math.min(p, q), high: Math.max(p, q) };
}

function lastOf(end: Extent | undefined): Extent | undefined {
  return end && { ...end, low: end.low - 1, high: end.high - 1 };
}

function union(a: Extent | undefined, b: Extent | undefined): Extent | undefined {
  if (a === undefined || b === undefined || a.stride !== b.stride) return undefined;
  return { stride: a.stride, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}
