import type { JsonValue } from './document.ts';
import { InnerGraph } from './inner-graph.ts';
import { dataKeys, isPlainObject, maxDataDepth } from './plain.ts';

/** The key that marks a number which JSON cannot write. */
const numberKey = '$number';
/** The key that marks an inner graph. */
const graphKey = '$graph';
const specialNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

// Assigned to in the usual way, some of these would change an object's prototype.
const forbiddenKeys: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
  numberKey,
  graphKey,
]);

/** How {@link encodeAttrs} and {@link decodeAttrs} report what they refuse; `keys` lead to it. */
export type Refuse = (keys: readonly (string | number)[], why: string) => Error;

type JsonObject = { readonly [key: string]: JsonValue };
type Convert = (value: unknown, keys: readonly (string | number)[]) => unknown;

/**
 * Attributes as JSON values. Everything that is neither plain data nor an inner graph is refused.
 *
 * @param encodeGraph - what to write for an inner graph.
 */
export function encodeAttrs(
  attrs: object,
  refuse: Refuse,
  encodeGraph: (graph: InnerGraph) => unknown,
): JsonObject {
  const encode: Convert = (value, keys) => {
    if (typeof value === 'number') return encodeNumber(value);
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (value instanceof InnerGraph) return { [graphKey]: encodeGraph(value) };
    return convertContainer(value, keys, encode, refuse);
  };
  // Objects become objects of the same keys, numbers and leaves JSON values.
  return convertContainer({ ...attrs }, [], encode, refuse) as JsonObject;
}

/** The attributes that {@link encodeAttrs} wrote, as new objects. */
export function decodeAttrs(
  attrs: unknown,
  refuse: Refuse,
  decodeGraph: (document: unknown, keys: readonly (string | number)[]) => InnerGraph,
): object {
  const seen = new Set<unknown>();
  const decode: Convert = (value, keys) => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    // JSON is a tree; sharing could make a small object in memory unfold into a huge one.
    if (seen.has(value)) throw refuse(keys, 'occurs twice');
    if (typeof value === 'object') seen.add(value);
    if (isPlainObject(value) && Object.hasOwn(value, graphKey)) {
      if (Object.keys(value).length > 1) throw refuse(keys, 'has more than its inner graph');
      return decodeGraph(value[graphKey], [...keys, graphKey]);
    }
    return decodeNumber(value) ?? convertContainer(value, keys, decode, refuse);
  };
  // A marked number decodes to a number, so only the outermost object needs the check.
  return convertContainer(attrs, [], decode, refuse) as object;
}

function encodeNumber(value: number): JsonValue {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { [numberKey]: Object.is(value, -0) ? '-0' : String(value) };
}

function decodeNumber(value: unknown): number | undefined {
  if (!isPlainObject(value) || Object.keys(value).length !== 1) return undefined;
  const text = Object.hasOwn(value, numberKey) ? value[numberKey] : undefined;
  return typeof text === 'string' ? specialNumbers.get(text) : undefined;
}

function convertContainer(
  value: unknown,
  keys: readonly (string | number)[],
  convert: Convert,
  refuse: Refuse,
): unknown {
  if (keys.length > maxDataDepth) throw refuse(keys, 'is nested too deeply');
  if (Array.isArray(value)) {
    return Array.from(value, (item: unknown, i) => convert(item, [...keys, i]));
  }
  if (!isPlainObject(value)) throw refuse(keys, `is not plain data but ${kindOf(value)}`);
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length > 0) throw refuse(keys, 'has a symbol for a key');
  const entries = dataKeys(value).map((key) => {
    if (forbiddenKeys.has(key)) throw refuse([...keys, key], 'is a key that is not allowed');
    return [key, convert(value[key], [...keys, key])] as const;
  });
  return Object.fromEntries(entries);
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `of type ${typeof value}`;
  return `an object of class ${value.constructor?.name || 'unknown'}`;
}
