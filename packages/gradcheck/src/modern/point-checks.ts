import { isFloat } from '@cotangent/tensor';
import { isAbsence, isNull } from '@cotangent/graph';
import { engineCheckOf } from '../op/blame.ts';
import { checkDot, checkRepeated } from './agreement.ts';
import { checkFast } from './fast.ts';
import { checkSecondOrder } from './order2.ts';
import {
  addResult,
  cotangentsFor,
  drawSigned,
  pointContext,
  structural,
  withInputs,
} from './point.ts';
import type { PointContext, PointStart } from './point.ts';
import { checkPrecision } from './precision.ts';
import { checkStructure } from './structural.ts';
import { checkTaylor } from './taylor-check.ts';
import { checkTies } from './ties.ts';
import { basisOf, checkValues } from './values.ts';

/** Everything at one point. */
export function checkPoint(start: PointStart): void {
  const { findings, sample } = start;
  let c: PointContext;
  try {
    c = pointContext(start);
  } catch (error) {
    addResult(start, 'primal.finite', 'error', `the point cannot be evaluated: ${told(error)}`);
    return;
  }
  try {
    c = withoutNull(c);
  } catch (error) {
    const blamed = engineCheckOf(error);
    addResult(
      c,
      blamed ?? 'vjp.value',
      blamed ? 'fail' : 'error',
      `the rule throws ${told(error)}`,
    );
    return;
  }
  listSkipped(c);
  const { typesDiffer } = c.subject;
  if (typesDiffer !== undefined) structural(c, 'type.inferred', () => typesDiffer(c.inputs));
  if (!c.at.every(Number.isFinite)) {
    addResult(
      c,
      'primal.finite',
      'inconclusive',
      'the value is not finite here: outside the domain',
    );
    return;
  }
  if (c.settings.wants('primal.finite')) addResult(c, 'primal.finite', 'pass');
  try {
    checkFinitePoint(c);
  } catch (error) {
    addResult(c, 'vjp.value', 'error', `threw ${told(error)}`);
  }
  for (const i of c.wrt)
    if (c.twin[i]!.size > 0) findings.tested.add(`${c.names[i]!} at ${sample}`);
}

function told(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function checkFinitePoint(c: PointContext): void {
  const before = c.findings.results.length;
  checkStructure(c);
  if (c.x.length === 0 || c.at.length === 0) return;
  const broken = c.findings.results
    .slice(before)
    .some((r) => r.verdict === 'error' || (r.id === 'grad.shape' && r.verdict === 'fail'));
  if (broken) return;
  checkDot(c);
  checkRepeated(c);
  if (c.settings.wants('vjp.value') || c.settings.wants('jvp.value')) checkNumbers(c);
  checkPrecision(c);
  if (c.settings.order > 1) checkSecondOrder(c, c.settings.order);
}

/** Differences: the whole Jacobian if the budget allows it, else projections. */
function checkNumbers(c: PointContext): void {
  const { budget, atKinks } = c.settings;
  const isFree = c.settings.options.tangents?.some((t) => t !== undefined) !== true;
  if (isFree && c.x.length * 14 > budget.evals) {
    checkFast(c);
    return;
  }
  const before = c.findings.results.length;
  const evidence = checkValues(c, basisOf(c));
  checkTies(c, evidence);
  const added = c.findings.results.slice(before);
  if (added.some((r) => r.verdict === 'inconclusive')) checkTaylor(c);
  if (atKinks === 'resample' && added.some((r) => r.flags.includes('kink'))) resample(c);
}

/** The same checks a little beside a kink. */
function resample(c: PointContext): void {
  const rng = c.rng('resample');
  const x = c.x.map(
    (element, j) => element + c.scales[j]! * 0.03 * (0.5 + rng()) * (rng() < 0.5 ? -1 : 1),
  );
  const moved = pointContext({ ...c, sample: `${c.sample}, moved`, inputs: withInputs(c, x) });
  if (moved.at.every(Number.isFinite)) checkValues(moved, basisOf(moved));
}

/** Leaves out inputs whose gradient does not exist by the rule: they are untested, never passed. */
function withoutNull(c: PointContext): PointContext {
  const terms = nullTerms(c);
  if (terms.length === 0) return c;
  for (const { i, why } of terms) c.findings.skip(`${c.names[i]!} at ${c.sample}`, why);
  addResult(
    c,
    'grad.nullType',
    'skipped',
    terms.map(({ i, why }) => `input ${i}: ${why}`).join('; '),
  );
  const wrt = c.wrt.filter((i) => !terms.some((term) => term.i === i));
  return pointContext({
    ...c,
    settings: { ...c.settings, options: { ...c.settings.options, wrt } },
  });
}

function nullTerms(c: PointContext): readonly { readonly i: number; readonly why: string }[] {
  if (c.wrt.length === 0) return [];
  const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('null')));
  const terms = c.subject.pullback(withInputs(c, c.x), us);
  return c.wrt.flatMap((i) => {
    const term = terms[i];
    return isAbsence(term) && isNull(term) ? [{ i, why: term.type.whyNull }] : [];
  });
}

/** Inputs that differences cannot be taken of. */
function listSkipped(c: PointContext): void {
  const { findings, inputs, names, sample, settings } = c;
  for (const [i, x] of inputs.entries()) {
    const what = `${names[i]!} at ${sample}`;
    if (!isFloat(x.dtype)) findings.skip(what, `dtype ${x.dtype} is discrete`);
    else if (x.size === 0) findings.skip(what, 'it has no elements');
  }
  const { surrogate } = settings.options;
  if (surrogate !== undefined) findings.skip(`values at ${sample}`, `surrogate: ${surrogate}`);
}
