import { bytesOf, registerType } from '@cotangent/loops';
import type { Buffer } from '@cotangent/loops';
import type { Opcode } from '../encode/opcodes.ts';
import { i32x4 } from './algebra.ts';
import { convertLanes, maskOf, vectorOf, words } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import type { Node } from './node.ts';
import type { Scope } from './scope.ts';

/** Loads and stores of 2 or 4 neighbouring iterations at once. */
export class Transfer {
  private readonly scope: Scope;
  private readonly width: 2 | 4;

  constructor(scope: Scope, width: 2 | 4) {
    this.scope = scope;
    this.width = width;
  }

  load(buffer: Buffer, at: Lanes): Lanes {
    const b = this.scope.builder;
    const type = registerType[buffer.dtype];
    const isByte = bytesOf[buffer.dtype] === 1;
    const vector =
      at.stride === 1
        ? this.loadUnit(buffer, at)
        : at.stride === -1 && !isByte
          ? this.loadReversed(buffer, at)
          : this.loadLanes(buffer, at);
    if (!isByte) return { type, vector };
    const half = b.op('i16x8.extend_low_i8x16_u', [vector]);
    return { type, vector: b.op('i32x4.extend_low_i16x8_u', [half]) };
  }

  private one(
    op: Opcode,
    buffer: Buffer,
    at: Node,
    more?: { readonly lane: number; readonly vector: Node },
  ): Node {
    const b = this.scope.builder;
    const { address, offset } = b.address(this.scope.baseOf(buffer), at, bytesOf[buffer.dtype]);
    return b.load(op, buffer, address, offset, this.scope.stored.has(buffer), more);
  }

  /** The element index of a lane. */
  private indexOf(at: Lanes, lane: number): Node {
    const b = this.scope.builder;
    if (at.first && at.stride !== undefined) return b.add(at.first, b.i32(lane * at.stride));
    return b.op('i32x4.extract_lane', [vectorOf(b, at)], { lane });
  }

  private loadUnit(buffer: Buffer, at: Lanes): Node {
    const first = this.indexOf(at, 0);
    const bytes = bytesOf[buffer.dtype] * this.width;
    if (bytes === 16) return this.one('v128.load', buffer, first);
    if (bytes === 8) return this.one('v128.load64_zero', buffer, first);
    if (bytes === 4) return this.one('v128.load32_zero', buffer, first);
    const vector = i32x4(this.scope.builder, 0);
    return this.one('v128.load16_lane', buffer, first, { lane: 0, vector });
  }

  private loadReversed(buffer: Buffer, at: Lanes): Node {
    const b = this.scope.builder;
    const last = this.indexOf(at, this.width - 1);
    const isWhole = bytesOf[buffer.dtype] * this.width === 16;
    const v = this.one(isWhole ? 'v128.load' : 'v128.load64_zero', buffer, last);
    const order =
      bytesOf[buffer.dtype] === 8
        ? words(2, 3, 0, 1)
        : isWhole
          ? words(3, 2, 1, 0)
          : words(1, 0, 2, 3);
    return b.op('i8x16.shuffle', [v, v], { bytes: order });
  }

  private loadLanes(buffer: Buffer, at: Lanes): Node {
    const bits = (bytesOf[buffer.dtype] * 8) as 64 | 32 | 8; // the three sizes that elements have
    const start = bits === 8 ? 0 : 1;
    let vector =
      bits === 8
        ? i32x4(this.scope.builder, 0)
        : this.one(`v128.load${bits}_zero`, buffer, this.indexOf(at, 0));
    for (let lane = start; lane < this.width; lane++)
      vector = this.one(`v128.load${bits}_lane`, buffer, this.indexOf(at, lane), { lane, vector });
    return vector;
  }

  /** Stores, lane by lane where the elements are not neighbours; where they are one, the last lane's. */
  store(buffer: Buffer, at: Lanes, value: Lanes): void {
    const b = this.scope.builder;
    const { dtype } = buffer;
    const size = bytesOf[dtype];
    const vector =
      dtype === 'bool'
        ? this.truth(value)
        : vectorOf(b, convertLanes(b, registerType[dtype], value));
    if (at.stride === 1) return this.storeUnit(buffer, at, vector);
    const bits = (size * 8) as 64 | 32 | 8; // the three sizes that elements have
    const start = at.stride === 0 ? this.width - 1 : 0;
    for (let lane = start; lane < this.width; lane++)
      this.put(
        `v128.store${bits}_lane`,
        buffer,
        this.indexOf(at, lane),
        vector,
        bits === 8 ? 4 * lane : lane,
      );
  }

  private put(op: Opcode, buffer: Buffer, at: Node, vector: Node, lane?: number): void {
    const b = this.scope.builder;
    const { address, offset } = b.address(this.scope.baseOf(buffer), at, bytesOf[buffer.dtype]);
    b.store(op, buffer, address, offset, vector, lane);
  }

  private storeUnit(buffer: Buffer, at: Lanes, vector: Node): void {
    const b = this.scope.builder;
    const size = bytesOf[buffer.dtype];
    const first = this.indexOf(at, 0);
    const bytes = size * this.width;
    const low = Uint8Array.from({ length: 16 }, (_, k) => (4 * k) % 16);
    const packed = size === 1 ? b.op('i8x16.shuffle', [vector, vector], { bytes: low }) : vector;
    if (bytes === 16) return this.put('v128.store', buffer, first, packed);
    if (bytes === 8) return this.put('v128.store64_lane', buffer, first, packed, 0);
    if (bytes === 4) return this.put('v128.store32_lane', buffer, first, packed, 0);
    return this.put('v128.store16_lane', buffer, first, packed, 0);
  }

  /** 1 in the 32-bit lanes where the value is not 0 (NaN is not). */
  private truth(value: Lanes): Node {
    const b = this.scope.builder;
    if (value.type === 'i32')
      return vectorOf(b, { type: 'i32', mask: { node: maskOf(b, value, 32), bits: 32 } });
    const v = vectorOf(b, value);
    const zero = i32x4(b, 0);
    const isDouble = value.type === 'f64';
    const node = b.op(isDouble ? 'f64x2.ne' : 'f32x4.ne', [v, zero]);
    return vectorOf(b, { type: 'i32', mask: { node, bits: isDouble ? 64 : 32 } });
  }
}
