import { describe, expect, it } from '@jest/globals';
import { jacobian } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import { matrix, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { expandDims, eye, matmul, mul, tanh } from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import { wasmBackend } from '../backend.ts';

/** The result for these inputs, and how often a matrix product is applied in the module. */
function run(
  inputs: readonly Input[],
  output: Variable,
  values: readonly Parameters<typeof tensorFrom>[0][],
): { readonly value: unknown; readonly products: number } {
  const f = compile(inputs, [output], { backend: wasmBackend() });
  const [value] = f(...values.map((x) => tensorFrom(x)));
  return { value: value!.toArray(), products: f.explain().match(/\d · \d/g)?.length ?? 0 };
}

const a = matrix('a');
const v = vector('v');
const m = [
  [1, 2],
  [3, 4],
];
const unit = eye(2, 2, { dtype: 'float64' });

describe('productWithDiagonal', () => {
  it('leaves the other factor of the identity', () => {
    expect(run([a], matmul(unit, a), [m])).toEqual({ value: m, products: 0 });
    expect(run([a], matmul(a, unit), [m])).toEqual({ value: m, products: 0 });
  });

  it('scales rows where the diagonal comes first, columns where it comes last', () => {
    const diagonal = mul(unit, v);
    const rows = [
      [10, 20],
      [-3, -4],
    ];
    const columns = [
      [10, -2],
      [30, -4],
    ];
    expect(run([a, v], matmul(diagonal, a), [m, [10, -1]])).toEqual({ value: rows, products: 0 });
    expect(run([a, v], matmul(a, diagonal), [m, [10, -1]])).toEqual({
      value: columns,
      products: 0,
    });
  });

  it('takes stacks of vectors apart', () => {
    const diagonal = mul(unit, v);
    const columns = matmul(a, expandDims(diagonal, 2));
    expect(run([a, v], columns, [m, [10, -1]])).toEqual({
      value: [
        [[10], [30]],
        [[-2], [-4]],
      ],
      products: 0,
    });
    const rows = matmul(expandDims(diagonal, 1), a);
    expect(run([a, v], rows, [m, [10, -1]])).toEqual({
      value: [[[10, 20]], [[-3, -4]]],
      products: 0,
    });
  });

  it('saves the first product of a Jacobian', () => {
    const x = vector('x', { shape: [2] });
    const w = matrix('w', { shape: [2, 2] });
    const y = tanh(matmul(w, x));
    const { value, products } = run([w, x], jacobian(y, x), [m, [0, 0]]);
    expect(value).toEqual(m);
    expect(products).toBe(1); // w · x
  });

  it('leaves products with other matrices and keeps infinities where they are', () => {
    const other = mul(matrix('b'), v);
    expect(run([a, ...inputsOf(other), v], matmul(a, other), [m, m, [1, 1]]).products).toBe(1);
    expect(
      run([a], matmul(unit, a), [
        [
          [Infinity, 2],
          [3, NaN],
        ],
      ]).value,
    ).toEqual([
      [Infinity, 2],
      [3, NaN],
    ]);
  });
});

function inputsOf(x: Variable): readonly Input[] {
  const first = x.kind === 'result' ? x.owner.inputs[0] : undefined;
  return first?.kind === 'input' ? [first] : [];
}
