import { Input, InnerGraph, asVariable, constant } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { mul, sub } from '../elementwise/arithmetic.ts';
import { gt } from '../elementwise/comparison.ts';
import { floorDivide } from '../elementwise/division.ts';
import { sqrt } from '../elementwise/power.ts';
import { ceil } from '../elementwise/rounding.ts';
import { maximum, where } from '../elementwise/selection.ts';
import { concatenate } from '../shape/concatenate.ts';
import { reshape } from '../shape/reshape.ts';
import { shapeAt } from '../shape/size.ts';
import { slice } from '../shape/slice.ts';
import { zeroGrad } from '../shaping.ts';
import type { ScanBuilder, ScanParts, ScanResult } from './scan-parts.ts';

/** What reverse mode keeps of a loop: everything, or the states before every so many steps. */
export type Checkpoint = 'all' | 'sqrt' | number;

/**
 * The loop cut into segments of k steps: a loop over loops. The outer one is differentiated by computing the
 * inner one again, so that only the states between segments are kept. What k leaves over is a loop of its own.
 */
export function checkpointed(
  parts: ScanParts,
  checkpoint: Checkpoint,
  build: ScanBuilder,
): ScanResult {
  if (checkpoint === 'all') return build(parts);
  const total = sizeOf(parts.length);
  const k = checkpoint === 'sqrt' ? rootOf(total) : checkpoint;
  const count = quotient(total, k);
  const covered = times(count, k);
  const segments = overSegments(parts, count, k, covered, build);
  if (covered === total) return segments;
  const rest = build({
    ...parts,
    sequences: parts.sequences.map((x) => slice(x, [{ start: covered }])),
    initial: segments.finals,
    length: asLength(minus(total, covered)),
  });
  return joined(segments, rest);
}

/**
 * The loop in two: the steps before the last k, through which no derivative flows, and those.
 *
 * @param last - builds the second part.
 */
export function truncated(
  parts: ScanParts,
  k: number,
  build: ScanBuilder,
  last: ScanBuilder,
): ScanResult {
  const total = sizeOf(parts.length);
  const before =
    typeof total === 'number' ? Math.max(total - k, 0) : maximum(sub(total, k), literal(0));
  if (before === 0) return last(parts);
  const first = build({
    ...parts,
    sequences: parts.sequences.map((x) => slice(x, [{ stop: before }])),
    length: asLength(before),
  });
  const rest = last({
    ...parts,
    sequences: parts.sequences.map((x) => slice(x, [{ start: before }])),
    initial: first.finals.map((s, m) => cut(s, parts.initial[m]!, before)),
    length: asLength(minus(total, before)),
  });
  return joined({ ...first, stacked: first.stacked.map((y) => zeroGrad(y)) }, rest);
}

type Size = number | Variable;

/** The state after the first part, as a constant; the initial one, still connected, if that has no steps. */
function cut(state: Variable, initial: Variable, steps: Size): Variable {
  return typeof steps === 'number'
    ? zeroGrad(state)
    : where(gt(steps, 0), zeroGrad(state), initial);
}

function overSegments(
  parts: ScanParts,
  count: Size,
  k: Size,
  covered: Size,
  build: ScanBuilder,
): ScanResult {
  const blocks = parts.sequences.map((x) =>
    reshape(sizeOf(parts.length) === covered ? x : slice(x, [{ stop: covered }]), [
      count,
      k,
      ...sizesBehind(x),
    ]),
  );
  const sizeInput = typeof k === 'number' ? [] : [k];
  const outside = [...blocks, ...parts.initial, ...parts.constants, ...sizeInput];
  const inside = outside.map(
    ({ type, name }, i) =>
      new Input(i < blocks.length ? { ...type, shape: type.shape.slice(1) } : type, name),
  );
  const places = [blocks.length, blocks.length + parts.initial.length] as const;
  const inner = build({
    ...parts,
    sequences: inside.slice(0, places[0]),
    initial: inside.slice(places[0], places[1]),
    constants: inside.slice(places[1], places[1] + parts.constants.length),
    length: typeof k === 'number' ? asLength(k) : inside.at(-1)!,
  });
  const outer = build({
    ...parts,
    step: new InnerGraph(inside, [...inner.finals, ...inner.stacked]),
    sequences: blocks,
    constants: [...parts.constants, ...sizeInput],
    length: asLength(count),
    recompute: true,
  });
  const stacked = outer.stacked.map((y, j) =>
    reshape(y, [covered, ...sizesBehind(inner.stacked[j]!, y)]),
  );
  return { ...outer, stacked };
}

/** The sizes of the elements along the first axis of `x`; unknown ones are those of `y`, one axis deeper. */
function sizesBehind(x: Variable, y?: Variable): readonly Size[] {
  return x.shape
    .slice(1)
    .map((n, axis) => n ?? (y === undefined ? shapeAt(x, axis + 1) : shapeAt(y, axis + 2)));
}

function joined(first: ScanResult, second: ScanResult): ScanResult {
  const stacked = first.stacked.map((y, j) => concatenate([y, second.stacked[j]!], { axis: 0 }));
  return { ...second, stacked };
}

function sizeOf(length: Variable): Size {
  return length.kind === 'constant' ? length.value.item() : length;
}

function asLength(size: Size): Variable {
  return typeof size === 'number' ? constant(size, { dtype: 'int32' }) : castTo(size, 'int32');
}

function literal(value: number): Variable {
  return asVariable(value);
}

/** ⌈√n⌉, at least 1. */
function rootOf(n: Size): Size {
  if (typeof n === 'number') return Math.max(1, Math.ceil(Math.sqrt(n)));
  return castTo(maximum(ceil(sqrt(n)), 1), 'int32');
}

function quotient(n: Size, k: Size): Size {
  if (typeof n === 'number' && typeof k === 'number') return Math.floor(n / k);
  return castTo(floorDivide(n, k), 'int32');
}

function times(n: Size, k: Size): Size {
  return typeof n === 'number' && typeof k === 'number' ? n * k : mul(n, k);
}

function minus(n: Size, k: Size): Size {
  return typeof n === 'number' && typeof k === 'number' ? n - k : sub(n, k);
}
