import { isFree, operandsOfStatement, regionsOfStatement } from './node.ts';
import type { Node, Region, Register } from './node.ts';

/** A point of a program: before or at a statement of a region. */
interface Point {
  readonly region: Region;
  readonly position: number;
}

/** Where each node is computed and how often it is used. */
export interface Placement {
  /** Occurrences of a live node as an operand, by id; 0 for nodes that are not needed. */
  readonly uses: Uint32Array;
  /** The region a node is computed in, by id. */
  readonly regions: readonly (Region | undefined)[];
  /** Nodes to compute before a statement that has nested regions. */
  readonly preludes: ReadonlyMap<Region, ReadonlyMap<number, readonly Node[]>>;
  /** Registers that are last used in a statement. */
  readonly ends: ReadonlyMap<Region, ReadonlyMap<number, readonly Register[]>>;
}

/**
 * Global code motion: each node goes to the innermost region around all its uses, and from there out of
 * every loop that it does not vary in.
 *
 * @see Click (1995), Global code motion, global value numbering, PLDI.
 */
export function place(root: Region, nodes: readonly Node[]): Placement {
  const points: Point[][] = nodes.map(() => []);
  const registers = new Map<Register, Point>();
  const regions: (Region | undefined)[] = nodes.map(() => undefined);
  const preludes = new Map<Region, Map<number, Node[]>>();
  const use = (n: Node, point: Point): void => {
    points[n.id]?.push(point);
    if (n.immediate.register) extend(registers, n.immediate.register, point);
  };
  collect(root, nodes.length, use, registers);
  for (let id = nodes.length - 1; id >= 0; id--) {
    const [n, at] = [nodes[id]!, points[id]!];
    if (at.length === 0 || isFree(n)) continue;
    const region = regionFor(n, at);
    const mapped = at.map((point) => ownerIn(region, point));
    const position = mapped.reduce((least, p) => Math.min(least, p), Infinity);
    const isNested = at.some((point, k) => point.region !== region && mapped[k] === position);
    if (isNested) append(preludes, region, position, n);
    regions[id] = region;
    for (const operand of n.args) use(operand, { region, position });
  }
  const ends = new Map<Region, Map<number, Register[]>>();
  for (const [register, { region, position }] of registers)
    append(ends, region, position, register);
  return { uses: Uint32Array.from(points, (p) => p.length), regions, preludes, ends };
}

/** Reports every operand of every statement; pins only of nodes that something else needs. */
function collect(
  root: Region,
  count: number,
  use: (n: Node, point: Point) => void,
  registers: Map<Register, Point>,
): void {
  const live = new Uint8Array(count);
  const pins: [Node, Point][] = [];
  const stack: Node[] = [];
  const need = (n: Node, point: Point): void => {
    use(n, point);
    stack.push(n);
  };
  const pending: Region[] = [root];
  for (let region = pending.pop(); region; region = pending.pop()) {
    for (const [position, s] of region.statements.entries()) {
      const point = { region, position };
      if (s.kind === 'pin') pins.push([s.value, point]);
      if (s.kind === 'set') extend(registers, s.register, point);
      if (s.kind === 'call') for (const r of s.results) extend(registers, r, point);
      for (const n of operandsOfStatement(s)) need(n, point);
      if (s.kind === 'loop') need(s.again, { region: s.body, position: s.body.statements.length });
      pending.push(...regionsOfStatement(s));
    }
  }
  for (let n = stack.pop(); n; n = stack.pop()) {
    if (live[n.id] === 1) continue;
    live[n.id] = 1;
    stack.push(...n.args);
  }
  for (const [n, point] of pins) if (live[n.id] === 1 && !isFree(n)) use(n, point);
}

function regionFor(n: Node, at: readonly Point[]): Region {
  let region = at[0]!.region;
  for (const point of at) region = commonRegion(region, point.region);
  while (region !== n.earliest && region.parent && mayLeave(n, region)) region = region.parent;
  return region;
}

function mayLeave(n: Node, region: Region): boolean {
  if (n.op === 'v128.const') return region.kind !== 'rare';
  if (region.kind === 'guard') return !n.readsMemory;
  return region.kind === 'loop';
}

function commonRegion(a: Region, b: Region): Region {
  let [x, y] = [a, b];
  while (x !== y) {
    if (x.depth >= y.depth && x.parent) x = x.parent;
    else if (y.parent) y = y.parent;
  }
  return x;
}

/** The index of the statement of `region` that is or contains the point. */
function ownerIn(region: Region, point: Point): number {
  let { region: at, position } = point;
  while (at !== region && at.parent) {
    position = at.position;
    at = at.parent;
  }
  return position;
}

/** Widens the extent of a register to a point: the common region, and the last statement in it. */
function extend(registers: Map<Register, Point>, register: Register, point: Point): void {
  const known = registers.get(register);
  const region = known ? commonRegion(known.region, point.region) : point.region;
  const last = known ? ownerIn(region, known) : 0;
  registers.set(register, { region, position: Math.max(last, ownerIn(region, point)) });
}

function append<T>(
  map: Map<Region, Map<number, T[]>>,
  region: Region,
  position: number,
  item: T,
): void {
  const inner = map.get(region) ?? new Map<number, T[]>();
  map.set(region, inner);
  const items = inner.get(position) ?? [];
  inner.set(position, items);
  items.push(item);
}
