import type { Nested } from '@cotangent/tensor';
import { InnerGraph } from './inner-graph.ts';
import { dataKeys, isPlainObject } from './plain.ts';
import { rootsOf } from './traversal.ts';
import { isVariable } from './variable.ts';
import type { Constant, Input, Variable } from './variable.ts';

// Constants and attribute arrays of more elements are printed as placeholders or cut.
const mostElements = 8;
const mostItems = 32;
const deepestData = 4;

/** How the inputs and constants of a printed graph are written. */
export interface RootTexts {
  /** Inputs by name (`x`; `x#2` for another input of that name), constants by name or value. */
  readonly of: ReadonlyMap<Variable, string>;
  readonly inputs: readonly Input[];
  /** Constants that are written by name, so that a listing should say what they are. */
  readonly named: ReadonlySet<Constant>;
}

/**
 * Decides how the roots of `outputs` are written, in the order in which they are met.
 *
 * @param canonicalNames - `in0`, `in1`, … and `c0`, `c1`, … instead of the names given by the user.
 * @param given - inputs that come first, used or not.
 */
export function rootTexts(
  outputs: readonly Variable[],
  canonicalNames: boolean,
  given: readonly Input[] = [],
): RootTexts {
  const roots = [...new Set([...given, ...rootsOf(outputs)])];
  const nameOf = (x: Variable): string | undefined => (canonicalNames ? undefined : x.name);
  const unique = uniqueNames();
  const texts = new Map<Variable, string>();
  // The user's names come first, so that a canonical name never takes one of them.
  for (const root of roots) {
    const name = nameOf(root);
    if (name !== undefined) texts.set(root, unique(formatName(name)));
  }
  const nextInput = counter('in', unique);
  const nextConstant = counter('c', unique);
  const named = roots
    .filter((root) => root.kind === 'constant')
    .filter((root) => {
      if (texts.has(root)) return true;
      const value = formatSmallConstant(root);
      texts.set(root, value ?? nextConstant());
      return value === undefined;
    });
  const inputs = roots.filter((root) => root.kind === 'input');
  for (const root of inputs) if (!texts.has(root)) texts.set(root, nextInput());
  return { of: texts, inputs, named: new Set(named) };
}

/** A function that returns each name as it is the first time and with `#2`, `#3`, … later on. */
function uniqueNames(): (name: string) => string {
  const uses = new Map<string, number>();
  return (name) => {
    let count = (uses.get(name) ?? 0) + 1;
    let result = count === 1 ? name : `${name}#${count}`;
    while (count > 1 && uses.has(result)) result = `${name}#${++count}`;
    uses.set(name, count);
    if (count > 1) uses.set(result, 1);
    return result;
  };
}

function counter(prefix: string, unique: (name: string) => string): () => string {
  let next = 0;
  return () => unique(`${prefix}${next++}`);
}

/** A name as it is, quoted if it is empty or holds a character that does not print. */
export function formatName(name: string): string {
  return /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(name) ? name : JSON.stringify(name);
}

/**
 * The value of a constant of at most 8 elements, `undefined` for a larger one: `2`, `[1, -0]`,
 * `true`, with the dtype where it is not `float64` or `bool`: `2:int32`.
 */
export function formatSmallConstant(constant: Constant): string | undefined {
  const { value } = constant;
  if (value.size > mostElements || value.size === 0) return undefined;
  const isUsual = value.dtype === 'float64' || value.dtype === 'bool';
  return `${formatNested(value.toArray())}${isUsual ? '' : `:${value.dtype}`}`;
}

/** A constant of any size: its value, or a placeholder. */
export function formatConstant(constant: Constant): string {
  return formatSmallConstant(constant) ?? 'constant';
}

function formatNested(value: Nested): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `[${value.map(formatNested).join(', ')}]`;
}

/** `{axes=[0], keepDims=true}`, keys sorted; empty text if there is no attribute. */
export function formatAttrs(attrs: object): string {
  const entries = Object.entries(attrs).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '';
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${key}=${formatData(value, 0)}`).join(', ')}}`;
}

function formatData(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `<function ${value.name || 'anonymous'}>`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (isVariable(value)) return `<${value.toString()}>`;
  if (depth >= deepestData) return '…';
  if (Array.isArray(value)) return formatItems(value, depth);
  if (value instanceof InnerGraph) return '<graph>';
  if (!isPlainObject(value)) return `<${value.constructor.name || 'object'}>`;
  const entry = (key: string): string => `${key}=${formatData(value[key], depth + 1)}`;
  return `{${dataKeys(value).map(entry).join(', ')}}`;
}

function formatItems(items: readonly unknown[], depth: number): string {
  const shown = items.slice(0, mostItems).map((item) => formatData(item, depth + 1));
  if (items.length > mostItems) shown.push(`… ${items.length - mostItems} more`);
  return `[${shown.join(', ')}]`;
}

/** `A`, `B`, …, `Z`, `AA`, …: the label of the `index`-th labelled node. */
export function letters(index: number): string {
  let text = '';
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    text = String.fromCharCode(65 + ((n - 1) % 26)) + text;
  }
  return text;
}
