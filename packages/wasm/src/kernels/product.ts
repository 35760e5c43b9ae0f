import type { Builder } from '../emit/builder.ts';
import type { Node } from '../emit/node.ts';
import { Access } from './float.ts';
import { call } from './helpers.ts';
import type { Helpers } from './helpers.ts';
import { emitMicro, microKey } from './micro.ts';
import type { Micro } from './micro.ts';
import { emitPack } from './pack.ts';
import { blockOf, kernelRows, panelColumns } from './shape.ts';
import type { ProductPlan, Scratch, Shape } from './shape.ts';
import { emitDots, emitRows } from './skinny.ts';

/** Rows of A that stay in the second-level cache while they meet every panel of B. */
const rowBlock = 96;

function keyOf(s: Shape): string {
  const strides = [s.a, s.b, s.c].flatMap(({ row, column }) => [row, column]);
  return [s.float.type, s.rows, s.inner, s.columns, s.accumulate, s.negate, ...strides].join();
}

function packKey({ float, inner, columns, b }: Shape): string {
  return `pack ${[float.type, inner, columns, b.row, b.column].join()}`;
}

function startOf(b: Builder, scratch: Scratch): Node {
  return scratch === 'own' ? b.global(0) : b.i32(scratch);
}

/** The function of (a, b, c) that computes a product. */
export function productFunction(helpers: Helpers, plan: ProductPlan, scratch: Scratch): number {
  const { shape, method } = plan;
  const key = `${method} ${keyOf(shape)}`;
  if (method === 'dots') return helpers.find(key, 3, (b, args) => emitDots(b, shape, args));
  if (method === 'rows') return helpers.find(key, 3, (b, args) => emitRows(b, shape, args));
  return helpers.find(key, 3, (b, args) => emitBlocks(b, helpers, plan, scratch, args));
}

/** The product as a sum over blocks of k. */
function emitBlocks(
  b: Builder,
  helpers: Helpers,
  { shape, method }: ProductPlan,
  scratch: Scratch,
  [a, right, c]: readonly Node[],
): void {
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const isPacked = method === 'packed';
  const length = isPacked ? blockOf(shape.inner) : shape.inner;
  const [left, rows] = [access.pointer(a!), access.pointer(right!)];
  const block = (inner: number, accumulate: boolean): void => {
    const part = { ...shape, inner, accumulate };
    const target = helpers.find(`block ${method} ${keyOf(part)}`, 3, (inside, args) =>
      emitBlock(inside, helpers, part, isPacked ? scratch : undefined, args),
    );
    call(b, target, access.here(left), access.here(rows), c!);
    access.advance(left, inner * shape.a.column * size);
    access.advance(rows, inner * shape.b.row * size);
  };
  block(length, shape.accumulate);
  const more = Math.floor(shape.inner / length) - 1;
  access.repeat(more, [left, rows], () => block(length, true));
  const rest = shape.inner % length;
  if (rest > 0) block(rest, true);
}

/** One block of k: packs B if there is scratch memory, then walks over the panels. */
function emitBlock(
  b: Builder,
  helpers: Helpers,
  shape: Shape,
  scratch: Scratch | undefined,
  [a, right, c]: readonly Node[],
): void {
  const isPacked = scratch !== undefined;
  if (isPacked) {
    const pack = helpers.find(packKey(shape), 2, (inside, args) =>
      emitPack(inside, shape, shape.inner, args),
    );
    call(b, pack, right!, startOf(b, scratch));
  }
  const start = isPacked ? startOf(b, scratch) : right!;
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const [left, out] = [access.pointer(a!), access.pointer(c!)];
  const run = (rows: number, count: number): void =>
    access.repeat(count, [left, out], () => {
      emitPanels(
        access,
        helpers,
        shape,
        rows,
        isPacked,
        access.here(left),
        start,
        access.here(out),
      );
      access.advance(left, rows * shape.a.row * size);
      access.advance(out, rows * shape.c.row * size);
    });
  const height = isPacked ? rowBlock : Math.max(shape.rows, 1);
  run(height, Math.floor(shape.rows / height));
  if (shape.rows % height > 0) run(shape.rows % height, 1);
}

/** A block of rows of A times every panel of B. */
function emitPanels(
  access: Access,
  helpers: Helpers,
  shape: Shape,
  rows: number,
  isPacked: boolean,
  a: Node,
  start: Node,
  c: Node,
): void {
  const size = shape.float.bytes;
  const width = panelColumns(shape);
  const [panel, out] = [access.pointer(start), access.pointer(c)];
  const step = isPacked ? width * shape.inner : width * shape.b.column;
  const run = (columns: number, count: number): void =>
    access.repeat(count, [panel, out], () => {
      emitRowsOfPanel(
        access,
        helpers,
        shape,
        rows,
        columns,
        isPacked,
        a,
        access.here(panel),
        access.here(out),
      );
      access.advance(panel, step * size);
      access.advance(out, width * size);
    });
  run(width, Math.floor(shape.columns / width));
  if (shape.columns % width > 0) run(shape.columns % width, 1);
}

/** A block of rows times one panel: whole kernels, then one for the rows that are left. */
function emitRowsOfPanel(
  access: Access,
  helpers: Helpers,
  shape: Shape,
  rows: number,
  columns: number,
  isPacked: boolean,
  a: Node,
  panel: Node,
  c: Node,
): void {
  const { b } = access;
  const size = shape.float.bytes;
  const whole = Math.floor(rows / kernelRows);
  const run = (height: number, first: number, blocks: number): void => {
    const micro: Micro = {
      rows: height,
      columns,
      inner: shape.inner,
      rowStride: isPacked ? panelColumns(shape) : shape.b.row,
      isPadded: isPacked,
      accumulate: shape.accumulate,
    };
    const { float, a: left, c: out } = shape;
    const key = `micro ${float.type},${shape.negate},${left.row},${left.column},${out.row} ${microKey(micro)}`;
    const target = helpers.find(key, 4, (inside, args) => emitMicro(inside, shape, micro, args));
    const skip = (base: Node, stride: number): Node => b.add(base, b.i32(first * stride * size));
    call(b, target, skip(a, left.row), panel, skip(c, out.row), b.i32(blocks));
  };
  if (whole > 0) run(kernelRows, 0, whole);
  if (rows % kernelRows > 0) run(rows % kernelRows, whole * kernelRows, 1);
}
