import { bytesOf } from '@cotangent/loops';
import type { MatrixProduct } from '@cotangent/loops';
import { doubles, singles } from './float.ts';
import type { Float } from './float.ts';

/** Strides of a matrix, in elements. */
export interface Strides {
  readonly row: number;
  readonly column: number;
}

/** C = A B (or C += A B): all that the code of a kernel depends on, but addresses. */
export interface Shape {
  readonly float: Float;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly a: Strides;
  readonly b: Strides;
  readonly c: Strides;
  readonly accumulate: boolean;
  /** C = −A B or C −= A B. */
  readonly negate: boolean;
}

/**
 * Which code a product gets: `vectors` along the columns of C with B read in place or from packed panels,
 * `dots` along k for operands that lie along k, `rows` of B added to one row of C, or plain `loops`.
 */
export type Method = 'vectors' | 'packed' | 'dots' | 'rows' | 'loops';

export interface ProductPlan {
  readonly shape: Shape;
  /** Computed as Cᵀ = Bᵀ Aᵀ: `shape` is that of the transposed product. */
  readonly isTransposed: boolean;
  readonly method: Method;
}

/** Rows and vectors of C that a kernel holds in registers: 8 accumulators fit on every engine. */
export const kernelRows = 4;
export const kernelVectors = 2;

/** Bytes of B below which it is read in place: it shares the first-level cache with A and C. */
const cacheBytes = 32 * 1024;

/** The longest k range of one block, and about the length of blocks where it is exceeded. */
const longestBlock = 768;
const blockLength = 384;

/** Where operands are packed: an address, or where the global of each thread says. */
export type Scratch = number | 'own';

/** The length of blocks of k: all alike, but for the last where their number does not divide the range. */
export function blockOf(inner: number): number {
  return inner <= longestBlock ? inner : Math.ceil(inner / Math.round(inner / blockLength));
}

/** Columns of a packed panel. */
export function panelColumns({ float }: Shape): number {
  return kernelVectors * float.lanes;
}

export function shapeOf(s: MatrixProduct): Shape {
  const strides = ({ rowStride, columnStride }: MatrixProduct['a']): Strides => ({
    row: rowStride,
    column: columnStride,
  });
  const float = bytesOf[s.out.buffer.dtype] === 8 ? doubles : singles;
  const { rows, inner, columns, accumulate } = s;
  return {
    float,
    rows,
    inner,
    columns,
    a: strides(s.a),
    b: strides(s.b),
    c: strides(s.out),
    accumulate,
    negate: s.negate ?? false,
  };
}

function transposed(s: Shape): Shape {
  const flip = ({ row, column }: Strides): Strides => ({ row: column, column: row });
  return { ...s, rows: s.columns, columns: s.rows, a: flip(s.b), b: flip(s.a), c: flip(s.c) };
}

/** Chooses the method; `canPack` says whether there is scratch memory. */
export function planProduct(shape: Shape, canPack: boolean): ProductPlan {
  const other = transposed(shape);
  const isColumn = shape.columns === 1 && shape.rows > 1;
  const candidates = isColumn || shape.c.column !== 1 ? [other, shape] : [shape, other];
  for (const s of candidates) {
    const method = methodFor(s, canPack);
    if (method !== 'loops') return { shape: s, isTransposed: s === other, method };
  }
  return { shape, isTransposed: false, method: 'loops' };
}

function methodFor(s: Shape, canPack: boolean): Method {
  const isAlongColumns = s.c.column === 1 || s.columns === 1;
  if (s.inner === 0 || s.rows === 0 || s.columns === 0) return 'loops';
  const canDot = s.b.row === 1 && (s.a.column === 1 || s.inner === 1);
  if (s.rows === 1 && canDot) return 'dots';
  if (!isAlongColumns) return 'loops';
  const isUnit = s.b.column === 1 || s.columns === 1;
  if (s.rows === 1) return isUnit ? 'rows' : 'loops';
  const bytes = s.inner * s.columns * s.float.bytes;
  if (isUnit)
    return canPack && bytes >= cacheBytes && s.rows >= 4 * kernelRows ? 'packed' : 'vectors';
  if (canPack) return 'packed';
  return canDot ? 'dots' : 'loops';
}

/** Bytes of scratch memory that a product packs B into; 0 if it does not. */
export function packedBytes(s: MatrixProduct): number {
  const { shape, method } = planProduct(shapeOf(s), true);
  if (method !== 'packed') return 0;
  const panel = panelColumns(shape);
  return blockOf(shape.inner) * Math.ceil(shape.columns / panel) * panel * shape.float.bytes;
}
