import { describe, expect, it } from '@jest/globals';
import { FunctionBody } from './body.ts';
import { encodeModule } from './module.ts';
import { opcodes, resultOf } from './opcodes.ts';

function addition(): Uint8Array {
  const body = new FunctionBody(['i32', 'i32']);
  const sum = body.acquire('i32');
  body.get(0);
  body.get(1);
  body.op('i32.add');
  body.tee(sum);
  body.i32(-5);
  body.op('i32.mul');
  return body.toBytes();
}

const addOne = {
  name: 'f',
  parameters: ['i32', 'i32'],
  results: ['i32'],
  body: addition(),
} as const;

describe('encodeModule', () => {
  it('makes a module that an engine runs', () => {
    const bytes = encodeModule([addOne], { kind: 'export', pages: 2 });
    const { f, memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    expect(typeof f === 'function' && f(3, 4)).toBe(-35);
    expect(memory instanceof WebAssembly.Memory && memory.buffer.byteLength).toBe(131072);
  });

  it('gives equal bytes for equal functions, and one type for equal signatures', () => {
    const twice = encodeModule([addOne, { ...addOne, name: 'g' }], { kind: 'import', pages: 1 });
    expect(twice).toEqual(
      encodeModule([addOne, { ...addOne, name: 'g' }], { kind: 'import', pages: 1 }),
    );
    expect(Array.from(twice.subarray(8, 12))).toEqual([1, 7, 1, 0x60]);
  });
});

describe('FunctionBody', () => {
  it('hands out released locals again', () => {
    const body = new FunctionBody(['f64']);
    const first = body.acquire('v128');
    body.release(first, 'v128');
    expect(body.acquire('v128')).toBe(first);
    expect(body.acquire('v128')).toBe(first + 1);
    expect([...body.toBytes()]).toEqual([1, 2, 0x7b, 0x0b]);
  });
});

describe('resultOf', () => {
  it('is the type of the shape, but for comparisons and lanes', () => {
    expect(resultOf('f64.lt')).toBe('i32');
    expect(resultOf('f64.convert_i32_s')).toBe('f64');
    expect(resultOf('i32.trunc_sat_f64_s')).toBe('i32');
    expect(resultOf('f32x4.extract_lane')).toBe('f32');
    expect(resultOf('f64x2.lt')).toBe('v128');
    expect(resultOf('v128.any_true')).toBe('i32');
  });

  it('knows every code once', () => {
    expect(new Set(Object.values(opcodes)).size).toBe(Object.keys(opcodes).length);
  });
});
