import { affine, fold, load, operandsOf } from '@cotangent/loops';
import type { Index, Value } from '@cotangent/loops';
import { linearOf } from './linear.ts';
import { withOperands } from './relocate.ts';

/** A nest of loops: sizes and counters from the outside, and what is known of it axis by axis. */
export interface Nest {
  readonly sizes: readonly number[];
  readonly counters: readonly Index[];
}

/** A position as numbers: what each counter adds, and the rest. */
interface Position {
  readonly strides: readonly number[];
  readonly constant: number;
}

/** Which neighbouring loops can run as one, and values as they are then. */
export interface Collapse {
  /** For each loop of the collapsed nest, the last of the loops that it is made of. */
  readonly axes: readonly number[];
  readonly value: (x: Value) => Value;
  /** A position that the nest writes to. */
  readonly position: (at: Value) => Value;
}

/**
 * Neighbouring loops become one where every position moves on by the same step from row to row as within
 * rows, and `alike` says so: long loops run in vectors, and need no counters in between.
 *
 * @param positions - where else the nest reads or writes.
 */
export function collapse(
  { sizes, counters }: Nest,
  values: readonly Value[],
  positions: readonly Value[],
  alike: (axis: number, next: number) => boolean,
): Collapse {
  if (sizes.length < 2) return unchanged(sizes);
  const all = positionsIn(values, positions, counters);
  const axes: number[] = [];
  sizes.forEach((size, axis) => {
    const last = axes.at(-1);
    const joins =
      last !== undefined &&
      all !== undefined &&
      alike(last, axis) &&
      all.every(({ strides }) => strides[last] === strides[axis]! * size);
    if (joins) axes[axes.length - 1] = axis;
    else axes.push(axis);
  });
  if (axes.length === sizes.length) return unchanged(sizes);
  const kept = new Set(axes);
  const done = new Map<Value, Value>();
  const moved = (at: Value): Value => {
    const { strides, constant } = positionOf(at, counters)!; // they were all found
    return affine(
      counters.flatMap((k, axis) => (kept.has(axis) ? [[k, strides[axis]!] as const] : [])),
      constant,
    );
  };
  return { axes, value: (x) => rewritten(x, moved, done), position: moved };
}

function unchanged(sizes: readonly number[]): Collapse {
  return { axes: sizes.map((_, axis) => axis), value: (x) => x, position: (at) => at };
}

/** `x` with other positions of loads; positions are not looked into. */
function rewritten(root: Value, moved: (at: Value) => Value, done: Map<Value, Value>): Value {
  return fold<Value>(
    root,
    (x, operands) => (x.kind === 'load' ? load(x.buffer, moved(x.at)) : withOperands(x, operands)),
    done,
  );
}

/** Every position, as numbers; `undefined` if one is not affine, or a counter is a value itself. */
function positionsIn(
  values: readonly Value[],
  positions: readonly Value[],
  counters: readonly Index[],
): readonly Position[] | undefined {
  const found: Position[] = [];
  const seen = new Set<Value>();
  const stack: Value[] = [...values];
  const pending = [...positions];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (seen.has(x)) continue;
    seen.add(x);
    if (x.kind === 'index') return undefined;
    if (x.kind === 'load') pending.push(x.at);
    else stack.push(...operandsOf(x));
  }
  for (const at of pending) {
    const position = positionOf(at, counters);
    if (position === undefined) return undefined;
    found.push(position);
  }
  return found;
}

function positionOf(at: Value, counters: readonly Index[]): Position | undefined {
  const { terms, constant } = linearOf(at);
  const strides = counters.map((k) => terms.get(k) ?? 0);
  const isAffine = [...terms.keys()].every((x) => x.kind === 'index' && counters.includes(x));
  return isAffine ? { strides, constant } : undefined;
}
