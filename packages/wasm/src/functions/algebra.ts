/**
 * Arithmetic on one vector of lanes: what an elementary function is written in, once, for `f64x2` and
 * `f32x4` alike. Every operation is one instruction of WebAssembly's SIMD, so the same bits come out on
 * every engine, in vector loops and in their tails.
 *
 * `V` is a handle to a value. Masks are values whose lanes are all ones or all zeros. Integers are the
 * bits of a lane; they have no division, no arithmetic right shift of 64 bits and no conversion.
 */
export interface Algebra<V> {
  /** Bits of a lane: 64 or 32. */
  readonly lane: 64 | 32;

  /** The same float in every lane (rounded to float32 where lanes are). */
  float(x: number): V;
  /** The same bits in every lane. */
  bits(x: bigint): V;

  add(x: V, y: V): V;
  sub(x: V, y: V): V;
  mul(x: V, y: V): V;
  div(x: V, y: V): V;
  sqrt(x: V): V;
  neg(x: V): V;
  abs(x: V): V;
  floor(x: V): V;
  ceil(x: V): V;
  trunc(x: V): V;
  /** Nearest whole number, ties to even. */
  nearest(x: V): V;
  /** y < x ? y : x — so a NaN in `x` passes through. One instruction; use it for clamping. */
  pmin(x: V, y: V): V;
  /** x < y ? y : x. */
  pmax(x: V, y: V): V;

  eq(x: V, y: V): V;
  ne(x: V, y: V): V;
  lt(x: V, y: V): V;
  le(x: V, y: V): V;
  gt(x: V, y: V): V;
  ge(x: V, y: V): V;

  and(x: V, y: V): V;
  /** x & ~y. */
  andNot(x: V, y: V): V;
  or(x: V, y: V): V;
  xor(x: V, y: V): V;
  not(x: V): V;
  /** Bits of `x` where the mask is set, of `y` elsewhere. */
  select(mask: V, x: V, y: V): V;
  /**
   * `common`, but what `rare` gives in the lanes where the mask is set. Code that branches computes `rare`
   * only if it is set in some lane; the results are the same either way.
   */
  rarely(mask: V, common: readonly V[], rare: () => readonly V[]): readonly V[];

  addBits(x: V, y: V): V;
  subBits(x: V, y: V): V;
  shiftLeft(x: V, count: number): V;
  /** Logical right shift. */
  shiftRight(x: V, count: number): V;
}

/** An elementary function of one vector. */
export type ElementaryFunction = <V>(m: Algebra<V>, x: V) => V;

/** An elementary function of two vectors. */
export type FunctionOfTwo = <V>(m: Algebra<V>, x: V, y: V) => V;
