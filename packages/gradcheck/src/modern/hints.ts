import { kinds } from '../numeric/estimate.ts';
import { locate } from '../op/flat.ts';
import type { Item, Judgement } from './judge.ts';
import type { Comparison } from './mismatch.ts';
import { drawSigned, pull } from './point.ts';
import type { PointContext } from './point.ts';
import type { Hint } from './report.ts';

/** The two most likely causes of a failure, by patterns tried in a fixed order. */
export function hintsFor(
  c: PointContext,
  { failed }: Judgement,
  comparison: Comparison,
): readonly Hint[] {
  const items = failed.map(({ item }) => item);
  const found: Hint[] = [];
  for (const look of [
    ratioHint,
    nonFiniteHint,
    arrangementHint,
    swapHint,
    conjugateHint,
    zeroHint,
    spuriousHint,
    kinkHint,
    placeHint,
    constantHint,
  ]) {
    const hint = look(c, items, comparison);
    if (hint !== undefined && !found.some(({ id }) => id === hint.id)) found.push(hint);
    if (found.length === 2) break;
  }
  return found;
}

type Look = (c: PointContext, items: readonly Item[], comparison: Comparison) => Hint | undefined;

/** One factor at every entry that differs. */
const ratioHint: Look = (c, items) => {
  if (items.some(({ kind }) => kind === kinds.kink)) return undefined; // there is no one slope to compare with
  const ratios = items.map(({ analytic, numeric }) => analytic / numeric);
  const [first] = ratios;
  if (first === undefined || !Number.isFinite(first) || first === 0) return undefined;
  if (!ratios.every((r) => near(r, first, 1e-3))) return undefined;
  return {
    id: 'ratio',
    text: `${factorText(c, first)} at ${items.length === 1 ? 'the entry' : `all ${items.length} entries`}`,
  };
};

function factorText(c: PointContext, ratio: number): string {
  const sizes = new Set(
    [...c.wrtParts, ...c.outParts].flatMap(({ shape }) => [
      ...shape,
      shape.reduce((p, n) => p * n, 1),
    ]),
  );
  if (near(ratio, -1, 1e-6)) return 'the sign is wrong';
  if (near(ratio, 2, 1e-6)) return 'a factor 2 too many';
  if (near(ratio, 0.5, 1e-6)) return 'a factor 2 missing';
  for (const n of sizes) {
    if (n > 1 && near(ratio, n, 1e-6))
      return `a factor ${n} too many: a size, as of a sum that should be a mean`;
    if (n > 1 && near(ratio, 1 / n, 1e-6))
      return `a factor ${n} missing: a size, as of a mean that should be a sum`;
  }
  return Math.abs(ratio - 1) < 1e-2
    ? `a constant is off by a factor 1 + ${(ratio - 1).toExponential(2)}`
    : `a constant factor ${ratio.toPrecision(5)}`;
}

const nonFiniteHint: Look = (_, items) =>
  items.some(({ analytic }) => !Number.isFinite(analytic))
    ? {
        id: 'non-finite',
        text: 'not finite where the function is: guard the branch that is masked before it is evaluated',
      }
    : undefined;

