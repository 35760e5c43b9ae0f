import { affine, forLoop, i32, index, store } from '@cotangent/loops';
import type { Buffer, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import { sizeOf } from './lazy.ts';
import { fill } from './reduction.ts';

/** Entries of an axis from `start`, before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Fills a dense tensor but for the part that lies within a range of each axis; all of it if the part is not
 * known or small.
 */
export function fillOutside(
  out: Buffer,
  shape: readonly number[],
  part: readonly Range[] | undefined,
  value: Value,
): readonly Statement[] {
  const total = sizeOf(shape);
  const inside = part && sizeOf(part.map(({ start, end }) => end - start));
  if (inside === undefined || 2 * inside < total) return [fill(out, total, value)];
  return part!.flatMap(({ start, end }, axis) => [
    ...fillSlab(out, shape, part!, axis, { start: 0, end: start }, value),
    ...fillSlab(out, shape, part!, axis, { start: end, end: shape[axis]! }, value),
  ]);
}

/** Fills what lies within the part by the axes before `axis`, within `range` by that one: rows of neighbours. */
function fillSlab(
  out: Buffer,
  shape: readonly number[],
  part: readonly Range[],
  axis: number,
  range: Range,
  value: Value,
): readonly Statement[] {
  if (range.end === range.start) return [];
  const strides = rowMajorStrides(shape);
  const run = (range.end - range.start) * strides[axis]!;
  const counters = strides.slice(0, axis).map((_, outer) => index(`k${outer}`));
  const k = index('k');
  const at = affine(
    [
      ...counters.map((i, outer) => [i, strides[outer]!] as const),
      ...(run > 1 ? [[k, 1] as const] : []),
    ],
    range.start * strides[axis]!,
  );
  const element: Statement = store(out, at, value);
  const row = run > 1 ? forLoop(k, i32(0), i32(run), [element], { vector: true }) : element;
  return counters.reduceRight<readonly Statement[]>(
    (body, i, outer) => [forLoop(i, i32(part[outer]!.start), i32(part[outer]!.end), body)],
    [row],
  );
}
