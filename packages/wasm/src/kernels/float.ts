import type { MachineType, Opcode } from '../encode/opcodes.ts';
import { f32x4, f64x2 } from '../emit/algebra.ts';
import type { Builder } from '../emit/builder.ts';
import type { Node, Register } from '../emit/node.ts';

/** What kernels need to know of a float type. */
export interface Float {
  readonly type: Extract<MachineType, 'f32' | 'f64'>;
  readonly bytes: 4 | 8;
  /** Lanes of a vector. */
  readonly lanes: 2 | 4;
  readonly add: Opcode;
  readonly sub: Opcode;
  readonly mul: Opcode;
  readonly splatLoad: Opcode;
  readonly zeroLoad: Opcode;
  readonly laneLoad: Opcode;
  readonly laneStore: Opcode;
  readonly extract: Opcode;
}

export const doubles: Float = {
  type: 'f64',
  bytes: 8,
  lanes: 2,
  add: 'f64x2.add',
  sub: 'f64x2.sub',
  mul: 'f64x2.mul',
  splatLoad: 'v128.load64_splat',
  zeroLoad: 'v128.load64_zero',
  laneLoad: 'v128.load64_lane',
  laneStore: 'v128.store64_lane',
  extract: 'f64x2.extract_lane',
};

export const singles: Float = {
  type: 'f32',
  bytes: 4,
  lanes: 4,
  add: 'f32x4.add',
  sub: 'f32x4.sub',
  mul: 'f32x4.mul',
  splatLoad: 'v128.load32_splat',
  zeroLoad: 'v128.load32_zero',
  laneLoad: 'v128.load32_lane',
  laneStore: 'v128.store32_lane',
  extract: 'f32x4.extract_lane',
};

/** Memory operations at addresses that are a node plus a constant number of bytes. */
export class Access {
  readonly b: Builder;
  readonly float: Float;
  /** All memory that kernels write: loads of the result are not moved over its stores. */
  private readonly memory: object = {};

  constructor(b: Builder, float: Float) {
    this.b = b;
    this.float = float;
  }

  zero(): Node {
    return this.float.type === 'f64' ? f64x2(this.b, 0) : f32x4(this.b, 0);
  }

  scalarZero(): Node {
    return this.float.type === 'f64' ? this.b.f64(0) : this.b.f32(0);
  }

  /** A register that walks over memory; it starts at `from`. */
  pointer(from: Node): Register {
    const pointer = this.b.register('i32');
    this.b.set(pointer, from);
    return pointer;
  }

  here(pointer: Register): Node {
    return this.b.get(pointer, { isNatural: true });
  }

  advance(pointer: Register, bytes: number): void {
    if (bytes !== 0) this.b.set(pointer, this.b.add(this.here(pointer), this.b.i32(bytes)));
  }

  load(
    op: Opcode,
    base: Node,
    bytes: number,
    more?: { readonly lane: number; readonly vector: Node },
  ): Node {
    const { address, offset } = this.place(base, bytes);
    return this.b.load(op, this.memory, address, offset, true, more);
  }

  store(op: Opcode, base: Node, bytes: number, value: Node, lane?: number): void {
    const { address, offset } = this.place(base, bytes);
    this.b.store(op, this.memory, address, offset, value, lane);
  }

  private place(base: Node, bytes: number): { readonly address: Node; readonly offset: number } {
    return this.b.address({ node: base, constant: bytes }, this.b.i32(0), 1);
  }

  /** `count` neighbouring elements in the low lanes, or elements `stride` apart. */
  vector(base: Node, bytes: number, count: number, stride = 1): Node {
    const { lanes, zeroLoad, laneLoad, bytes: size } = this.float;
    if (count === lanes && stride === 1) return this.load('v128.load', base, bytes);
    let v = this.load(zeroLoad, base, bytes);
    for (let lane = 1; lane < count; lane++)
      v = this.load(laneLoad, base, bytes + lane * stride * size, { lane, vector: v });
    return v;
  }

  /** Stores the low `count` lanes to neighbouring elements. */
  storeVector(base: Node, bytes: number, count: number, v: Node): void {
    const { lanes, laneStore, bytes: size } = this.float;
    if (count === lanes) return this.store('v128.store', base, bytes, v);
    for (let lane = 0; lane < count; lane++)
      this.store(laneStore, base, bytes + lane * size, v, lane);
  }

  splat(base: Node, bytes: number): Node {
    return this.load(this.float.splatLoad, base, bytes);
  }

  /** sum + x · y, or sum − x · y. */
  mulAdd(sum: Node, x: Node, y: Node, negate = false): Node {
    const { add, sub, mul } = this.float;
    return this.b.op(negate ? sub : add, [sum, this.b.op(mul, [x, y])]);
  }

  /** Runs `count` times; what changes are registers that the body advances. */
  repeat(count: number, changed: readonly object[], body: () => void): void {
    const { b } = this;
    b.count(b.i32(0), b.i32(count), 1, [...changed, this.memory], () => body());
  }

  /** The same for a count that is only known at run time. */
  repeatTimes(count: Node, changed: readonly object[], body: () => void): void {
    this.b.count(this.b.i32(0), count, 1, [...changed, this.memory], () => body());
  }

  /** Runs `count ≥ 1` times while a pointer moves on by `step` ≠ 0 bytes: the pointer is the counter. */
  walk(
    pointer: Register,
    step: number,
    count: number,
    changed: readonly object[],
    body: () => void,
  ): void {
    const { b } = this;
    if (count === 1) return body();
    const end = b.register('i32');
    b.set(end, b.add(this.here(pointer), b.i32(step * count)));
    b.loop([pointer, ...changed], () => {
      body();
      this.advance(pointer, step);
      return b.op('i32.ne', [b.get(pointer), b.get(end)]);
    });
  }
}
