import { matmul, mul, reshape, transpose } from '@cotangent/ops';
import { isFloat } from '@cotangent/tensor';
import type { Apply, Variable } from '@cotangent/graph';

/** The sum of products over paired axes as one product of matrices; without pairs, of all elements. */
export function contraction({ inputs, attrs, outputs }: Apply): Variable | undefined {
  const [a, b] = [inputs[0]!, inputs[1]!];
  const [y] = outputs;
  const isFilled = [a, b].every((x) => x.dtype === y!.dtype && x.shape.every((n) => (n ?? 0) > 0));
  if (!isFilled || !isFloat(y!.dtype)) return undefined;
  const axesA = listOf('axesA' in attrs ? attrs.axesA : []);
  const axesB = listOf('axesB' in attrs ? attrs.axesB : []);
  const others = (x: Variable, axes: readonly number[]): readonly number[] =>
    x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const count = (x: Variable, axes: readonly number[]): number =>
    axes.reduce((n, axis) => n * (x.shape[axis] ?? 0), 1);
  const [freeA, freeB] = [others(a, axesA), others(b, axesB)];
  const inner = count(a, axesA);
  const rows = reshape(transpose(a, [...freeA, ...axesA]), [count(a, freeA), inner]);
  const columns = reshape(transpose(b, [...axesB, ...freeB]), [inner, count(b, freeB)]);
  const product = axesA.length === 0 ? mul(rows, columns) : matmul(rows, columns);
  const sizes = [...freeA.map((axis) => a.shape[axis]!), ...freeB.map((axis) => b.shape[axis]!)];
  return reshape(product, sizes);
}

/** The numbers of a list among attributes. */
export function listOf(axes: unknown): readonly number[] {
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : [];
}
