import fc from 'fast-check';
import { ValueError } from '@cotangent/tensor';
import { checkDomainOption, elementDomain } from './domain.ts';
import type { ElementDomain } from './domain.ts';
import { NumberArbitrary } from './numbers.ts';
import type { Draw } from './numbers.ts';

/** Options of {@link real}. */
export interface RealOptions {
  /** `'log'` (default): every magnitude is as likely as every other; `'uniform'`: every value. */
  readonly scale?: 'log' | 'uniform' | undefined;
  /** Least and greatest value; with `'log'` of the magnitude, either sign. Default 1e-3 and 1e3, uniform −10 and 10. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * Real numbers of either sign, by default of magnitude 1e-3 to 1e3.
 *
 * @throws ValueError `ARBITRARY_OPTION` if the range is empty, or a least magnitude not positive.
 * @example domain.real({ scale: 'log', min: 1e-6, max: 1e6 }) // mixed scales
 */
export function real(options: RealOptions = {}): ElementDomain {
  const { scale = 'log' } = options;
  if (scale === 'uniform') {
    const { min = -10, max = 10 } = options;
    checkRange('real', min, max);
    return element(
      'real',
      (u) => min + (max - min) * u(),
      (x) => x >= min && x <= max,
    );
  }
  const { min = 1e-3, max = 1e3 } = options;
  checkRange('real', min, max);
  checkDomainOption(
    'real',
    'min',
    min,
    min > 0,
    'a magnitude above 0; use scale: "uniform" for signed bounds',
  );
  return element(
    'real',
    (u) => (u() < 0.5 ? -1 : 1) * magnitude(u, min, max),
    (x) => Math.abs(x) >= min && Math.abs(x) <= max,
  );
}

/** Numbers of very different size beside each other, 1e-8 to 1e8, of either sign. */
export function mixedScales(): ElementDomain {
  return { ...real({ min: 1e-8, max: 1e8 }), name: 'mixedScales' };
}

/** Positive numbers, 1e-3 to 1e3. */
export function positive(): ElementDomain {
  return element(
    'positive',
    (u) => magnitude(u, 1e-3, 1e3),
    (x) => x >= 1e-3 && x <= 1e3,
  );
}

/** Options of domains that keep off their ends. */
export interface MarginOptions {
  /** Least distance from each end. */
  readonly margin?: number | undefined;
}

/** The open interval from 0 to 1; default margin 0.01. */
export function unitInterval({ margin = 0.01 }: MarginOptions = {}): ElementDomain {
  return { ...open(0, 1, { margin }), name: 'unitInterval' };
}

/**
 * The open interval from `a` to `b`, both finite; default margin a hundredth of its length.
 *
 * @throws ValueError `ARBITRARY_OPTION` if nothing is left between the margins.
 */
export function open(a: number, b: number, options: MarginOptions = {}): ElementDomain {
  const { margin = (b - a) / 100 } = options;
  checkRange('open', a, b);
  checkDomainOption(
    'open',
    'margin',
    margin,
    margin > 0 && 2 * margin < b - a,
    'above 0 and below half the length',
  );
  const [min, max] = [a + margin, b - margin];
  return element(
    `open(${a}, ${b})`,
    (u) => min + (max - min) * u(),
    (x) => x >= min && x <= max,
  );
}

/** Numbers at least `margin` away from 0, of magnitude up to 1e3 times that; default margin 0.1. */
export function nonZero(margin = 0.1): ElementDomain {
  return { ...awayFrom([0], margin), name: 'nonZero' };
}

/**
 * Numbers around some points but at least `margin` away from each: for kinks, jumps and poles. Half of them are near
 * the margin. Default margin 0.1.
 *
 * @param points - a list, or whether a number is forbidden; then candidates have magnitude 0.1 to 1e3, and `margin` must
 *   be kept to both sides.
 * @throws ValueError `ARBITRARY_OPTION` for an empty list or a margin that is not positive; `ARBITRARY_EMPTY` if a
 *   predicate forbids everything that was tried.
 */
export function awayFrom(
  points: readonly number[] | ((x: number) => boolean),
  margin = 0.1,
): ElementDomain {
  checkDomainOption(
    'awayFrom',
    'margin',
    margin,
    margin > 0 && Number.isFinite(margin),
    'a finite number above 0',
  );
  if (typeof points === 'function') return awayFromAll(points, margin);
  const isList = points.length > 0 && points.every((x) => Number.isFinite(x));
  checkDomainOption('awayFrom', 'points', `[${points.join()}]`, isList, 'a list of finite numbers');
  const isAway = (x: number): boolean =>
    Number.isFinite(x) && points.every((point) => Math.abs(x - point) >= margin);
  const draw: Draw = (u) => {
    const point = points[Math.floor(u() * points.length)]!;
    return point + (u() < 0.5 ? -1 : 1) * margin * (u() < 0.5 ? 1 + u() : magnitude(u, 1, 1e3));
  };
  return element(`awayFrom(${points.join()})`, retried(draw, isAway, 'awayFrom'), isAway);
}

function awayFromAll(isForbidden: (x: number) => boolean, margin: number): ElementDomain {
  const isAway = (x: number): boolean =>
    Number.isFinite(x) &&
    ![x - margin, x - margin / 2, x, x + margin / 2, x + margin].some(isForbidden);
  const draw: Draw = (u) => (u() < 0.5 ? -1 : 1) * magnitude(u, 0.1, 1e3);
  return element('awayFrom', retried(draw, isAway, 'awayFrom'), isAway);
}

/** Numbers at least `margin` from every whole number, where rounding jumps; default 0.05. Magnitude up to 20. */
export function integerLike(margin = 0.05): ElementDomain {
  checkDomainOption(
    'integerLike',
    'margin',
    margin,
    margin > 0 && margin < 0.5,
    'between 0 and 0.5',
  );
  const isAway = (x: number): boolean => {
    const gap = Math.abs(x - Math.round(x));
    return Number.isFinite(x) && gap >= margin * (1 - 1e-9);
  };
  const draw: Draw = (u) => Math.floor(40 * u() - 20) + margin + (1 - 2 * margin) * u();
  return element('integerLike', retried(draw, isAway, 'integerLike'), isAway);
}

/** What breaks unguarded arithmetic: both zeros and infinities, NaN, subnormal, tiny, huge, next to 1. */
export const specialValues: readonly number[] = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** -1022,
  1e-300,
  1e300,
  -1e300,
  Number.MAX_VALUE,
  1 + Number.EPSILON,
  1 - Number.EPSILON / 2,
];

