import { opcodes } from '../encode/opcodes.ts';
import type { Immediate, Node } from './node.ts';

const bits = new DataView(new ArrayBuffer(8));

/** Finds nodes by what they are: a hash table of node numbers. */
export class NodeTable {
  private slots = new Int32Array(512).fill(-1);
  private hashes = new Int32Array(256);
  /** The hash of the node that was looked for last. */
  private latest = 0;

  /** The node that is equal to this and fits. */
  find(
    nodes: readonly Node[],
    op: Node['op'],
    args: readonly Node[],
    immediate: Immediate,
    version: number,
    fits: (n: Node) => boolean,
  ): Node | undefined {
    const hash = hashOf(op, args, immediate, version);
    this.latest = hash;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = this.slots[slot]!;
      if (at < 0) return undefined;
      const n = nodes[at]!;
      if (
        this.hashes[at] === hash &&
        n.op === op &&
        n.version === version &&
        sameArgs(n.args, args) &&
        sameImmediate(n.immediate, immediate) &&
        fits(n)
      )
        return n;
    }
  }

  /** Adds the last of the nodes, which was just looked for and not found. */
  add(nodes: readonly Node[]): void {
    const id = nodes.length - 1;
    if (id >= this.hashes.length) {
      const hashes = new Int32Array(this.hashes.length * 2);
      hashes.set(this.hashes);
      this.hashes = hashes;
    }
    this.hashes[id] = this.latest;
    if (nodes.length * 2 > this.slots.length) {
      this.slots = new Int32Array(this.slots.length * 2).fill(-1);
      for (let k = 0; k < id; k++) this.put(k);
    }
    this.put(id);
  }

  private put(id: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[id]! & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}

const codes = { get: 1, copy: 2, call: 3, global: 4 } as const;

function codeOf(op: Node['op']): number {
  return op === 'get' || op === 'copy' || op === 'call' || op === 'global'
    ? codes[op]
    : opcodes[op];
}

function hashOf(
  op: Node['op'],
  args: readonly Node[],
  { register, offset, lane, value, bytes, target }: Immediate,
  version: number,
): number {
  let h = codeOf(op);
  for (const a of args) h = step(h, a.id);
  h = step(h, version);
  if (register) h = step(h, register.id);
  if (offset !== undefined) h = step(h, offset);
  if (lane !== undefined) h = step(h, lane);
  if (target !== undefined) h = step(h, target);
  if (value !== undefined) {
    bits.setFloat64(0, value);
    h = step(step(h, bits.getInt32(0)), bits.getInt32(4));
  }
  if (bytes) for (const byte of bytes) h = step(h, byte);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

function step(h: number, x: number): number {
  return Math.imul(h ^ x, 0x01000193) + (h >>> 17);
}

function sameArgs(a: readonly Node[], b: readonly Node[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

function sameImmediate(a: Immediate, b: Immediate): boolean {
  return (
    a === b ||
    (a.register === b.register &&
      a.offset === b.offset &&
      a.lane === b.lane &&
      a.target === b.target &&
      Object.is(a.value, b.value) &&
      sameBytes(a.bytes, b.bytes))
  );
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  for (let k = 0; k < 16; k++) if (a[k] !== b[k]) return false;
  return true;
}
