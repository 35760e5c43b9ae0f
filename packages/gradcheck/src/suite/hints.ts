import type { SuiteCheckId } from './result.ts';

/** What to do about a failure that needs no numbers to be understood. */
const hints: { readonly [Id in SuiteCheckId]?: string } = {
  'samples.present': 'give the op a sample that is inside its domain, away from kinks and jumps',
  'type.inferred':
    '`infer` and `eval` disagree: make the inferred dtype and shape those of the value',
  'values.static': 'what the graph knows of sizes and constants must not change values',
  'primal.finite': 'move the sample into the domain, or mark it as an edge',
  'args.intact': 'copy before writing: no argument belongs to `eval` or to a rule',
  'layout.strided': 'read elements through strides and offset, or take `contiguous(x)` first',
  'connection.pattern': 'set the connection pattern to true wherever the input has an influence',
  'grad.disconnected':
    'return `disconnected` exactly where the connection pattern is false, `zero` where it is true',
  'grad.shape': 'sum over what was broadcast, and give the gradient the shape of its input',
  'grad.dtype': 'compute the gradient in the dtype of its input: no cast on the way',
  'grad.deterministic':
    'remove hidden state and random numbers, or declare `nondetTol` with a reason',
  'grad.precision': 'a cast or a sum in a narrower dtype loses digits: keep the dtype of the input',
  'pullback.zero': 'a term is added that is not multiplied by the cotangent',
  'pullback.linear':
    'multiply every term by the cotangent itself: not by its size, its sign or a clipped copy',
  'pushforward.linear': 'multiply every term by the tangent itself',
  'grad.undefinedCotangent': 'a cotangent that is not there counts as zeros',
  'vjp.jvp.dot': 'one mode is the transpose of another Jacobian: compare the rules term by term',
  'batch.loop': 'the batch rule mixes the elements of a batch',
  'modes.agree': 'the compiled code differs from `eval`: compare the lowering with it',
  'order2.difference':
    'a rule holds a factor constant: write it in terms of the inputs as variables',
  'order2.symmetry': 'a mixed second derivative is missing on one side',
  'order2.modes': 'the rules of the rules disagree between modes',
  'kink.subgradient': 'choose a slope between those to the left and to the right',
  'skip.needed': 'remove the skip',
};

/** A likely cause of a failed check, if its id says enough. */
export function hintOf(id: SuiteCheckId): string | undefined {
  return hints[id];
}