/**
 * One of some values, by default of {@link specialValues}: for edges, where values are checked and derivatives are not.
 * The first of the list is the simplest.
 *
 * @throws ValueError `ARBITRARY_OPTION` for an empty list.
 */
export function special(values: readonly number[] = specialValues): ElementDomain {
  checkDomainOption(
    'special',
    'values',
    '[]',
    values.length > 0,
    'a list with at least one number',
  );
  const includes = (x: number): boolean => values.some((value) => Object.is(value, x));
  return elementDomain('special', fc.constantFrom(...values), includes);
}

/** Elements of any of some domains, side by side in one array. The first is the simplest. */
export function anyOf(...domains: readonly ElementDomain[]): ElementDomain {
  checkDomainOption('anyOf', 'domains', '[]', domains.length > 0, 'at least one domain');
  return elementDomain(
    `anyOf(${domains.map(({ name }) => name).join(', ')})`,
    fc.oneof(...domains.map((domain) => domain.element)),
    (x) => domains.some((domain) => domain.includesElement(x)),
  );
}

function element(name: string, draw: Draw, includes: (x: number) => boolean): ElementDomain {
  return elementDomain(name, new NumberArbitrary(draw, includes), includes);
}

/** Log-uniform, the ends within rounding. */
function magnitude(u: () => number, min: number, max: number): number {
  return Math.min(max, Math.max(min, min * (max / min) ** u()));
}

/** Draws again until a number is a member. */
function retried(draw: Draw, includes: (x: number) => boolean, name: string): Draw {
  return (u) => {
    for (let k = 0; k < 1000; k++) {
      const x = draw(u);
      if (includes(x)) return x;
    }
    throw new ValueError(`${name}: no number was found in 1000 attempts`, {
      code: 'ARBITRARY_EMPTY',
      hint: 'choose a smaller margin, or a predicate that forbids less',
      data: { domain: name },
    });
  };
}

function checkRange(name: string, min: number, max: number): void {
  const isRange = Number.isFinite(min) && Number.isFinite(max) && min < max;
  checkDomainOption(name, 'range', `[${min}, ${max}]`, isRange, 'finite, min below max');
}
