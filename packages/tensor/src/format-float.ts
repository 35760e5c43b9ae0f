import type { FloatDType } from './dtype.ts';

/**
 * A function that prints each of `values` so that decimal points line up: fixed notation, or scientific where NumPy
 * takes it: a magnitude of 10⁸ or more (10⁶ for float32) or below 10⁻⁴, or magnitudes more than a factor of 1000 apart.
 */
export function describeFloats(
  values: readonly number[],
  dtype: FloatDType,
  precision: number,
): (x: number) => string {
  const shown = (x: number): number => (dtype === 'float32' ? shortestFloat32(x) : x);
  const finite = values.filter(Number.isFinite).map(shown);
  const scientific = needsExponent(finite, dtype === 'float32' ? 1e6 : 1e8);
  const digits = finite.reduce((most, x) => {
    const fraction = scientific ? exponentFraction(x, precision) : fixedFraction(x, precision);
    return Math.max(most, fraction);
  }, 0);
  const width = finite.reduce((most, x) => Math.max(most, exponentWidth(x)), 2);
  return (x) => {
    if (Number.isNaN(x)) return 'nan';
    if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
    return scientific
      ? printExponent(x, digits, width)
      : printFixed(shown(x), digits, fixedFraction(shown(x), precision));
  };
}

function needsExponent(finite: readonly number[], limit: number): boolean {
  let least = Infinity;
  let greatest = 0;
  for (const x of finite) {
    const magnitude = Math.abs(x);
    if (magnitude === 0) continue;
    least = Math.min(least, magnitude);
    greatest = Math.max(greatest, magnitude);
  }
  return greatest >= limit || least < 1e-4 || greatest / least > 1000;
}

/** The double with the fewest digits that rounds to the float32 `x`: 0.1 and not 0.10000000149011612. */
function shortestFloat32(x: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (Math.fround(candidate) === x) return candidate;
  }
  return Number(x.toPrecision(9)); // nine digits always suffice
}

/** Digits after the point in fixed notation, trailing zeros not counted. */
function fixedFraction(x: number, precision: number): number {
  return countFraction(x.toFixed(precision));
}

/** Digits after the point of the mantissa in the shortest scientific notation. */
function exponentFraction(x: number, precision: number): number {
  const shortest = countFraction(mantissa(x.toExponential()));
  return shortest <= precision ? shortest : countFraction(mantissa(x.toExponential(precision)));
}

function mantissa(text: string): string {
  return text.slice(0, text.indexOf('e'));
}

function countFraction(text: string): number {
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return end - point - 1;
}

/** Own digits, then blanks up to `digits`, so that points line up: `2.5 `, `0.25`, `1.  `. */
function printFixed(x: number, digits: number, own: number): string {
  const text = Object.is(x, -0) ? `-${(0).toFixed(own)}` : x.toFixed(own);
  const pointed = own === 0 ? `${text}.` : text;
  return pointed + ' '.repeat(digits - own);
}

/** Digits of the exponent, at least two. */
function exponentWidth(x: number): number {
  const text = x.toExponential();
  return Math.max(2, text.length - text.indexOf('e') - 2);
}

/** Mantissa and exponent with exactly so many digits: `1.50e-07`. */
function printExponent(x: number, digits: number, width: number): string {
  const text = x.toExponential(digits);
  const at = text.indexOf('e');
  const sign = Object.is(x, -0) ? '-' : '';
  const point = digits === 0 ? '.' : '';
  const exponent = text.slice(at + 2).padStart(width, '0');
  return `${sign}${text.slice(0, at)}${point}e${text[at + 1]}${exponent}`;
}
