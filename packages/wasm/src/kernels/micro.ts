import type { Builder } from '../emit/builder.ts';
import type { Node, Register } from '../emit/node.ts';
import { Access } from './float.ts';
import type { Shape } from './shape.ts';

/** One kernel: `rows` × `columns` elements of C, held in registers over the whole k range. */
export interface Micro {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Elements from one row of B to the next, there and within packed panels. */
  readonly rowStride: number;
  /** Whether whole vectors of B may be read where fewer columns are wanted. */
  readonly isPadded: boolean;
  readonly accumulate: boolean;
}

export function microKey(m: Micro): string {
  return [m.rows, m.columns, m.inner, m.rowStride, m.isPadded, m.accumulate].join();
}

/**
 * Runs the kernel for `blocks` groups of rows under one another. Each element is the sum over k in order,
 * begun with C's old value or 0: the same bits whatever the blocking.
 */
export function emitMicro(
  b: Builder,
  shape: Shape,
  m: Micro,
  [a, panel, c, blocks]: readonly Node[],
): void {
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const [left, out] = [access.pointer(a!), access.pointer(c!)];
  access.repeatTimes(blocks!, [left, out], () => {
    emitBlock(access, shape, m, access.here(left), panel!, access.here(out));
    access.advance(left, m.rows * shape.a.row * size);
    access.advance(out, m.rows * shape.c.row * size);
  });
}

function emitBlock(access: Access, shape: Shape, m: Micro, a: Node, panel: Node, c: Node): void {
  const { b } = access;
  const { lanes, bytes } = shape.float;
  const parts = vectorsOf(m.columns, lanes);
  const at = (i: number, v: number): number => (i * shape.c.row + v * lanes) * bytes;
  const sums: (readonly Register[])[] = [];
  for (let i = 0; i < m.rows; i++)
    sums.push(
      parts.map((count, v) => {
        const sum = b.register('v128');
        b.set(sum, m.accumulate ? access.vector(c, at(i, v), count) : access.zero());
        return sum;
      }),
    );
  emitInner(access, shape, m, sums, a, panel);
  for (const [i, row] of sums.entries())
    for (const [v, sum] of row.entries())
      access.storeVector(c, at(i, v), parts[v] ?? lanes, b.get(sum));
}

/** The k loop, left rolled: engines unroll it themselves, and unrolled by hand it spills. */
function emitInner(
  access: Access,
  shape: Shape,
  m: Micro,
  sums: readonly (readonly Register[])[],
  a: Node,
  panel: Node,
): void {
  const { b } = access;
  const { lanes, bytes } = shape.float;
  const parts = vectorsOf(m.columns, lanes);
  const [left, right] = [access.pointer(a), access.pointer(panel)];
  const step = { left: shape.a.column * bytes, right: m.rowStride * bytes };
  const body = (): void => {
    const vectors = parts.map((count, v) =>
      access.vector(access.here(right), v * lanes * bytes, m.isPadded ? lanes : count),
    );
    for (const [i, row] of sums.entries()) {
      const x = access.splat(access.here(left), i * shape.a.row * bytes);
      for (const [v, sum] of row.entries())
        b.set(sum, access.mulAdd(b.get(sum), x, vectors[v]!, shape.negate));
    }
  };
  const flat = sums.flat();
  if (step.right !== 0)
    return access.walk(right, step.right, m.inner, [left, ...flat], () => {
      body();
      access.advance(left, step.left);
    });
  access.repeat(m.inner, [left, ...flat], () => {
    body();
    access.advance(left, step.left);
  });
}

/** How many columns each vector of a row holds. */
function vectorsOf(columns: number, lanes: number): readonly number[] {
  return Array.from({ length: Math.ceil(columns / lanes) }, (_, v) =>
    Math.min(lanes, columns - v * lanes),
  );
}
