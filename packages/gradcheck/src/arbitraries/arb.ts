import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { astype, copy, denseTensor, views, zerosTensor } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { layoutsOf } from '../op/value-checks.ts';
import { checkDomainOption } from './domain.ts';
import type { Domain } from './domain.ts';
import { real } from './elements.ts';

/**
 * How an array lies in memory: row-major without gaps, transposed, every other element of a larger one from the end,
 * one element repeated (all strides 0), or any of the first three.
 */
export type Layout = 'dense' | 'column-major' | 'scattered' | 'repeated' | 'any';

/** Options of {@link array}. */
export interface ArrayOptions {
  /** Fixed, or an arbitrary; default {@link shape} without options. */
  readonly shape?: readonly number[] | Arbitrary<readonly number[]> | undefined;
  /** Default float64; a domain of indices has its own. */
  readonly dtype?: DType | undefined;
  /** Default {@link real}. */
  readonly domain?: Domain | undefined;
  /** Default `'dense'`. `'repeated'` is for domains that do not mind equal elements. */
  readonly layout?: Layout | undefined;
}

/**
 * Tensors. They shrink first in rank, then in the lengths of their axes, then towards plain values, never out of the
 * domain.
 *
 * @throws ValueError `ARBITRARY_SHAPE` if the domain has no array of the shape.
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { arb, domain } from '@cotangent/gradcheck/arbitraries';
 * const matrices = arb.array({ shape: [3, 3], domain: domain.spd({ cond: 50 }), layout: 'any' });
 * fc.sample(matrices, 1)[0].shape; // [3, 3]
 * ```
 */
export function array(options: ArrayOptions = {}): Arbitrary<Tensor> {
  const { domain = real(), layout = 'dense' } = options;
  const dtype = domain.dtype ?? options.dtype ?? 'float64';
  const shapes = shapesOf(options.shape);
  const dense = shapes.chain((sizes) =>
    domain.values(sizes).map((values) => astype(denseTensor(values, sizes, 'float64'), dtype)),
  );
  if (layout === 'dense') return dense;
  const layouts: readonly Layout[] =
    layout === 'any' ? ['dense', 'column-major', 'scattered'] : [layout];
  return fc.tuple(fc.constantFrom(...layouts), dense).map(([as, x]) => laidOut(x, as));
}

function shapesOf(given: ArrayOptions['shape']): Arbitrary<readonly number[]> {
  if (given === undefined) return shape();
  return isArbitrary(given) ? given : fc.constant(given);
}

function isArbitrary(value: object): value is Arbitrary<readonly number[]> {
  return 'generate' in value;
}

/** The same values in another layout; `'repeated'` keeps the first only. */
function laidOut(x: Tensor, layout: Layout): Tensor {
  const [columnMajor, scattered] = layoutsOf([x]);
  if (layout === 'column-major') return columnMajor![0]!;
  if (layout === 'scattered') return scattered![0]!;
  if (layout !== 'repeated') return x;
  const first = x.size === 0 ? zerosTensor([], x.dtype) : copy(x.pick(...x.shape.map(() => 0)));
  return views.broadcastTo(first, x.shape);
}

/** Options of {@link shape}. */
export interface ShapeOptions {
  /** A number, or least and greatest; default 0 to 3. */
  readonly rank?: number | readonly [min: number, max: number] | undefined;
  /** Greatest length of an axis; default 5. */
  readonly max?: number | undefined;
  /** All axes of different length, so that none can be taken for another; default true. */
  readonly distinct?: boolean | undefined;
  /** Axes of length 0 may occur; default false. Length 1 always may. */
  readonly allowZero?: boolean | undefined;
}

/**
 * Shapes; they shrink to fewer and shorter axes.
 *
 * @throws ValueError `ARBITRARY_OPTION` if there are not enough lengths for distinct axes.
 */
export function shape(options: ShapeOptions = {}): Arbitrary<readonly number[]> {
  const { rank = [0, 3], max = 5, distinct = true, allowZero = false } = options;
  const [minLength, maxLength] = typeof rank === 'number' ? [rank, rank] : rank;
  const isRange = Number.isInteger(minLength) && minLength >= 0 && maxLength >= minLength;
  checkDomainOption('shape', 'rank', `${minLength} to ${maxLength}`, isRange, 'whole numbers ≥ 0');
  checkDomainOption(
    'shape',
    'max',
    max,
    Number.isInteger(max) && max > 0,
    'a whole number above 0',
  );
  const lengths = max + (allowZero ? 1 : 0);
  const fits = !distinct || lengths >= maxLength;
  checkDomainOption('shape', 'rank', maxLength, fits, `at most ${lengths}, or distinct: false`);
  const length = fc.integer({ min: allowZero ? 0 : 1, max });
  const size = { minLength, maxLength, size: 'max' } as const;
  return distinct ? fc.uniqueArray(length, size) : fc.array(length, size);
}

/** Shapes of arrays without elements: at least one axis has length 0. */
export function emptyShape(
  options: Omit<ShapeOptions, 'allowZero'> = {},
): Arbitrary<readonly number[]> {
  return fc
    .tuple(shape({ rank: [1, 3], ...options, distinct: false }), fc.nat())
    .map(([sizes, at]) => (sizes.length === 0 ? [0] : sizes.with(at % sizes.length, 0)));
}

/** Shapes of arrays with exactly one element: any rank, all lengths 1. */
export function unitShape(maxRank = 3): Arbitrary<readonly number[]> {
  return fc.array(fc.constant(1), { maxLength: maxRank });
}

/** Two shapes that broadcast to a common one: axes of length 1 and missing leading axes on either side. */
export function broadcastPair(
  options: ShapeOptions = {},
): Arbitrary<readonly [readonly number[], readonly number[]]> {
  return shape(options).chain((sizes) => {
    const side = fc.tuple(
      fc.array(fc.boolean(), { minLength: sizes.length, maxLength: sizes.length }),
      fc.nat({ max: sizes.length }),
    );
    return fc.tuple(side, side).map(([[a, dropA], [b, dropB]]) => {
      // An axis is of length 1 on one side at most, and only one side lacks leading axes.
      const left = sizes
        .map((n, k) => (a[k]! && !b[k]! ? 1 : n))
        .slice(dropA > dropB ? dropA - dropB : 0);
      const right = sizes
        .map((n, k) => (b[k]! && !a[k]! ? 1 : n))
        .slice(dropB > dropA ? dropB - dropA : 0);
      return [left, right] as const;
    });
  });
}

/** Options of {@link point}. */
export interface PointOptions {
  /** Common to all inputs; default {@link shape} of rank 0 to 2. */
  readonly shape?: ArrayOptions['shape'];
  readonly dtype?: DType | undefined;
  readonly layout?: Layout | undefined;
}

/**
 * Points: one tensor per domain, all of one shape.
 *
 * @example arb.point([domain.positive(), domain.unitInterval()]) // for a function of two inputs
 */
export function point(
  domains: readonly Domain[],
  options: PointOptions = {},
): Arbitrary<readonly Tensor[]> {
  const { dtype, layout } = options;
  const shapes =
    options.shape === undefined ? shape({ rank: [0, 2], max: 4 }) : shapesOf(options.shape);
  return shapes.chain((sizes) =>
    fc.tuple(...domains.map((domain) => array({ shape: sizes, domain, dtype, layout }))),
  );
}
