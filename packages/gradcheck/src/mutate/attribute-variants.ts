/** One way to change the attributes of a node. */
export interface AttributeVariant {
  readonly key: string;
  readonly text: string;
  readonly change: (attrs: object) => object;
}

/** A path into nested data. */
type Path = readonly (string | number)[];

/** Attributes are shallow; what lies deeper is an inner graph or data. */
const maxDepth = 4;

/** Attributes with one number off by one, one flag flipped, or two neighbours in a list exchanged. */
export function attributeVariants(attrs: object): readonly AttributeVariant[] {
  return variantsAt(attrs, []);
}

function variantsAt(value: unknown, path: Path): readonly AttributeVariant[] {
  if (typeof value === 'number') return [offBy(path, 1), offBy(path, -1)];
  if (typeof value === 'boolean') return [variant(path, 'flipped', 'not', (x) => x !== true)];
  if (path.length >= maxDepth || !isPlain(value)) return [];
  const inner = Object.entries(value).flatMap(([key, x]) => variantsAt(x, [...path, key]));
  return Array.isArray(value) ? [...exchanges(value, path), ...inner] : inner;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

function offBy(path: Path, step: number): AttributeVariant {
  const sign = step > 0 ? '+' : '-';
  return variant(path, `${sign} 1`, sign, (x) => (typeof x === 'number' ? x + step : x));
}

function exchanges(list: readonly unknown[], path: Path): readonly AttributeVariant[] {
  return list.slice(1).map((_, k) =>
    variant(path, `entries ${k} and ${k + 1} exchanged`, `x${k}`, (x) => {
      if (!Array.isArray(x) || x.length < k + 2) return x;
      const entries: readonly unknown[] = x;
      return entries.with(k, entries[k + 1]).with(k + 1, entries[k]);
    }),
  );
}

function variant(
  path: Path,
  text: string,
  key: string,
  f: (value: unknown) => unknown,
): AttributeVariant {
  const where = path.join('.');
  return {
    key: `${where}${key}`,
    text: `attribute ${where} ${text}`,
    change: (attrs) => Object(changedAt(attrs, path, f)),
  };
}

function changedAt(value: unknown, path: Path, f: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return f(value);
  if (Array.isArray(value)) {
    const entries: readonly unknown[] = value;
    return entries.map((x, k) => (String(k) === String(key) ? changedAt(x, rest, f) : x));
  }
  if (!isPlain(value)) return value;
  return { ...value, [key]: changedAt(value[key], rest, f) };
}
