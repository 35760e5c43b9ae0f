import type { Algebra } from './algebra.ts';

/** A value for each width of lanes. */
export type ByLane<T> = { readonly [lane in 64 | 32]: T };

/** Layout of the float in a lane. */
export interface Layout {
  /** Bits of the stored fraction. */
  readonly fraction: number;
  readonly bias: number;
  readonly smallestNormal: number;
}

const layouts: ByLane<Layout> = {
  64: { fraction: 52, bias: 1023, smallestNormal: 2 ** -1022 },
  32: { fraction: 23, bias: 127, smallestNormal: 2 ** -126 },
};

export function layoutOf<V>(m: Algebra<V>): Layout {
  return layouts[m.lane];
}

/** Adding it rounds to a whole number, which the low bits of the sum then hold in two's complement. */
export function magic<V>(m: Algebra<V>): number {
  return 1.5 * 2 ** layoutOf(m).fraction;
}

export function signBit<V>(m: Algebra<V>): V {
  return m.float(-0);
}

/** |x|, in one instruction on every engine. */
export function magnitude<V>(m: Algebra<V>, x: V): V {
  return m.andNot(x, signBit(m));
}

/** The sign of `x` alone, or-ed or xor-ed into a result. */
export function signOf<V>(m: Algebra<V>, x: V): V {
  return m.and(x, signBit(m));
}

/** The entry of a table for lanes of this width. */
export function pick<V, T>(m: Algebra<V>, table: ByLane<T>): T {
  return table[m.lane];
}
