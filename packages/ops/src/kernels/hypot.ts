/**
 * √(x² + y²) without over- or underflow: squares are taken of numbers scaled by a power of 2, which rounds nothing, if
 * they might leave the range. The same bits in every engine, which `Math.hypot` does not have.
 */
export function hypotOf(x: number, y: number): number {
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a === Infinity || b === Infinity) return Infinity; // whatever the other is, NaN too
  const largest = Math.max(a, b);
  if (largest > 1e150) return norm(a * 2 ** -600, b * 2 ** -600) * 2 ** 600;
  if (largest < 1e-140) return norm(a * 2 ** 600, b * 2 ** 600) * 2 ** -600;
  return norm(a, b);
}

function norm(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
