import { strideIn } from '@cotangent/loops';
import type { Buffer, For, MatrixProduct, Statement, Store } from '@cotangent/loops';
import { tripsOf, valuesIn } from '../emit/outline.ts';
import { allStatements } from '../emit/written.ts';
import type { Extents } from './extent.ts';

/** Elements of a buffer, the last one included. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The elements that every iteration of a loop writes before it reads any of a buffer; `undefined` if that is not
 * plain. An iteration that finds only its own values there can have the buffer for itself.
 */
export function firstWritten(
  body: readonly Statement[],
  buffer: Buffer,
  extents: Extents,
): Range | undefined {
  const first = body.find((s) => mentions(s, buffer));
  switch (first?.kind) {
    case 'block':
      return firstWritten(first.body, buffer, extents);
    case 'matrixProduct':
      return rangeOfProduct(first, buffer, extents);
    case 'for':
      if (!((tripsOf(first) ?? 0) > 0)) return undefined;
      return rangeOfNest(first, buffer, extents) ?? firstWritten(first.body, buffer, extents);
    default:
      return undefined;
  }
}

/** Whether statements touch a buffer anywhere. */
function mentions(statement: Statement, buffer: Buffer): boolean {
  const statements = allStatements([statement]);
  return statements.some((s) => writes(s, buffer)) || reads(statements, buffer);
}

function writes(s: Statement, buffer: Buffer): boolean {
  if (s.kind === 'matrixProduct') return s.out.buffer === buffer;
  return s.kind === 'store' && s.buffer === buffer;
}

function reads(statements: readonly Statement[], buffer: Buffer): boolean {
  const isLoaded = valuesIn(statements).some((x) => x.kind === 'load' && x.buffer === buffer);
  const isOperand = (s: Statement): boolean =>
    s.kind === 'matrixProduct' && (s.a.buffer === buffer || s.b.buffer === buffer);
  return isLoaded || statements.some(isOperand);
}

function rangeOfProduct(s: MatrixProduct, buffer: Buffer, extents: Extents): Range | undefined {
  if (s.accumulate || s.out.buffer !== buffer || reads([s], buffer)) return undefined;
  const { offset, rowStride, columnStride } = s.out;
  return denseRange(extents.of(offset), [
    [s.rows, rowStride],
    [s.columns, columnStride],
  ]);
}

/** Loops around nothing but one store that runs over neighbouring elements. */
function rangeOfNest(loop: For, buffer: Buffer, extents: Extents): Range | undefined {
  const loops: For[] = [];
  let at: Statement | undefined = loop;
  while (at?.kind === 'for') {
    loops.push(at);
    at = at.body.length === 1 ? at.body[0] : undefined;
  }
  if (at?.kind !== 'store' || at.buffer !== buffer || reads(allStatements([loop]), buffer))
    return undefined;
  return rangeOfStore(at, loops, extents);
}

function rangeOfStore({ at }: Store, loops: readonly For[], extents: Extents): Range | undefined {
  const start = extents.of(at);
  const axes: (readonly [number, number])[] = [];
  for (const loop of loops) {
    const [size, stride] = [tripsOf(loop) ?? 0, strideIn(at, loop.index)];
    if (size < 1 || stride === undefined || stride < 0) return undefined;
    axes.push([size, stride]);
  }
  const last = axes.reduce((sum, [size, stride]) => sum + (size - 1) * stride, 0);
  // What else the address depends on would show as room beyond these loops.
  if (start === undefined || start.high - start.low !== last) return undefined;
  return denseRange({ ...start, high: start.low }, axes);
}

/** From a start, which must not vary, the elements that axes of these sizes and strides run over: all in between. */
function denseRange(
  start: (Range & { readonly stride: number }) | undefined,
  axes: readonly (readonly [size: number, stride: number])[],
): Range | undefined {
  if (start === undefined || start.stride !== 0 || start.low !== start.high) return undefined;
  let count = 1;
  for (const [size, stride] of axes.toSorted(([, a], [, b]) => a - b)) {
    if (size === 1) continue;
    if (stride !== count) return undefined;
    count *= size;
  }
  return { low: start.low, high: start.low + count - 1 };
}