/** The right numbers in the wrong places. */
const arrangementHint: Look = (c, items, { draws, directions, side }) => {
  if (directions.some(({ indices }) => indices.length !== 1) || side !== 'vjp') return undefined;
  const u = draws?.[0] ?? drawSigned(c.at.length, c.rng('hint'));
  if (items.length === 0) return undefined;
  const analytic = pull(c, u);
  const numeric = numericGradient(c, u, analytic);
  let start = 0;
  for (const { shape } of c.wrtParts) {
    const size = shape.reduce((p, n) => p * n, 1);
    const [a, d] = [analytic.subarray(start, start + size), numeric.subarray(start, start + size)];
    start += size;
    const text = size > 1 && !same(a, d) ? arrangement(a, d, shape) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
};

/** ⟨u, ∂f/∂xⱼ⟩ to a few digits. */
function numericGradient(c: PointContext, u: Float64Array, like: Float64Array): Float64Array {
  if (c.x.length > 256) return like;
  return c.x.map((xj, j) => {
    const h = 1e-5 * c.scales[j]!;
    const [up, down] = [c.f(c.x.with(j, xj + h)), c.f(c.x.with(j, xj - h))];
    if (up === undefined || down === undefined) return NaN;
    return up.reduce((sum, y, i) => sum + u[i]! * (y - down[i]!), 0) / (2 * h);
  });
}

function arrangement(a: Float64Array, d: Float64Array, shape: readonly number[]): Hint | undefined {
  const [rows = 1, columns = 1] = shape.length === 2 ? shape : [1, a.length];
  const at = (v: Float64Array, i: number, j: number): number => v[i * columns + j]!;
  const matches = (pick: (i: number, j: number) => number): boolean =>
    a.every((_, k) => near(a[k]!, pick(Math.floor(k / columns), k % columns), 1e-5));
  if (shape.length === 2 && rows === columns && rows > 1 && matches((i, j) => at(d, j, i))) {
    return { id: 'transposed', text: 'the right numbers, transposed' };
  }
  if (matches((i, j) => at(d, i, columns - 1 - j)))
    return { id: 'reversed', text: 'the right numbers, in reverse order' };
  for (const step of [1, -1]) {
    const inside = (j: number): boolean => j + step >= 0 && j + step < columns;
    const ok = a.every((value, k) => {
      const [i, j] = [Math.floor(k / columns), k % columns];
      return !inside(j) || near(value, at(d, i, j + step), 1e-5);
    });
    if (ok && columns > 2)
      return { id: 'shifted', text: 'the right numbers, shifted by one place' };
  }
  const total = d.reduce((sum, value) => sum + value, 0);
  if (a.length > 1 && a.every((value) => near(value, total, 1e-5))) {
    return { id: 'broadcast', text: 'summed over an axis that should not be' };
  }
  return undefined;
}

/** J was used where Jᵀ belongs: what the rule gives is the derivative along u. */
const swapHint: Look = (c, items, { side }) => {
  if (side !== 'vjp' || items.length === 0) return undefined;
  if (c.x.length !== c.at.length || c.x.length < 2) return undefined;
  const u = drawSigned(c.at.length, c.rng('swap hint'));
  const h = 1e-5 * Math.min(...c.scales);
  const [up, down] = [1, -1].map((sign) => c.f(c.x.map((x, j) => x + sign * h * u[j]!)));
  if (up === undefined || down === undefined) return undefined;
  const pulled = pull(c, u);
  const isAlong = same(
    pulled,
    up.map((y, i) => (y - down[i]!) / (2 * h)),
  );
  return isAlong && pulled.some((x) => x !== 0)
    ? { id: 'jvp', text: 'this is J u where Jᵀ u belongs' }
    : undefined;
};

const conjugateHint: Look = (c, items, { directions }) => {
  const isComplex = (item: Item): boolean => {
    const { part } = locate(Number(directions[item.direction]?.indices[0] ?? 0), c.wrtParts);
    return c.subject.complexInputs.includes(c.wrt[part]!);
  };
  const own = items.filter(isComplex);
  if (own.length === 0 || !own.every((item) => near(item.analytic, -item.numeric, 1e-6)))
    return undefined;
  return { id: 'conjugate', text: 'the complex conjugate is right: a conjugation is missing' };
};

const zeroHint: Look = (_, items) =>
  items.length > 0 && items.every(({ analytic }) => analytic === 0)
    ? { id: 'zero', text: 'zero although the function depends on it: disconnected, or dropped?' }
    : undefined;

const spuriousHint: Look = (_, items) =>
  items.length > 0 &&
  items.every(
    ({ analytic, numeric, still }) => Number.isFinite(analytic) && (numeric === 0 || still),
  )
    ? { id: 'spurious', text: 'not zero although the function does not move' }
    : undefined;

const kinkHint: Look = (_, items) =>
  items.length > 0 && items.every(({ kind }) => kind === kinds.kink)
    ? { id: 'kink', text: 'choose a slope between those to the left and to the right of the kink' }
    : undefined;

/** All failures on one side of 0, at one element, or in one row. */
const placeHint: Look = (c, items, { directions }) => {
  const positions = [
    ...new Set(items.map(({ direction }) => Number(directions[direction]?.indices[0] ?? 0))),
  ];
  if (positions.length === 0 || positions.length === directions.length) return undefined;
  if (positions.length === 1 && directions.length > 2) {
    return { id: 'one-index', text: 'wrong at one element only' };
  }
  if (positions.every((j) => c.x[j]! < 0))
    return { id: 'negative', text: 'wrong only where x < 0' };
  const places = positions.map((j) => locate(j, c.wrtParts));
  const { part } = places[0]!;
  if (c.wrtParts.length > 1 && places.every((p) => p.part === part)) {
    return { id: 'one-input', text: `wrong for ${JSON.stringify(c.names[c.wrt[part]!])} only` };
  }
  const columns = c.wrtParts[part]!.shape.at(-1) ?? 1;
  const rows = new Set(places.map(({ flat }) => Math.floor(flat / columns)));
  return rows.size === 1 ? { id: 'one-row', text: 'wrong in one row only' } : undefined;
};

const constantHint: Look = (c, items, { side }) => {
  if (side !== 'vjp' || items.length === 0 || c.at.length === 0) return undefined;
  const [u, w] = [drawSigned(c.at.length, c.rng('u')), drawSigned(c.at.length, c.rng('w'))];
  const pulled = pull(c, u);
  return pulled.some((x) => x !== 0) && same(pulled, pull(c, w))
    ? { id: 'constant', text: 'does not change with the cotangent' }
    : undefined;
};

function near(a: number, b: number, relative: number): boolean {
  return Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b), 1e-300);
}

function same(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, k) => near(value, b[k]!, 1e-5));
}
