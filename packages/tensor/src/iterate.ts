/** Nested loops over several strided operands of one shape; the last axis is the inner loop. */
export interface LoopNest {
  /** Length of each loop, at least one loop. */
  readonly shape: readonly number[];
  /** For each operand its step along each loop. */
  readonly strides: readonly (readonly number[])[];
}

/**
 * The shortest nest that visits the same positions in the same order: axes of length 1 are dropped and neighbouring
 * axes merged where every operand steps through them evenly.
 *
 * @param shape - common shape of the operands.
 * @param strides - one list of strides per operand.
 */
export function loopNest(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
): LoopNest {
  const merged: number[] = []; // innermost first
  const steps: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!;
    if (n === 1) continue;
    const last = merged.length - 1;
    const inner = merged[last];
    if (inner !== undefined && strides.every((s, k) => s[axis] === steps[k]![last]! * inner)) {
      merged[last] = inner * n;
    } else {
      merged.push(n);
      steps.forEach((s, k) => s.push(strides[k]![axis]!));
    }
  }
  if (merged.length === 0) {
    merged.push(1);
    steps.forEach((s) => s.push(0));
  }
  return { shape: merged.toReversed(), strides: steps.map((s) => s.toReversed()) };
}

/** Receives the positions at which each operand's row starts; the array is reused between calls. */
export type RowVisitor = (positions: readonly number[]) => void;

/**
 * Calls `visit` once per row (a run of the innermost loop). Nothing is allocated between rows.
 *
 * @param starts - offset of each operand.
 */
export function forEachRow(nest: LoopNest, starts: readonly number[], visit: RowVisitor): void {
  const { shape, strides } = nest;
  if (shape.includes(0)) return;
  const index = shape.map(() => 0);
  const positions = [...starts];
  const innermost = shape.length - 1;
  for (;;) {
    visit(positions);
    let axis = innermost - 1;
    for (; axis >= 0; axis--) {
      const next = index[axis]! + 1;
      const wraps = next === shape[axis];
      index[axis] = wraps ? 0 : next;
      const steps = wraps ? 1 - next : 1; // back to the start of this loop, or one on
      for (let k = 0; k < positions.length; k++) positions[k]! += steps * strides[k]![axis]!;
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}

/** Indices of the element that is `flat`-th in row-major order of `shape`. */
export function unravel(flat: number, shape: readonly number[]): number[] {
  const indices = shape.map(() => 0);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!;
    indices[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return indices;
}
