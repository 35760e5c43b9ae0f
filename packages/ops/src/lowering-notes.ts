/** Where an op does not run in the loops of a backend, and why. */
export interface LoweringNote {
  /** `always`, or only in the cases that `why` names. */
  readonly when: 'always' | 'sometimes';
  readonly why: string;
}

const ofShape = 'a constant wherever shapes are known, and they are when a module is made';
const ofValues =
  'the shape of its result depends on values: the graph runs on the reference executor';
const checked = 'integers: every step is checked to fit an int32';
const ofNothing = 'over no axes or no elements, where the conventions of the op itself apply';
const openRange = 'a range with a bound from the graph, whose length depends on values';
const integers = 'integers';
const effect = 'it acts on the world outside: writes, or raises an error of the caller';
const factorisation = 'its kernel of many sweeps is written in JavaScript only';

/**
 * For ops of this package that run their own `eval`, always or sometimes, the reason: by name, for tables of coverage and
 * for `explain`. What is not here runs in the loops of a backend that has a rule for it, or by the op's own lowering.
 *
 * @example loweringNotes['nonzero']?.when // 'always'
 */
export const loweringNotes: Readonly<Record<string, LoweringNote>> = {
  affineScan: { when: 'sometimes', why: checked },
  arange: { when: 'always', why: `${ofShape}; else ${ofValues}` },
  cumprod: { when: 'sometimes', why: checked },
  cumsum: { when: 'sometimes', why: checked },
  dimensions: { when: 'always', why: ofShape },
  eye: { when: 'always', why: `${ofShape}; else ${ofValues}` },
  logSoftmax: { when: 'sometimes', why: ofNothing },
  logSumExp: { when: 'sometimes', why: ofNothing },
  matmul: { when: 'sometimes', why: integers },
  nonzero: { when: 'always', why: ofValues },
  addSlice: { when: 'sometimes', why: openRange },
  setSlice: { when: 'sometimes', why: openRange },
  shape: { when: 'always', why: ofShape },
  shapeAt: { when: 'always', why: ofShape },
  size: { when: 'always', why: ofShape },
  slice: { when: 'sometimes', why: openRange },
  softmax: { when: 'sometimes', why: ofNothing },
  std: { when: 'sometimes', why: `${ofNothing}, or not more elements than ddof` },
  sum: {
    when: 'sometimes',
    why: 'more than 2²² integers, of which float64 might not hold the sum',
  },
  tensordot: { when: 'sometimes', why: `${integers}, or no elements` },
  var: { when: 'sometimes', why: `${ofNothing}, or not more elements than ddof` },
  assert: { when: 'always', why: effect },
  eigh: { when: 'always', why: factorisation },
  eigvalsh: { when: 'always', why: factorisation },
  normVector: { when: 'always', why: 'scaled so that no square overflows, in JavaScript only' },
  pinv: { when: 'always', why: factorisation },
  print: { when: 'always', why: effect },
  qr: { when: 'always', why: factorisation },
  specifyShape: {
    when: 'always',
    why: 'a check whose error is its own: a plain copy where the shape is right',
  },
  svd: { when: 'always', why: factorisation },
  svdvals: { when: 'always', why: factorisation },
};
