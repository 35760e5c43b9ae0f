import { fold, operandsOf } from '@cotangent/loops';
import type { Buffer, For, Index, Local, MatrixView, Statement, Value } from '@cotangent/loops';
import { valuesIn } from '../emit/outline.ts';
import { allStatements, changedLocals, storedBuffers } from '../emit/written.ts';
import { firstWritten } from './private.ts';

/** Where an address can be in iteration i of a loop: from stride · i + low to stride · i + high. */
export interface Extent {
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
 * Buffers that each part of a loop needs for itself so that its iterations touch no element that another
 * iteration writes, the number of their elements, and `undefined` where that is not so. They are
 * independent if they are marked so, or if in every buffer that is written each iteration stays in a window that
 * moves by more than its width, or writes first what it reads. Locals of outside are the caller's concern.
 *
 * @param isInner - whether nothing but the loop uses a buffer.
 */
export function privatesOf(
  loop: For,
  isInner: (buffer: Buffer) => boolean,
): ReadonlyMap<Buffer, number> | undefined {
  const privates = new Map<Buffer, number>();
  if (loop.vector) return privates;
  const statements = allStatements(loop.body);
  const extents = new Extents(loop, statements);
  const accesses = accessesOf(extents, statements);
  for (const buffer of storedBuffers(statements)) {
    const window = windowOf(accesses.filter((access) => access.buffer === buffer));
    if (window === undefined) return undefined;
    if (window.high - window.low < Math.abs(window.stride)) continue;
    const written = isInner(buffer) ? firstWritten(loop.body, buffer, extents) : undefined;
    const isOwn = window.stride === 0 && written !== undefined;
    if (!isOwn || window.low < written.low || window.high > written.high) return undefined;
    privates.set(buffer, written.high + 1);
  }
  return privates;
}

/** Everything that one iteration touches, if the accesses move alike. */
function windowOf(accesses: readonly Access[]): Extent | undefined {
  let window = accesses[0]?.at;
  for (const { at } of accesses) window = union(window, at);
  return window;
}

function accessesOf(extents: Extents, statements: readonly Statement[]): readonly Access[] {
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
export class Extents {
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
