import { expandDims, matmul, mul, transpose } from '@cotangent/ops';
import type { NodeRewrite } from '@cotangent/compile';
import type { Apply, Constant, Variable } from '@cotangent/graph';
import { contiguous } from '@cotangent/tensor';

/**
 * A · diag(v) = A with columns scaled, diag(v) · B = B with rows scaled, and the same for the stacks of
 * vectors that a Jacobian begins with: n² operations in place of n³. Entries that the product multiplies by
 * 0 do not matter: ∞ and NaN stay where they are.
 */
export const productWithDiagonal: NodeRewrite = {
  name: 'product-with-diagonal',
  soundness: 'widens-domain',
  ops: [matmul.op],
  apply: ({ inputs: [a, b], outputs: [y] }) => {
    if (a!.dtype !== y!.dtype || b!.dtype !== y!.dtype) return undefined;
    const scaled = scaledByRight(a!, b!) ?? scaledByLeft(a!, b!);
    return scaled === undefined ? undefined : [scaled];
  },
};

/** A · diag(v), or A times each column of diag(v), stacked. */
function scaledByRight(a: Variable, b: Variable): Variable | undefined {
  if (a.rank !== 2) return undefined;
  const matrix = diagonalOf(b);
  if (matrix !== undefined) return timesColumns(a, matrix);
  const columns = diagonalOf(withoutUnitAxis(b, 2));
  return columns && expandDims(timesRows(transpose(a, [1, 0]), columns), 2);
}

/** diag(v) · B, or each row of diag(v) times B, stacked. */
function scaledByLeft(a: Variable, b: Variable): Variable | undefined {
  if (b.rank !== 2) return undefined;
  const matrix = diagonalOf(a);
  if (matrix !== undefined) return timesRows(b, matrix);
  const rows = diagonalOf(withoutUnitAxis(a, 1));
  return rows && expandDims(timesRows(b, rows), 1);
}

/** Entries of a diagonal: all of them 1, or the product of 1 and `factor`, a number or a vector. */
interface Diagonal {
  readonly factor: Variable | undefined;
}

function timesColumns(x: Variable, { factor }: Diagonal): Variable {
  return factor === undefined ? x : mul(x, factor);
}

function timesRows(x: Variable, { factor }: Diagonal): Variable {
  if (factor === undefined) return x;
  return mul(factor.rank === 0 ? factor : expandDims(factor, 1), x);
}

/** The diagonal of the identity, or of the identity times a number or a vector. */
function diagonalOf(x: Variable | undefined): Diagonal | undefined {
  if (x?.rank !== 2) return undefined;
  if (x.kind === 'constant') return isIdentity(x) ? { factor: undefined } : undefined;
  if (x.kind !== 'result' || x.owner.op !== mul.op) return undefined;
  const [p, q] = x.owner.inputs;
  const [unit, factor] = p!.kind === 'constant' && p!.rank === 2 ? [p!, q!] : [q!, p!];
  const fits = factor.rank === 0 || (factor.rank === 1 && factor.shape[0] === unit.shape[0]);
  const isUnit = unit.kind === 'constant' && unit.rank === 2 && isIdentity(unit);
  return fits && isUnit && factor.dtype === x.dtype ? { factor } : undefined;
}

/** What a matrix was before it got an axis of size 1 there. */
function withoutUnitAxis(x: Variable, axis: 1 | 2): Variable | undefined {
  if (x.kind !== 'result' || x.owner.op !== transpose.op) return undefined;
  const wanted = axis === 2 ? [0, 1, 'x'] : [0, 'x', 1];
  const axes = axesOf(x.owner);
  return axes.length === 3 && wanted.every((from, k) => axes[k] === from)
    ? x.owner.inputs[0]
    : undefined;
}

function axesOf({ attrs }: Apply): readonly unknown[] {
  return 'axes' in attrs && Array.isArray(attrs.axes) ? attrs.axes : [];
}

function isIdentity({ value }: Constant): boolean {
  const [rows = 0, columns] = value.shape;
  if (rows < 2 || rows !== columns) return false;
  const { data, offset } = contiguous(value);
  for (let k = 0; k < rows * rows; k++)
    if (data[offset + k] !== (k % (rows + 1) === 0 ? 1 : 0)) return false;
  return true;
}
