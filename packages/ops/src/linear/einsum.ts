import { ShapeError, isFloat } from '@cotangent/tensor';
import { asPromotedVariables } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { mul } from '../elementwise/arithmetic.ts';
import { any } from '../reduce/logical.ts';
import { sum } from '../reduce/sum.ts';
import { reshape } from '../shape/reshape.ts';
import { shapeAt } from '../shape/size.ts';
import { squeeze, transpose } from '../shape/transpose.ts';
import { diagonal } from './diagonal.ts';
import { parseEinsum } from './einsum-spec.ts';
import { nextPair } from './einsum-path.ts';
import type { Factor } from './einsum-path.ts';
import { matmul } from './matmul.ts';

/**
 * Sums of products by Einstein's convention, in NumPy's notation: axes with the same letter have the same index; the
 * result has the axes after `->` and sums over all others. `...` stands for axes without a letter, which broadcast; a
 * letter twice in one operand takes its diagonal; without `->` the result has the letters that occur once, in
 * alphabetical order.
 *
 * Built from products of matrices, two operands at a time: where all sizes are known the cheapest pair first, else from
 * left to right. So both derivatives are sums of the same kind. Dtypes promote; of booleans, sums are `any`. An axis
 * known to have size 1 repeats along longer axes with its letter.
 *
 * @throws ValueError `OP_EINSUM_SYNTAX`, `OP_EINSUM_OPERANDS` (count), `OP_EINSUM_OUTPUT`; ShapeError `OP_RANK`,
 *   `OP_EINSUM_SHAPES`, where sizes are not known before at run time as of the op that meets them.
 * @example einsum('ij,jk->ik', a, b) // matmul
 * @example einsum('bi,bj,ij->b', x, y, a) // xᵀ A y for each b
 */
export function einsum(spec: string, ...operands: readonly Operand[]): Variable {
  const variables = asPromotedVariables(operands, 'einsum');
  const parsed = parseEinsum(
    spec,
    variables.map((x) => x.shape),
  );
  const sizes = sizesOf(spec, variables, parsed.operands);
  let factors = variables.map((value, i) =>
    withoutRepeats(spec, narrowed({ value, labels: parsed.operands[i]! }, sizes)),
  );
  while (factors.length > 1) {
    const [i, j] = nextPair(factors, parsed.output);
    const others = factors.filter((_, k) => k !== i && k !== j);
    const kept = new Set([...parsed.output, ...others.flatMap(({ labels }) => labels)]);
    factors = [
      ...others.slice(0, i),
      contracted(factors[i]!, factors[j]!, kept),
      ...others.slice(i),
    ];
  }
  const total = summed(factors[0]!, new Set(parsed.output));
  return ordered(total, parsed.output);
}

/** The size of each label, `null` if it is not known. */
function sizesOf(
  spec: string,
  operands: readonly Variable[],
  labels: readonly (readonly string[])[],
): ReadonlyMap<string, number | null> {
  const sizes = new Map<string, number | null>();
  labels.forEach((list, i) =>
    list.forEach((label, axis) => {
      const size = operands[i]!.shape[axis] ?? null;
      const known = sizes.get(label);
      if (known === undefined || known === 1) sizes.set(label, size);
      else if (known === null) sizes.set(label, size === 1 ? null : size);
      else if (size !== null && size !== 1 && size !== known)
        throw conflict(spec, label, known, size);
    }),
  );
  return sizes;
}

/** A factor without its axes of size 1 whose label has, or may have, another size: it repeats along them. */
function narrowed({ value, labels }: Factor, sizes: ReadonlyMap<string, number | null>): Factor {
  const dropped = labels.flatMap((label, axis) =>
    value.shape[axis] === 1 && sizes.get(label) !== 1 ? [axis] : [],
  );
  if (dropped.length === 0) return { value, labels };
  return {
    value: squeeze(value, dropped),
    labels: labels.filter((_, axis) => !dropped.includes(axis)),
  };
}

/** Diagonals in place of repeated labels. */
function withoutRepeats(spec: string, factor: Factor): Factor {
  let { value, labels } = factor;
  for (;;) {
    const axis2 = labels.findIndex((label, k) => labels.indexOf(label) !== k);
    if (axis2 < 0) return { value, labels };
    const label = labels[axis2]!;
    const axis1 = labels.indexOf(label);
    value = diagonal(equalAxes(spec, label, value, axis1, axis2), { axis1, axis2 });
    labels = [...labels.filter((_, k) => k !== axis1 && k !== axis2), label];
  }
}

