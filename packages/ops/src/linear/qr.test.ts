import { describe, expect, it } from '@jest/globals';
import { ValueError, tensor } from '@cotangent/graph';
import { zerosTensor } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectClose, expectError, pulledBack, typed, valuesOf } from '../../test/values.ts';
import { eigh, eigvalsh, lstsq, matmul, pinv, qr, svd, svdvals } from './index.ts';

describe('qr', () => {
  it('gives factors of the sizes that the mode asks for', () => {
    const shapes = (m: number | null, n: number | null, mode: 'reduced' | 'complete'): unknown =>
      qr(tensor('a', { shape: [2, m, n] }), { mode }).map(({ shape }) => shape.slice(1));
    expect(shapes(4, 3, 'reduced')).toEqual([[4, 3], [3, 3]]); // prettier-ignore
    expect(shapes(4, 3, 'complete')).toEqual([[4, 4], [4, 3]]); // prettier-ignore
    expect(shapes(3, 4, 'reduced')).toEqual([[3, 3], [3, 4]]); // prettier-ignore
    expect(shapes(null, 4, 'reduced')).toEqual([[null, null], [null, 4]]); // prettier-ignore
    const [q, r] = qr(zerosTensor([3, 0], 'float64'), { mode: 'complete' }).map((y) => evaluate(y));
    expect([q!.toArray(), r!.shape]).toEqual([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [3, 0]]); // prettier-ignore
    expectError(() => qr([[1]], { mode: 'raw' as unknown as 'reduced' }), ValueError, 'OP_QR_MODE');
  });

  it('multiplies to the matrix for known and unknown sizes', () => {
    const a = [
      [2, -1, 4],
      [0.5, 3, -2],
    ];
    expectClose(
      valuesOf((x) => matmul(...qr(x!)), a),
      a,
    );
  });
});

describe('eigh, eigvalsh', () => {
  const a = [
    [2, 99],
    [1, 2],
  ];

  it('read the triangle that is asked for', () => {
    expectClose(
      valuesOf((x) => eigvalsh(x!), a),
      [1, 3],
    );
    expectClose(
      valuesOf((x) => eigh(x!)[0], [a, a]),
      [
        [1, 3],
        [1, 3],
      ],
    );
    const upper = [
      [2, 1],
      [99, 2],
    ];
    expectClose(
      valuesOf((x) => eigvalsh(x!, { lower: false }), upper),
      [1, 3],
    );
    const mean = [
      [2, 0.5],
      [1.5, 2],
    ];
    expectClose(
      valuesOf((x) => eigvalsh(x!, { symmetrizeInput: true }), mean),
      [1, 3],
    );
  });

  it('have the gradient of a symmetric function also where eigenvalues repeat', () => {
    const y = eigvalsh(typed([[2, 0], [0, 2]], 'float64')); // prettier-ignore
    expect(pulledBack(y, [1, 1])).toEqual([[[1, 0], [0, 1]]]); // prettier-ignore
  });
});

describe('svd, svdvals, pinv, lstsq', () => {
  const a = [
    [3, 0],
    [0, -4],
    [0, 0],
  ];

  it('give singular values in descending order', () => {
    expectClose(
      valuesOf((x) => svdvals(x!), a),
      [4, 3],
    );
    const [u, s, vh] = svd(a, { fullMatrices: true });
    expect([u.shape, s.shape, vh.shape]).toEqual([[3, 3], [2], [2, 2]]);
    const full = evaluate(u);
    expectClose(evaluate(matmul(full.transpose(1, 0), full)).toArray(), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]); // prettier-ignore
  });

  it('invert what can be inverted', () => {
    expectClose(
      valuesOf((x) => pinv(x!), a),
      [
        [1 / 3, 0, 0],
        [0, -0.25, 0],
      ],
    );
    expectClose(evaluate(pinv([[1, 0], [0, 1e-3]], { rtol: 0.01 })).toArray(), [[1, 0], [0, 0]]); // prettier-ignore
    expectClose(
      valuesOf((x, y) => lstsq(x!, y!), a, [3, 4, 5]),
      [1, -1],
    );
  });

  it('give the shortest solution if there are several', () => {
    expectClose(evaluate(lstsq([[1, 1]], [2])).toArray(), [1, 1]);
    expectClose(evaluate(lstsq([[1, 1], [1, 1]], [1, 3])).toArray(), [1, 1]); // prettier-ignore
  });
});
