import type { Opcode } from '../encode/opcodes.ts';
import type { Algebra } from '../functions/algebra.ts';
import type { Builder } from './builder.ts';
import type { Node } from './node.ts';

/** The 16 bytes of a vector that has the same bits in every lane. */
function repeated(write: (view: DataView, at: number) => void, bytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  for (let at = 0; at < 16; at += bytes) write(view, at);
  return new Uint8Array(view.buffer);
}

export function f64x2(b: Builder, x: number): Node {
  return b.v128(repeated((view, at) => view.setFloat64(at, x, true), 8));
}

export function f32x4(b: Builder, x: number): Node {
  return b.v128(repeated((view, at) => view.setFloat32(at, x, true), 4));
}

export function i32x4(b: Builder, x: number): Node {
  return b.v128(repeated((view, at) => view.setInt32(at, x, true), 4));
}

/** The algebra of elementary functions on machine nodes, so that equal parts of functions are computed once. */
export function machineAlgebra(b: Builder, lane: 64 | 32): Algebra<Node> {
  const branches = new Map<string, readonly Node[]>();
  const float = lane === 64 ? 'f64x2' : 'f32x4';
  const whole = lane === 64 ? 'i64x2' : 'i32x4';
  const one =
    (op: Opcode) =>
    (x: Node): Node =>
      b.op(op, [x]);
  const two =
    (op: Opcode) =>
    (x: Node, y: Node): Node =>
      b.op(op, [x, y]);
  return {
    lane,
    float: (x) => (lane === 64 ? f64x2(b, x) : f32x4(b, x)),
    bits: (x) =>
      b.v128(
        lane === 64
          ? repeated((view, at) => view.setBigUint64(at, BigInt.asUintN(64, x), true), 8)
          : repeated((view, at) => view.setUint32(at, Number(BigInt.asUintN(32, x)), true), 4),
      ),
    add: two(`${float}.add`),
    sub: two(`${float}.sub`),
    mul: two(`${float}.mul`),
    div: two(`${float}.div`),
    sqrt: one(`${float}.sqrt`),
    neg: one(`${float}.neg`),
    abs: one(`${float}.abs`),
    floor: one(`${float}.floor`),
    ceil: one(`${float}.ceil`),
    trunc: one(`${float}.trunc`),
    nearest: one(`${float}.nearest`),
    pmin: two(`${float}.pmin`),
    pmax: two(`${float}.pmax`),
    eq: two(`${float}.eq`),
    ne: two(`${float}.ne`),
    lt: two(`${float}.lt`),
    le: two(`${float}.le`),
    gt: two(`${float}.gt`),
    ge: two(`${float}.ge`),
    and: two('v128.and'),
    andNot: two('v128.andnot'),
    or: two('v128.or'),
    xor: two('v128.xor'),
    not: one('v128.not'),
    select: (mask, x, y) => b.op('v128.bitselect', [x, y, mask]),
    addBits: two(`${whole}.add`),
    subBits: two(`${whole}.sub`),
    shiftLeft: (x, count) => b.op(`${whole}.shl`, [x, b.i32(count)]),
    shiftRight: (x, count) => b.op(`${whole}.shr_u`, [x, b.i32(count)]),
    // Equal masks and values share one branch.
    rarely: (mask, common, rare) => {
      const key = [mask, ...common].map((n) => n.id).join();
      const known = branches.get(key);
      if (known?.every((n) => b.reaches(n.earliest))) return known;
      const results = b.rarely(b.op('v128.any_true', [mask]), common, () =>
        rare().map((x, k) => b.op('v128.bitselect', [x, common[k]!, mask])),
      );
      branches.set(key, results);
      return results;
    },
  };
}
