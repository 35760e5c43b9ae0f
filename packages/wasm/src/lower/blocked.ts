import {
  block,
  bytesOf,
  constantOf,
  forLoop,
  i32,
  index,
  matrixProduct,
  plus,
  registerType,
  times,
} from '@cotangent/loops';
import type { Buffer, MatrixView, Statement, Value } from '@cotangent/loops';
import { positionIn } from './group.ts';
import type { Group } from './group.ts';
import { loadsIn } from './placement.ts';
import { fill } from './reduction.ts';
import { copyOf } from './steps.ts';
import type { Copy, Step } from './steps.ts';

/** A matrix as large as this does not stay in the cache from one product to the next. */
const largeBytes = 256 * 1024;

/** Bytes of the rows that one block is made of: they stay in the cache. */
const blockBytes = 32 * 1024;

/** Rows of which vector kernels take one step. */
const rowStep = 4;

/**
 * Where X w is computed, then numbers for each row, then Xᵀ r of the same large X, all of it is done for some
 * rows at a time, so that X comes from memory once.
 */
export function inBlocks(steps: readonly Step[]): readonly Step[] {
  const made: Step[] = [];
  for (let k = 0; k < steps.length; k++) {
    const chain = chainAt(steps, k);
    if (chain === undefined) {
      made.push(steps[k]!);
      continue;
    }
    made.push({ kind: 'statements', name: 'blocks', statements: statementsFor(chain) });
    k += chain.groups.length + 1;
  }
  return made;
}

/** out = M v: a matrix, a vector, and the steps in which their elements lie apart. */
interface VectorProduct {
  readonly matrix: MatrixView;
  readonly vector: MatrixView;
  readonly out: MatrixView;
  readonly rows: number;
  readonly inner: number;
  readonly accumulate: boolean;
  readonly base: Copy | undefined;
}

/** Two products by one matrix, and the loops over its rows in between. */
interface Chain {
  readonly first: VectorProduct;
  readonly groups: readonly Group[];
  readonly last: VectorProduct;
}

function chainAt(steps: readonly Step[], start: number): Chain | undefined {
  const first = vectorProduct(steps[start]!);
  if (first === undefined || blockRows(first) === undefined) return undefined;
  const groups: Group[] = [];
  for (let k = start + 1; k < steps.length; k++) {
    const step = steps[k]!;
    if (step.kind === 'loops') {
      if (!isOverRows(step.group, first.rows)) return undefined;
      groups.push(step.group);
      continue;
    }
    const last = vectorProduct(step);
    const chain = last && { first, groups, last };
    return chain && isBlockwise(chain) ? chain : undefined;
  }
  return undefined;
}

function vectorProduct(step: Step): VectorProduct | undefined {
  if (step.kind !== 'statements' || step.name !== 'matmul') return undefined;
  const [s, more] = step.statements;
  if (s?.kind !== 'matrixProduct' || more !== undefined || s.negate === true) return undefined;
  const { inner, accumulate } = s;
  const { base } = step;
  if (s.columns === 1)
    return { matrix: s.a, vector: s.b, out: s.out, rows: s.rows, inner, accumulate, base };
  if (s.rows !== 1) return undefined;
  const [matrix, vector, out] = [turned(s.b), turned(s.a), turned(s.out)];
  return { matrix, vector, out, rows: s.columns, inner, accumulate, base };
}

function turned({ buffer, offset, rowStride, columnStride }: MatrixView): MatrixView {
  return { buffer, offset, rowStride: columnStride, columnStride: rowStride };
}

function isOverRows({ loops, roots }: Group, rows: number): boolean {
  return loops.length === 1 && loops[0] === rows && roots.every((root) => !root.update);
}