/** `x` with two axes of one size: checked now or, where one is not known, at run time. */
function equalAxes(spec: string, label: string, x: Variable, a: number, b: number): Variable {
  const [m, n] = [x.shape[a] ?? null, x.shape[b] ?? null];
  if (m !== null && n !== null) {
    if (m === n) return x;
    throw conflict(spec, label, m, n);
  }
  const sizes = x.shape.map((size, axis) => size ?? shapeAt(x, axis));
  return reshape(x, sizes.with(b, shapeAt(x, a)));
}

/** The product of two factors, summed over the labels that nothing else needs. */
function contracted(a: Factor, b: Factor, kept: ReadonlySet<string>): Factor {
  const left = summed(a, new Set([...kept, ...b.labels]));
  const right = summed(b, new Set([...kept, ...a.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const inner = shared.filter((label) => !kept.has(label));
  const batch = shared.filter((label) => kept.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const isElementwise = rows.length + columns.length === 0 && isFloat(left.value.dtype);
  if (inner.length === 0 || isElementwise) {
    const labels = [...batch, ...rows, ...columns, ...inner];
    const value = mul(spread(left, labels), spread(right, labels));
    return summed({ value, labels }, kept);
  }
  return matrixProduct(left, right, { batch, rows, columns, inner });
}

/** Which labels of two factors play which part in a product of matrices. */
interface Parts {
  readonly batch: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly inner: readonly string[];
}

function matrixProduct(left: Factor, right: Factor, parts: Parts): Factor {
  const { batch, rows, columns, inner } = parts;
  const y = matmul(asMatrices(left, batch, rows, inner), asMatrices(right, batch, inner, columns));
  const labels = [...batch, ...rows, ...columns];
  if (rows.length === 1 && columns.length === 1) return { value: y, labels };
  const sizes = [
    ...batch.map((_, axis) => y.shape[axis] ?? shapeAt(y, axis)),
    ...rows.map((label) => sizeIn(left, label)),
    ...columns.map((label) => sizeIn(right, label)),
  ];
  return { value: reshape(y, sizes), labels };
}

/** The factor as a stack of matrices: several labels become one axis, none an axis of size 1. */
function asMatrices(
  factor: Factor,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): Variable {
  const value = ordered(factor, [...batch, ...rows, ...columns]);
  if (rows.length === 1 && columns.length === 1) return value;
  return reshape(value, [
    ...batch.map((label) => sizeIn(factor, label)),
    mergedSize(factor, rows),
    mergedSize(factor, columns),
  ]);
}

function mergedSize(factor: Factor, labels: readonly string[]): number | Variable {
  return labels
    .map((label) => sizeIn(factor, label))
    .reduce((a, b) => (typeof a === 'number' && typeof b === 'number' ? a * b : mul(a, b)), 1);
}

function sizeIn({ value, labels }: Factor, label: string): number | Variable {
  const axis = labels.indexOf(label);
  return value.shape[axis] ?? shapeAt(value, axis);
}

/** Sums over the labels that are not kept. */
function summed({ value, labels }: Factor, kept: ReadonlySet<string>): Factor {
  const axis = labels.flatMap((label, k) => (kept.has(label) ? [] : [k]));
  if (axis.length === 0) return { value, labels };
  return {
    value: value.dtype === 'bool' ? any(value, { axis }) : sum(value, { axis }),
    labels: labels.filter((label) => kept.has(label)),
  };
}

/** The factor with an axis for each label, of size 1 for those it does not have. */
function spread({ value, labels }: Factor, all: readonly string[]): Variable {
  return transpose(
    value,
    all.map((label) => (labels.includes(label) ? labels.indexOf(label) : 'x')),
  );
}

function ordered({ value, labels }: Factor, order: readonly string[]): Variable {
  if (order.every((label, k) => label === labels[k])) return value;
  return transpose(
    value,
    order.map((label) => labels.indexOf(label)),
  );
}

function conflict(spec: string, label: string, m: number, n: number): ShapeError {
  return new ShapeError(`einsum: in '${spec}' axes named '${label}' have sizes ${m} and ${n}`, {
    code: 'OP_EINSUM_SHAPES',
    hint: 'axes with one letter must have one size, or size 1 to repeat; in one operand they must be equal',
    data: { op: 'einsum', spec, label, sizes: [m, n] },
  });
}
