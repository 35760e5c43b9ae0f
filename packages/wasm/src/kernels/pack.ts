import { words } from '../emit/lanes.ts';
import type { Builder } from '../emit/builder.ts';
import type { Node, Register } from '../emit/node.ts';
import { Access } from './float.ts';
import { panelColumns } from './shape.ts';
import type { Shape } from './shape.ts';

/**
 * Copies `inner` rows of B into panels of a few columns each: for every panel its rows one after another,
 * filled up with zeros. A transposed B is turned in registers on the way.
 */
export function emitPack(
  b: Builder,
  shape: Shape,
  inner: number,
  [source, target]: readonly Node[],
): void {
  const access = new Access(b, shape.float);
  const panel = panelColumns(shape);
  const size = shape.float.bytes;
  const whole = Math.floor(shape.columns / panel);
  const [from, to] = [access.pointer(source!), access.pointer(target!)];
  access.repeat(whole, [from, to], () => {
    emitPanel(access, shape, inner, panel, access.here(from), access.here(to));
    access.advance(from, panel * shape.b.column * size);
    access.advance(to, panel * inner * size);
  });
  const rest = shape.columns - whole * panel;
  if (rest > 0) emitPanel(access, shape, inner, rest, access.here(from), access.here(to));
}

function emitPanel(
  access: Access,
  shape: Shape,
  inner: number,
  columns: number,
  source: Node,
  target: Node,
): void {
  const { lanes, bytes } = shape.float;
  const rowBytes = panelColumns(shape) * bytes;
  const [from, to] = [access.pointer(source), access.pointer(target)];
  const run = (rows: number, count: number, body: () => void): void =>
    access.repeat(count, [from, to], () => {
      body();
      access.advance(from, rows * shape.b.row * bytes);
      access.advance(to, rows * rowBytes);
    });
  const turns = shape.b.row === 1 && shape.b.column !== 1 && columns === panelColumns(shape);
  const blocks = turns ? Math.floor(inner / lanes) : 0;
  run(lanes, blocks, () => turnBlocks(access, shape, from, to));
  run(1, inner - blocks * lanes, () => {
    for (let first = 0; first < panelColumns(shape); first += lanes) {
      const count = Math.min(lanes, columns - first);
      const at = first * shape.b.column * bytes;
      const v =
        count > 0 ? access.vector(access.here(from), at, count, shape.b.column) : access.zero();
      access.store('v128.store', access.here(to), first * bytes, v);
    }
  });
}

/** `lanes` rows of a panel from columns that lie along k. */
function turnBlocks(access: Access, shape: Shape, from: Register, to: Register): void {
  const { lanes, bytes } = shape.float;
  const panel = panelColumns(shape);
  for (let first = 0; first < panel; first += lanes) {
    const columns = Array.from({ length: lanes }, (_, n) =>
      access.load('v128.load', access.here(from), (first + n) * shape.b.column * bytes),
    );
    for (const [k, row] of turned(access.b, columns).entries())
      access.store('v128.store', access.here(to), (k * panel + first) * bytes, row);
  }
}

/** The transpose of a 2×2 or 4×4 block. */
function turned(b: Builder, columns: readonly Node[]): readonly Node[] {
  const mix = (x: Node, y: Node, ...picked: readonly number[]): Node =>
    b.op('i8x16.shuffle', [x, y], { bytes: words(...picked) });
  const [p, q, r, s] = columns;
  if (r === undefined || s === undefined) return [mix(p!, q!, 0, 1, 4, 5), mix(p!, q!, 2, 3, 6, 7)];
  const [low, high] = [mix(p!, q!, 0, 4, 1, 5), mix(p!, q!, 2, 6, 3, 7)];
  const [lower, higher] = [mix(r, s, 0, 4, 1, 5), mix(r, s, 2, 6, 3, 7)];
  return [
    mix(low, lower, 0, 1, 4, 5),
    mix(low, lower, 2, 3, 6, 7),
    mix(high, higher, 0, 1, 4, 5),
    mix(high, higher, 2, 3, 6, 7),
  ];
}
