export { erf, erfc, erfcx, logNdtr, ndtr } from './error-function.ts';
export { betaln, digamma, gammaln, polygamma, trigamma } from './gamma.ts';
