import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random } from 'fast-check';

/** What shrinking tends to, simplest first. Never 0: it is a kink, a pole or a zero of too many functions. */
const plain: readonly number[] = [1, 0.5, 2, 1.5, -1, -0.5, -2, -1.5];

/** Most significant digits that a shrunken number still has. */
const maxDigits = 4;

/** A random number from what `uniform` gives: numbers in [0, 1). */
export type Draw = (uniform: () => number) => number;

/**
 * Numbers of a domain. They shrink to plain ones (±0.5, ±1, ±1.5, ±2), else to fewer digits, and never out of the
 * domain.
 */
export class NumberArbitrary extends Arbitrary<number> {
  readonly #draw: Draw;
  readonly #includes: (x: number) => boolean;

  constructor(draw: Draw, includes: (x: number) => boolean) {
    super();
    this.#draw = draw;
    this.#includes = includes;
  }

  override generate(random: Random): Value<number> {
    return new Value(
      this.#draw(() => random.nextDouble()),
      undefined,
    );
  }

  override canShrinkWithoutContext(value: unknown): value is number {
    return typeof value === 'number' && this.#includes(value);
  }

  override shrink(value: number): Stream<Value<number>> {
    const simpler = [...plain, ...roundedOf(value)].filter(
      (x) => complexity(x) < complexity(value) && this.#includes(x),
    );
    return Stream.of(...simpler.map((x) => new Value(x, undefined)));
  }
}

/** The number with one to a few digits. */
function roundedOf(x: number): readonly number[] {
  if (!Number.isFinite(x)) return [];
  return Array.from({ length: maxDigits }, (_, k) => Number(x.toPrecision(k + 1)));
}

/** Position among the plain numbers, else their number plus the number of digits. */
function complexity(x: number): number {
  const at = plain.findIndex((value) => Object.is(value, x));
  if (at >= 0) return at;
  if (!Number.isFinite(x)) return plain.length;
  const digits = x
    .toExponential()
    .replace(/e.*$/, '')
    .replaceAll(/[^0-9]/g, '').length;
  return plain.length + digits;
}
