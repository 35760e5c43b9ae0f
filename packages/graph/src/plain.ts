/** Deepest nesting of attribute data that is looked into; also ends the walk over cyclic data. */
export const maxDataDepth = 32;

/** Whether `value` is an object literal, of this realm or another, or an object without a prototype. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The keys of attribute data that count, sorted: a key that holds `undefined` is as good as absent. */
export function dataKeys(value: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
}

/**
 * A text that is the same for two pieces of attribute data exactly if they are equal: numbers by
 * `Object.is`, arrays and object literals by content, everything else as `identify` tells apart.
 */
export function dataKey(value: unknown, identify: (leaf: unknown) => string, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value);
  if (depth < maxDataDepth) {
    if (Array.isArray(value)) {
      return `[${value.map((item: unknown) => dataKey(item, identify, depth + 1)).join(',')}]`;
    }
    if (isPlainObject(value)) {
      const entry = (key: string): string =>
        `${JSON.stringify(key)}:${dataKey(value[key], identify, depth + 1)}`;
      return `{${dataKeys(value).map(entry).join(',')}}`;
    }
  }
  return `<${identify(value)}>`;
}
