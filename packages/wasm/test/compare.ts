import { compile } from '@cotangent/compile';
import { isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { Input, Variable } from '@cotangent/graph';
import { wasmBackend } from '../src/index.ts';

/** Values of the same outputs by the module and by one `eval` after another. */
export function bothWays(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  args: readonly Tensor[],
): readonly (readonly [fast: Tensor, reference: Tensor])[] {
  const options = { onUnusedInput: 'ignore' } as const;
  const fast = compile(inputs, outputs, { ...options, backend: wasmBackend() });
  const reference = compile(inputs, outputs, { ...options, mode: 'reference' });
  const expected = reference(...args);
  // Twice: the second call finds the memory as the first one left it.
  fast(...args);
  return fast(...args).map((value, i) => [value, expected[i]!] as const);
}

/**
 * How far two tensors are apart, in roundings of their dtype at the scale of the largest finite element;
 * infinite if they differ in dtype, shape, NaN or infinities, or at all where the dtype is discrete.
 */
export function distance(a: Tensor, b: Tensor): number {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return Infinity;
  const [xs, ys] = [elements(a), elements(b)];
  const scale = Math.max(...ys.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const epsilon = a.dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  return xs.reduce((worst, x, k) => {
    const y = ys[k]!;
    if (Object.is(x, y) || x === y) return worst;
    if (!isFloat(a.dtype) || !Number.isFinite(x) || !Number.isFinite(y)) return Infinity;
    return Math.max(worst, Math.abs(x - y) / (scale * epsilon));
  }, 0);
}

function elements(x: Tensor): readonly number[] {
  const nested: unknown[] = [x.toArray()];
  return nested.flat(Infinity).map(Number);
}
