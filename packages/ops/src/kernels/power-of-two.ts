/** The largest power of two that is at most `x`, which is finite and > 0: exact, as logarithms of engines are not. */
export function powerOfTwoBelow(x: number): number {
  const isSubnormal = x < 2 ** -1022;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, isSubnormal ? x * 2 ** 54 : x);
  const exponent = (view.getUint32(0) >>> 20) - 1023;
  return 2 ** (isSubnormal ? exponent - 54 : exponent);
}
