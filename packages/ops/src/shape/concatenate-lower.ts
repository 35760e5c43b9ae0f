import { convert, load, registerType, store } from '@cotangent/loops';
import type { LoweringContext, Statement } from '@cotangent/loops';
import { overElements } from '../loops-over.ts';

/** y = the inputs one after the other along an axis. */
export function lowerConcatenate({
  inputs,
  outputs,
  attrs: { axis },
}: LoweringContext<{ readonly axis: number }>): readonly Statement[] {
  const y = outputs[0]!;
  let start = 0;
  return inputs.flatMap((x) => {
    const offset = y.offset + start * y.strides[axis]!;
    start += x.shape[axis]!;
    return overElements([x, { ...y, shape: x.shape, offset }], ([from, to]) => [
      store(y.buffer, to!, convert(registerType[y.buffer.dtype], load(x.buffer, from!))),
    ]);
  });
}