/** Whether every block needs of this chain's own results only what it has made itself. */
function isBlockwise({ first, groups, last }: Chain): boolean {
  const roots = groups.flatMap((group) => group.roots);
  const here = positionIn([first.rows]);
  const whole = new Set<Buffer>([first.out.buffer]);
  const reduced = new Set<Buffer>();
  for (const { buffer, reduction } of roots) (reduction ? reduced : whole).add(buffer);
  const isOwn = (buffer: Buffer): boolean => whole.has(buffer) || reduced.has(buffer);
  const loads = loadsIn(roots.map(({ value }) => value));
  const inOrder = loads.every(
    ({ buffer, at }) => !isOwn(buffer) || (whole.has(buffer) && at === here),
  );
  const { vector, base } = last;
  const isKnown = !isOwn(vector.buffer) || (whole.has(vector.buffer) && isDense(vector));
  return (
    isSameMatrix(first, last) &&
    isDense(first.out) &&
    isDense(last.out) &&
    inOrder &&
    isKnown &&
    !(base && isOwn(base.from))
  );
}

/** Whether a column of a matrix is a buffer from its beginning. */
function isDense(view: MatrixView): boolean {
  return offsetOf(view) === 0 && view.rowStride === 1;
}

function isSameMatrix({ matrix: a, rows }: VectorProduct, last: VectorProduct): boolean {
  const b = last.matrix;
  return (
    a.buffer === b.buffer &&
    a.rowStride === b.columnStride &&
    a.columnStride === b.rowStride &&
    last.inner === rows &&
    offsetOf(a) !== undefined &&
    offsetOf(a) === offsetOf(b)
  );
}

function offsetOf({ offset }: MatrixView): number | undefined {
  return offset.kind === 'const' ? offset.value : undefined;
}

/** Rows of one block, or `undefined` if the matrix is too small, or its rows too long, to gain anything. */
function blockRows({ matrix, rows, inner }: VectorProduct): number | undefined {
  const rowBytes = inner * bytesOf[matrix.buffer.dtype];
  if (rows * rowBytes < largeBytes) return undefined;
  const fitting = Math.floor(blockBytes / rowBytes);
  return fitting < rowStep ? undefined : fitting - (fitting % rowStep);
}

function statementsFor(chain: Chain): readonly Statement[] {
  const { first, groups, last } = chain;
  const height = blockRows(first)!; // a chain has blocks
  const count = Math.floor(first.rows / height);
  const rest = first.rows - count * height;
  const k = index('block');
  return [
    ...beforeAll(first, false),
    ...beforeAll(last, true),
    ...groups.flatMap((group) => group.beforeParts()),
    forLoop(k, i32(0), i32(count), [part(chain, times(k, height), height)]),
    ...(rest > 0 ? [part(chain, i32(count * height), rest)] : []),
  ];
}

/** What a product begins with; one that is a sum over blocks begins with 0. */
function beforeAll(
  { base, out, rows, accumulate }: VectorProduct,
  isSum: boolean,
): readonly Statement[] {
  if (base !== undefined) return [copyOf(base)];
  const zero = constantOf(registerType[out.buffer.dtype], 0);
  return isSum && !accumulate ? [fill(out.buffer, rows, zero)] : [];
}

/** All that is computed for `count` rows from `start`. */
function part({ first, groups, last }: Chain, start: Value, count: number): Statement {
  const { matrix, vector, out } = first;
  const end = plus(start, count);
  return block([
    matrixProduct(
      moved(out, start, out.rowStride),
      moved(matrix, start, matrix.rowStride),
      vector,
      { rows: count, inner: first.inner, columns: 1 },
      { accumulate: first.accumulate },
    ),
    ...groups.flatMap((group) => group.part(start, end)),
    matrixProduct(
      last.out,
      moved(last.matrix, start, last.matrix.columnStride),
      moved(last.vector, start, last.vector.rowStride),
      { rows: last.rows, inner: count, columns: 1 },
      { accumulate: true },
    ),
  ]);
}

function moved(view: MatrixView, start: Value, stride: number): MatrixView {
  const shift = times(start, stride);
  const { offset } = view;
  if (offset.kind !== 'const') throw new Error('wasm: the place of a matrix is a number');
  return { ...view, offset: plus(shift, offset.value) };
}
