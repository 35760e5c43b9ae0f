import { DTypeError, ValueError, astype, isDType, isFloat, tensorFrom } from '@cotangent/tensor';
import type { DType, FloatDType, Tensor } from '@cotangent/tensor';
import type { Backend } from '@cotangent/compile';
import { applyOp, tensor } from '@cotangent/graph';
import type { Op, OpSample, SampleInput } from '@cotangent/graph';
import { rngOf } from '../rng.ts';

/** One point at which an op is checked: a sample with its values in certain dtypes. */
export interface OpCase {
  readonly label: string;
  readonly op: Op;
  readonly attrs: object;
  readonly inputs: readonly Tensor[];
  /** Positions of the inputs to differentiate by. */
  readonly wrt: readonly number[];
  /** Values and types only. */
  readonly isEdge: boolean;
  /** The floating dtype that the sample's plain numbers have here. */
  readonly dtype: DType;
  /** What runs the derivatives, compiled in mode `fast`; absent: one `eval` after another. */
  readonly backend?: Backend | undefined;
}

/** The name of a variant of a case: `sample (float64, variant)`. */
export function variantLabel({ label }: OpCase, variant: string): string {
  return variant === '' ? label : `${label.slice(0, -1)}, ${variant})`;
}

/** What a sample's plain numbers may become: both float dtypes, or the first other one the op takes. */
const floatDTypes: readonly FloatDType[] = ['float64', 'float32'];
const discreteDTypes: readonly DType[] = ['int32', 'uint8', 'bool'];

/** The cases of one sample: one per floating dtype; one in all if that changes nothing. */
export function casesOf(
  op: Op,
  sample: OpSample,
  position: number,
  dtypes: readonly FloatDType[] = floatDTypes,
): readonly OpCase[] {
  const isPlain = (x: SampleInput): boolean => !isTagged(x) && dtypeOf(x) === 'float64';
  if (!sample.inputs.some(isPlain)) return [caseOf(op, sample, position, 'float64')];
  const cases = dtypes.map((dtype) => caseOf(op, sample, position, dtype));
  if (cases.some(isTaken)) return cases;
  const discrete = discreteDTypes.map((dtype) => tryCase(op, sample, position, dtype));
  return [discrete.find((c) => c !== undefined && isTaken(c)) ?? cases[0]!];
}

function tryCase(op: Op, sample: OpSample, position: number, dtype: DType): OpCase | undefined {
  try {
    return caseOf(op, sample, position, dtype);
  } catch (error) {
    if (error instanceof ValueError) return undefined; // a value that this dtype cannot hold
    throw error;
  }
}

function caseOf(op: Op, sample: OpSample, position: number, dtype: DType): OpCase {
  const inputs = sample.inputs.map((x) => tensorOf(x, dtype));
  const floats = inputs.map((_, i) => i).filter((i) => isFloat(inputs[i]!.dtype));
  return {
    label: `${sample.name ?? `#${position}`} (${dtype})`,
    op,
    attrs: sample.attrs ?? {},
    inputs,
    wrt: (sample.wrt ?? floats).filter((i) => floats.includes(i)),
    isEdge: sample.edge === true,
    dtype,
  };
}

function tensorOf(x: SampleInput, dtype: DType): Tensor {
  if (isTagged(x)) return tensorFrom(x.value, { dtype: x.dtype });
  return tensorFrom(x, { dtype: dtypeOf(x) === 'float64' ? dtype : 'bool' });
}

function isTagged(x: SampleInput): x is Extract<SampleInput, { readonly dtype: DType }> {
  return typeof x === 'object' && 'dtype' in x && isDType(x.dtype);
}

/** What plain nested values are by themselves: numbers or booleans. */
function dtypeOf(x: SampleInput): DType {
  return isTagged(x) ? x.dtype : tensorFrom(x).dtype;
}

/** Whether the op takes the dtypes of a case. */
function isTaken({ op, inputs, attrs }: OpCase): boolean {
  const variables = inputs.map(({ dtype, shape }, i) => tensor(`x${i}`, { dtype, shape }));
  try {
    applyOp(op, variables, attrs);
    return true;
  } catch (error) {
    return !(error instanceof DTypeError);
  }
}

/** The same case with every float input in float64. */
export function inFloat64(c: OpCase): OpCase {
  const inputs = c.inputs.map((x) => (isFloat(x.dtype) ? astype(x, 'float64') : x));
  return { ...c, inputs, dtype: 'float64' };
}

/** Shapes in which an elementwise op is checked besides those of its samples. */
const whole = [2, 3];
const smaller: readonly (readonly number[])[] = [[], [3], [2, 1], [1, 1]];

/**
 * Cases of an elementwise op made from some of one element each: arrays, each input in turn of a smaller
 * shape than the others, and arrays without elements; the cases take turns. Elements stay near those of the
 * case, a little nearer to 0, so that they do not leave a domain that it is inside of.
 */
export function broadcastCases(cases: readonly OpCase[]): readonly OpCase[] {
  const count = cases[0]?.inputs.length ?? 0;
  const every = (shape: readonly number[]): readonly (readonly number[])[] =>
    Array.from({ length: count }, () => shape);
  const positions = count < 2 ? [] : [...every(whole).keys()];
  const unequal = positions.flatMap((i) => smaller.map((shape) => every(whole).with(i, shape)));
  return [...cases.map(() => every(whole)), every([0]), ...unequal].map((shapes, k) => {
    const c = cases[k % cases.length]!;
    const label = variantLabel(c, `shapes ${shapes.map((s) => `[${s.join()}]`).join(' ')}`);
    return { ...c, label, inputs: c.inputs.map((x, i) => spread(x, shapes[i]!, `${label}${i}`)) };
  });
}

function spread(x: Tensor, shape: readonly number[], key: string): Tensor {
  const rng = rngOf(0, key);
  const size = shape.reduce((product, n) => product * n, 1);
  const value = x.item();
  const near = (): number => (isFloat(x.dtype) ? value * (1 - 0.02 * rng()) : value);
  const flat = Float64Array.from({ length: size }, near);
  return astype(tensorFrom(flat, { shape }), x.dtype);
}
