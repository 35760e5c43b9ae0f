import { describe, expect, it } from '@jest/globals';
import { buffer, i32 } from '@cotangent/loops';
import type { MatrixProduct, Procedure } from '@cotangent/loops';
import { scratchBytes } from '../src/kernels/statement.ts';
import { arenaOf, execute } from './execute.ts';
import { Random } from './random.ts';

type Layout = 'rows' | 'columns' | 'spread' | 'reversed';

interface Case {
  readonly dtype: 'float64' | 'float32';
  readonly sizes: readonly [number, number, number];
  readonly layouts: readonly [Layout, Layout, Layout];
  readonly accumulate: boolean;
  readonly packs: boolean;
}

/** Strides, offset and extent of a matrix in one of the layouts. */
function placed(layout: Layout, rows: number, columns: number) {
  switch (layout) {
    case 'rows':
      return { rowStride: columns, columnStride: 1, start: 0, length: rows * columns };
    case 'columns':
      return { rowStride: 1, columnStride: rows, start: 0, length: rows * columns };
    case 'spread':
      return {
        rowStride: 2 * columns + 1,
        columnStride: 2,
        start: 3,
        length: rows * (2 * columns + 1) + 3,
      };
    default: {
      const length = rows * columns;
      return {
        rowStride: -columns,
        columnStride: 1,
        start: Math.max(0, (rows - 1) * columns),
        length,
      };
    }
  }
}

/** Whole numbers, so that sums are exact in any order. */
function expectProduct({
  dtype,
  sizes: [rows, inner, columns],
  layouts,
  accumulate,
  packs,
}: Case): void {
  const negate = inner % 3 === 1;
  const random = new Random(rows * 10007 + inner * 101 + columns);
  const whole = (n: number): readonly number[] =>
    Array.from({ length: n + 1 }, () => random.below(17) - 8);
  const names = [buffer('a', dtype), buffer('b', dtype), buffer('c', dtype)] as const;
  const [p, q, r] = [
    placed(layouts[0], rows, inner),
    placed(layouts[1], inner, columns),
    placed(layouts[2], rows, columns),
  ];
  const view = (k: 0 | 1 | 2, { start, rowStride, columnStride }: typeof p) => ({
    buffer: names[k],
    offset: i32(start),
    rowStride,
    columnStride,
  });
  const product: MatrixProduct = {
    kind: 'matrixProduct',
    out: view(2, r),
    a: view(0, p),
    b: view(1, q),
    rows,
    inner,
    columns,
    accumulate,
    negate,
  };
  const procedure: Procedure = { name: 'run', buffers: names, body: [product] };
  const scratch = scratchBytes([procedure]);
  const contents = new Map([
    [names[0], whole(p.length)],
    [names[1], whole(q.length)],
    [names[2], whole(r.length)],
  ]);
  const arena = arenaOf(contents, { spare: scratch });
  const expected = Float64Array.from(contents.get(names[2]) ?? []);
  const [a, b] = [contents.get(names[0]) ?? [], contents.get(names[1]) ?? []];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const at = r.start + i * r.rowStride + j * r.columnStride;
      let sum = accumulate ? (expected[at] ?? 0) : 0;
      for (let k = 0; k < inner; k++)
        sum +=
          (negate ? -1 : 1) *
          (a[p.start + i * p.rowStride + k * p.columnStride] ?? NaN) *
          (b[q.start + k * q.rowStride + j * q.columnStride] ?? NaN);
      expected[at] = sum;
    }
  execute(
    [procedure],
    arena,
    rows % 2 ? 'constants' : 'parameters',
    packs ? { scratch: arena.end } : {},
  );
  const actual = Float64Array.from(arena.elements.get(names[2]) ?? []);
  expect({
    rows,
    inner,
    columns,
    layouts,
    packs,
    wrong: actual.findIndex((x, k) => x !== expected[k]),
  }).toEqual({ rows, inner, columns, layouts, packs, wrong: -1 });
}

const layouts = ['rows', 'columns', 'spread', 'reversed'] as const;

describe('matrixProduct', () => {
  it('equals the double loop for all small sizes', () => {
    for (let rows = 0; rows <= 20; rows++)
      for (let inner = 0; inner <= 20; inner++)
        for (let columns = (rows + inner) % 4; columns <= 20; columns += 4) {
          const at = (n: number): Layout =>
            layouts[((rows + 3 * inner + 7 * columns) >> n) % 2] ?? 'rows';
          expectProduct({
            dtype: (rows + columns) % 2 ? 'float64' : 'float32',
            sizes: [rows, inner, columns],
            layouts: [at(0), at(1), at(2)],
            accumulate: inner % 2 === 0,
            packs: columns % 3 !== 0,
          });
        }
  });

  it('equals the double loop for all layouts', () => {
    for (const dtype of ['float64', 'float32'] as const)
      for (const first of layouts)
        for (const second of layouts)
          for (const third of layouts)
            for (const sizes of [
              [5, 7, 11],
              [1, 13, 9],
              [9, 13, 1],
              [1, 6, 1],
              [16, 3, 8],
            ] as const)
              for (const packs of [true, false])
                expectProduct({
                  dtype,
                  sizes,
                  layouts: [first, second, third],
                  accumulate: packs,
                  packs,
                });
  });

  it.each([
    [130, 100, 70],
    [97, 1700, 19],
    [1, 900, 130],
    [1, 70, 37],
    [1, 45, 100],
    [130, 900, 1],
    [3, 400, 300],
    [192, 800, 33],
  ] as const)('equals the double loop for %i × %i × %i', (...sizes) => {
    for (const dtype of ['float64', 'float32'] as const)
      for (const pair of [
        ['rows', 'rows'],
        ['columns', 'rows'],
        ['rows', 'columns'],
      ] as const)
        expectProduct({ dtype, sizes, layouts: [...pair, 'rows'], accumulate: true, packs: true });
  });
});
