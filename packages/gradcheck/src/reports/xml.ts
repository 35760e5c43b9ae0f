/** An XML element as text; attributes that are `undefined` are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [` ${key}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`],
  );
  const open = `<${name}${written.join('')}`;
  if (children.length === 0) return `${open}/>`;
  const inside = children.map((child) => (child.startsWith('<') ? `\n${child}` : child)).join('');
  return `${open}>${inside}${inside.startsWith('\n') ? '\n' : ''}</${name}>`;
}

/** Text between tags. */
export function text(value: string): string {
  return escaped(value);
}

/** Without the characters that XML 1.0 cannot hold at all, and with those that mean something escaped. */
function escaped(value: string): string {
  return value
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
