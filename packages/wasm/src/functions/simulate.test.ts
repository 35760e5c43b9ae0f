import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.ts';
import { type VectorFunction, bitsOf, operationCounts, trace } from './trace.ts';

/** A trace's result on one float64, as bits. */
function bitsAfter(f: VectorFunction, x: bigint): bigint {
  const input = new Float64Array(new BigUint64Array([x]).buffer);
  return new BigUint64Array(simulate(trace(f, 64), input).buffer)[0]!;
}

describe('simulate', () => {
  const samples = [
    0n,
    1n,
    0xffffffffn,
    0x7ff0000000000001n,
    0xffffffffffffffffn,
    0x3ff0000080000000n,
  ];

  it('carries between the halves of 64-bit integers', () => {
    for (const x of samples) {
      for (const c of [1n, 0xffffffffn, 0x123456789abcdef0n]) {
        expect(bitsAfter((m, y) => m.addBits(y!, m.bits(c)), x)).toBe(BigInt.asUintN(64, x + c));
        expect(bitsAfter((m, y) => m.subBits(y!, m.bits(c)), x)).toBe(BigInt.asUintN(64, x - c));
      }
    }
  });

  it('shifts 64-bit integers by any count', () => {
    for (const x of samples) {
      for (const n of [0, 1, 31, 32, 33, 52, 63]) {
        const left = BigInt.asUintN(64, x << BigInt(n));
        expect(bitsAfter((m, y) => m.shiftLeft(y!, n), x)).toBe(left);
        expect(bitsAfter((m, y) => m.shiftRight(y!, n), x)).toBe(x >> BigInt(n));
      }
    }
  });

  it('keeps the bits of masks, which are NaN as floats', () => {
    const one = bitsOf(1, 64);
    expect(bitsAfter((m, y) => m.eq(y!, y!), one)).toBe(0xffffffffffffffffn);
    expect(bitsAfter((m, y) => m.not(m.eq(y!, y!)), one)).toBe(0n);
    expect(bitsAfter((m, y) => m.select(m.lt(y!, m.float(2)), m.bits(7n), y!), one)).toBe(7n);
  });

  it('rounds halves to even and keeps −0', () => {
    const input = new Float64Array([0.5, 1.5, 2.5, -0.5, -0.2, -0, 2 ** 52 + 1]);
    const result = simulate(
      trace((m, x) => m.nearest(x!), 64),
      input,
    );
    expect([...result]).toEqual([0, 2, 2, -0, -0, -0, 2 ** 52 + 1]);
  });

  it('passes a NaN in the first operand of pmin and pmax', () => {
    const input = new Float32Array([NaN, 1, 3]);
    expect([
      ...simulate(
        trace((m, x) => m.pmin(x!, m.float(2)), 32),
        input,
      ),
    ]).toEqual([NaN, 1, 2]);
    expect([
      ...simulate(
        trace((m, x) => m.pmax(x!, m.float(2)), 32),
        input,
      ),
    ]).toEqual([NaN, 2, 3]);
  });

  it('rounds to float32 in lanes of 32 bits', () => {
    const input = new Float32Array([0.1]);
    const result = simulate(
      trace((m, x) => m.mul(x!, m.float(1 / 3)), 32),
      input,
    );
    expect(result[0]).toBe(Math.fround(Math.fround(0.1) * Math.fround(1 / 3)));
  });

  it('takes inputs longer than a block', () => {
    const input = Float64Array.from({ length: 1000 }, (_, i) => i);
    const result = simulate(
      trace((m, x) => m.add(x!, x!), 64),
      input,
    );
    expect([...result]).toEqual([...input].map((x) => 2 * x));
  });
});

describe('trace', () => {
  it('records equal instructions once and leaves out what is not needed', () => {
    const { steps } = trace((m, x) => {
      m.sqrt(x!);
      return m.add(m.mul(x!, x!), m.mul(x!, x!));
    }, 64);
    expect(steps.map((step) => step.name)).toEqual(['input', 'mul', 'add']);
  });

  it('counts instructions by kind, without constants', () => {
    const counts = operationCounts(trace((m, x) => m.add(m.float(1), m.neg(x!)), 32));
    expect(Object.fromEntries(counts)).toEqual({ neg: 1, add: 1 });
  });
});
