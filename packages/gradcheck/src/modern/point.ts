import { astype, copy, isFloat, tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { isAbsence } from '@cotangent/graph';
import { scalesOf } from '../numeric/directions.ts';
import type { VectorFunction } from '../numeric/estimate.ts';
import { noiseOf } from '../numeric/noise.ts';
import { lengthOf, pack, unpack } from '../op/flat.ts';
import type { Part } from '../op/flat.ts';
import { epsilonOf, partOf, precisionOf, sameShape } from '../op/reference.ts';
import type { Rng } from '../rng.ts';
import type { GradcheckSettings } from './options.ts';
import type { Findings, GradcheckId, GradcheckResult } from './report.ts';
import type { Subject, Term } from './subject.ts';

/** One point at which a subject is checked, and everything that several checks need there. */
export interface PointContext {
  readonly subject: Subject;
  readonly settings: GradcheckSettings;
  readonly findings: Findings;
  readonly sample: string;
  /** The point as it was given. */
  readonly inputs: readonly Tensor[];
  /** The same point in the dtype of the differences. */
  readonly twin: readonly Tensor[];
  /** Positions of the inputs differentiated by, and of the outputs looked at. */
  readonly wrt: readonly number[];
  readonly outputs: readonly number[];
  readonly names: readonly string[];
  /** Of the twin. */
  readonly wrtParts: readonly Part[];
  readonly outParts: readonly Part[];
  /** Values of all outputs of the twin. */
  readonly values: readonly Tensor[];
  readonly x: Float64Array;
  readonly scales: Float64Array;
  readonly at: Float64Array;
  readonly noise: Float64Array;
  /** Machine epsilon of the arithmetic in which the rule works at the twin. */
  readonly epsilon: number;
  readonly f: VectorFunction;
  readonly rng: (key: string) => Rng;
}

/** What a point needs before anything is evaluated. */
export interface PointStart {
  readonly subject: Subject;
  readonly settings: GradcheckSettings;
  readonly findings: Findings;
  readonly sample: string;
  readonly inputs: readonly Tensor[];
}

/** Evaluates the subject at a point. */
export function pointContext(start: PointStart): PointContext {
  const { subject, settings, findings, sample, inputs } = start;
  const { options } = settings;
  const isSame = options.numericDtype === 'same';
  const twin = inputs.map((x) => (isFloat(x.dtype) && !isSame ? astype(x, 'float64') : x));
  const wrt = (options.wrt ?? inputs.map((_, i) => i)).filter(
    (i) => inputs[i] !== undefined && isFloat(inputs[i].dtype),
  );
  findings.count.evals++;
  const values = subject.evaluate(twin.map((x) => copy(x))).map((y) => tensorFrom(y));
  const outputs = (options.outputs ?? values.map((_, j) => j)).filter(
    (j) => values[j] !== undefined && isFloat(values[j].dtype),
  );
  const wrtParts = wrt.map((i) => partOf(twin[i]!));
  const outParts = outputs.map((j) => partOf(values[j]!));
  const x = pack(
    wrt.map((i) => twin[i]!),
    wrtParts,
  );
  const at = pack(
    outputs.map((j) => values[j]!),
    outParts,
  );
  const names = inputs.map((_, i) => options.names?.[i] ?? `input ${i}`);
  const rng = (key: string): Rng => settings.stream(subject.name, sample, key);
  const base = { ...start, twin, wrt, outputs, names, wrtParts, outParts, values, x, at, rng };
  const f = functionOf(base);
  const epsilon = Math.max(
    2 ** -52,
    ...[...twin, ...values].map(({ dtype }) => (isFloat(dtype) ? epsilonOf(dtype) : 0)),
  );
  const floor = noiseFloor(at, outParts, settings.functionError / settings.safety);
  const noise =
    at.every(Number.isFinite) && x.length > 0 ? noiseOf(f, x, floor, rng('noise')) : floor;
  const scales = scalesOf(
    x,
    wrtParts.map((part) => lengthOf([part])),
  );
  return { ...base, f, epsilon, noise, scales };
}

/** Noise that is there by the dtype or by what is declared (which needs no safety factor on top), whatever is measured. */
function noiseFloor(at: Float64Array, parts: readonly Part[], functionError: number): Float64Array {
  const precision = precisionOf(parts);
  return at.map((y, i) => Math.max(precision[i]!, functionError) * Math.abs(y));
}

/** The outputs looked at as a function of the inputs differentiated by. */
function functionOf(
  c: Pick<
    PointContext,
    'subject' | 'findings' | 'twin' | 'wrt' | 'outputs' | 'wrtParts' | 'outParts'
  >,
): VectorFunction {
  return (flat) => {
    c.findings.count.evals++;
    const all = attempted(() => c.subject.evaluate(withInputs(c, flat)));
    if (all === undefined) return undefined;
    const values = c.outputs.map((j) => all[j]);
    const keeps = values.every((y, k) => y !== undefined && sameShape(y, c.outParts[k]!));
    return keeps ? pack(values, c.outParts) : undefined;
  };
}

function attempted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // a perturbed point outside the domain
  }
}

