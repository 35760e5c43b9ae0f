import type {} from 'expect';
import type { GradcheckMatchers } from './matchers.ts';

export { gradcheckMatchers } from './matchers.ts';
export type {
  Differentiable,
  GradcheckMatcherFunctions,
  GradcheckMatchers,
  Matcher,
  MatcherOptions,
} from './matchers.ts';
export type { MatcherContext, MatcherResult } from './context.ts';

// Type declarations only: nothing of jest is imported when this runs.

declare module 'expect' {
  /** Matchers of `expect` from `@jest/globals`. */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends GradcheckMatchers<R> {}
}

declare global {
  namespace jest {
    /** Matchers of the global `expect`, as `@types/jest` declares it. */
    interface Matchers<R, T = {}> extends GradcheckMatchers<R> {}
  }
}
