import type { GradcheckMatchers } from '../jest/matchers.ts';

export { gradcheckMatchers } from '../jest/matchers.ts';
export type {
  Differentiable,
  GradcheckMatcherFunctions,
  GradcheckMatchers,
  Matcher,
  MatcherOptions,
} from '../jest/matchers.ts';
export type { MatcherContext, MatcherResult } from '../jest/context.ts';

declare global {
  namespace jest {
    /** Matchers of `expect` from `vitest`, which takes those that were written for jest. */
    interface Matchers<R, T = {}> extends GradcheckMatchers<R> {}
  }
}