/** All inputs of the twin, in copies, with those differentiated by replaced. */
export function withInputs(
  { twin, wrt, wrtParts }: Pick<PointContext, 'twin' | 'wrt' | 'wrtParts'>,
  flat: Float64Array,
): readonly Tensor[] {
  const replaced = unpack(flat, wrtParts);
  return twin.map((x, i) => replaced[wrt.indexOf(i)] ?? copy(x));
}

/** Cotangents for all outputs: `u` for those looked at, zeros for the others. */
export function cotangentsFor(
  { values, outputs, outParts }: PointContext,
  u: Float64Array,
  like: readonly Pick<Tensor, 'dtype'>[] = values,
): readonly Tensor[] {
  const given = unpack(
    u,
    outParts.map((part) => ({ ...part, dtype: 'float64' as const })),
  );
  return values.map((y, j) => {
    const own = given[outputs.indexOf(j)];
    const dtype = isFloat(like[j]!.dtype) ? like[j]!.dtype : 'float64';
    if (own !== undefined) return astype(own, dtype);
    return astype(
      unpack(new Float64Array(y.size), [{ dtype: 'float64', shape: y.shape }])[0]!,
      dtype,
    );
  });
}

/** Tangents for all inputs. */
export function tangentsFor(
  { twin, wrt, wrtParts }: PointContext,
  v: Float64Array,
): readonly Tensor[] {
  const given = unpack(v, wrtParts);
  return twin.map((x, i) => given[wrt.indexOf(i)] ?? zerosLike(x));
}

function zerosLike(x: Tensor): Tensor {
  return unpack(new Float64Array(x.size), [
    { dtype: isFloat(x.dtype) ? x.dtype : 'float64', shape: x.shape },
  ])[0]!;
}

/** Jᵀu by the rule at the twin (or at another point), over the inputs differentiated by. */
export function pull(c: PointContext, u: Float64Array, x: Float64Array = c.x): Float64Array {
  c.findings.count.vjps++;
  return packTerms(c, c.subject.pullback(withInputs(c, x), cotangentsFor(c, u)));
}

/** The terms of the inputs differentiated by; absent ones count as zeros. */
export function packTerms({ wrt, wrtParts }: PointContext, terms: readonly Term[]): Float64Array {
  const own = wrt.map((i, k) => {
    const term = terms[i];
    return term === undefined || isAbsence(term) || !sameShape(term, wrtParts[k]!)
      ? undefined
      : term;
  });
  return pack(own, wrtParts);
}

/** Jv by the rule at the twin, over the outputs looked at. */
export function push(c: PointContext, v: Float64Array): Float64Array {
  c.findings.count.jvps++;
  const images = c.subject.pushforward!(withInputs(c, c.x), tangentsFor(c, v));
  const own = c.outputs.map((j, k) => {
    const image = images[j];
    return image === undefined || isAbsence(image) || !sameShape(image, c.outParts[k]!)
      ? undefined
      : image;
  });
  return pack(own, c.outParts);
}

/** Signed random numbers. */
export { signedVector as drawSigned } from '../rng.ts';

/** Adds a result without numbers. */
export function addResult(
  c: Pick<PointContext, 'findings' | 'sample'>,
  id: GradcheckId,
  verdict: GradcheckResult['verdict'],
  message?: string,
  more: Partial<GradcheckResult> = {},
): void {
  c.findings.add({
    id,
    verdict,
    sample: c.sample,
    flags: [],
    evals: 0,
    ms: 0,
    ...(message !== undefined && { message }),
    ...more,
  });
}

/** Runs one structural check, if it is wanted: `find` says what is wrong, or nothing. */
export function structural(c: PointContext, id: GradcheckId, find: () => string | undefined): void {
  if (!c.settings.wants(id)) return;
  try {
    const message = find();
    addResult(c, id, message === undefined ? 'pass' : 'fail', message);
  } catch (error) {
    addResult(
      c,
      id,
      'error',
      `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}
