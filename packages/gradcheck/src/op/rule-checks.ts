import { copy, isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { pullback, pushforward } from '@cotangent/autodiff';
import { disconnected, isVariable } from '@cotangent/graph';
import type { RuleContext, RuleEngine, Tangent, Variable } from '@cotangent/graph';
import { lengthOf, pack, sameBits, unpack } from './flat.ts';
import { partsLike } from './derivative-checks.ts';
import { pulledBack, valuesOf } from './linearise.ts';
import type { Linearised } from './linearise.ts';
import { draw } from './reference.ts';
import type { Reference } from './reference.ts';
import type { Finding, Recorder } from './report.ts';
import { layoutsOf, valuesDiffer } from './value-checks.ts';

/** Checks that need no differences: what the rules must satisfy whatever the function is. */
export function checkRules(reference: Reference, rules: Linearised, recorder: Recorder): void {
  const { c, outParts } = reference;
  const us = unpack(draw(reference, lengthOf(outParts)), partsLike(rules.cotangents, outParts));
  recorder.check('grad.dtype', c.label, () => rawDTypes(reference, rules));
  recorder.check('args.intact', c.label, () => argumentsChange(reference, rules, us));
  recorder.check('layout.strided', c.label, () => layoutMatters(reference, rules, us));
  if (reference.epsilon < 1e-10) {
    recorder.check('pullback.linear', c.label, () => notLinear(reference, rules));
  }
  if (rules.outputs.length > 1) {
    recorder.check('grad.undefinedCotangent', c.label, () => absenceMatters(reference, rules, us));
  }
}

/** Where all floats have one dtype, the rules themselves keep it: the engine's cast would hide a detour. */
function rawDTypes({ c }: Reference, { node, cotangents, tangents }: Linearised): Finding {
  const floats = [...node.inputs, ...node.outputs].filter((x) => isFloat(x.dtype));
  const dtype = floats[0]!.dtype;
  if (floats.some((x) => x.dtype !== dtype) || cotangents.length !== node.outputs.length) {
    return undefined;
  }
  const context = ruleContext(node);
  const terms: readonly Tangent[] = node.op.pullback?.(cotangents, context) ?? [];
  const i = c.wrt.find((at) => isVariable(terms[at]) && terms[at].dtype !== dtype);
  if (i !== undefined)
    return `the pullback's own term of input ${i} is not ${dtype} like the input`;
  const rule = node.op.pushforward;
  if (rule === undefined || tangents.length !== node.inputs.length) return undefined;
  const images: readonly Tangent[] =
    typeof rule === 'function'
      ? rule(tangents, context)
      : rule.map((term, at) => term(tangents[at]!, context));
  const j = images.findIndex((image) => isVariable(image) && image.dtype !== dtype);
  return j < 0 ? undefined : `the pushforward's own result ${j} is not ${dtype} like the output`;
}

/** What a rule of `node` is called with, everything needed. */
export function ruleContext(node: Linearised['node']): RuleContext {
  const { inputs, outputs, attrs } = node;
  return { node, inputs, outputs, attrs, needs: inputs.map(() => true), engine };
}

/** The engine as rules of ops with an inner graph see it. */
const engine: RuleEngine = {
  pullback: (outputs, cotangents, wrt) => pulledBack(outputs, wrt, cotangents),
  pushforward: (outputs, wrt, tangents) =>
    pushforward(outputs, wrt, tangents, {
      disconnectedOutputs: 'ignore',
      returnDisconnected: 'disconnected',
      nullGradients: 'return',
    }),
};

function argumentsChange({ c }: Reference, rules: Linearised, us: readonly Tensor[]): Finding {
  const inputs = c.inputs.map((x) => copy(x));
  const cotangents = us.map((u) => copy(u));
  rules.pullback(inputs, cotangents);
  const x = inputs.findIndex((input, i) => !sameBits(input, c.inputs[i]!));
  if (x >= 0) return `evaluating the pullback writes to input ${x}`;
  const u = cotangents.findIndex((cotangent, j) => !sameBits(cotangent, us[j]!));
  return u < 0 ? undefined : `evaluating the pullback writes to cotangent ${u}`;
}

function layoutMatters({ c }: Reference, rules: Linearised, us: readonly Tensor[]): Finding {
  const expected = rules.pullback(c.inputs, us);
  const layouts = layoutsOf(c.inputs);
  for (const [k, cotangents] of layoutsOf(us).entries()) {
    const finding = valuesDiffer(expected, rules.pullback(layouts[k]!, cotangents), 64);
    if (finding !== undefined) return `gradients with strided inputs and cotangents: ${finding}`;
  }
  return undefined;
}

/**
 * V(0) = 0, V(2a − 10b) = 2V(a) − 10V(b), V(−10⁶a) = −10⁶V(a), to 1e-9 of the largest term: a rule that
 * misuses the sign, the size or the presence of a cotangent breaks one of them.
 */
function notLinear(reference: Reference, rules: Linearised): Finding {
  const { c, wrtParts, outParts } = reference;
  const parts = partsLike(rules.cotangents, outParts);
  const at = (u: Float64Array): Float64Array =>
    pack(rules.pullback(c.inputs, unpack(u, parts)), wrtParts);
  const [a, b] = [draw(reference, lengthOf(parts)), draw(reference, lengthOf(parts))];
  const [va, vb] = [at(a), at(b)];
  if (at(a.map(() => 0)).some((value) => value !== 0))
    return 'a cotangent of 0 gives no gradient of 0';
  const mixed = at(a.map((value, i) => 2 * value - 10 * b[i]!));
  const expected = va.map((value, k) => 2 * value - 10 * vb[k]!);
  if (differ(mixed, expected, largestOf(va, vb) * 10)) return 'V(2a − 10b) is not 2V(a) − 10V(b)';
  const scaled = at(a.map((value) => -1e6 * value));
  const expectedScaled = va.map((value) => -1e6 * value);
  return differ(scaled, expectedScaled, 1e6 * largestOf(va, vb))
    ? 'V(−10⁶a) is not −10⁶V(a): clipped, or the sign is lost'
    : undefined;
}

function largestOf(...vectors: readonly Float64Array[]): number {
  return Math.max(0, ...vectors.flatMap((vector) => Array.from(vector, Math.abs)));
}

function differ(a: Float64Array, b: Float64Array, size: number): boolean {
  return a.some((value, k) => !(Math.abs(value - b[k]!) <= 1e-9 * size));
}

/** The cotangent of an output that is not there counts as zeros. */
function absenceMatters(
  { c, outParts }: Reference,
  rules: Linearised,
  us: readonly Tensor[],
): Finding {
  const zeros = unpack(new Float64Array(lengthOf(outParts)), partsLike(rules.cotangents, outParts));
  for (const [j, y] of rules.outputs.entries()) {
    const cotangents = rules.outputs.map((_, k): Variable | typeof disconnected =>
      k === j ? rules.cotangents[j]! : disconnected,
    );
    const alone = pullback(rules.outputs, rules.wrt, cotangents, {
      disconnectedInputs: 'ignore',
      nullGradients: 'return',
    });
    const got = valuesOf(rules, [...rules.given, ...rules.cotangents], alone)(c.inputs, us);
    const expected = rules.pullback(c.inputs, zeros.with(j, us[j]!));
    const finding = [...expected.entries()].find(
      ([k, value]) => value && got[k] && valuesDiffer([value], [got[k]], 64) !== undefined,
    );
    if (finding) {
      return `with a cotangent for output ${y.toString()} only, the gradient ${finding[0]} is not the one with zeros for the others`;
    }
  }
  return undefined;
}
