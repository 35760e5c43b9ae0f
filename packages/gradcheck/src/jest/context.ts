/** What `expect.extend` hands to a matcher as `this`, as far as it is used: jest and vitest both give it. */
export interface MatcherContext {
  /** Called after `.not`. */
  readonly isNot?: boolean | undefined;
  /** `'resolves'` or `'rejects'`, if called after one of them. */
  readonly promise?: string | undefined;
  readonly utils?: {
    readonly matcherHint?:
      | ((name: string, received?: string, expected?: string, options?: object) => string)
      | undefined;
  };
}

/** What a matcher returns to the framework. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What was found out about the received value. */
export interface Outcome {
  /** `undecided` fails with and without `.not`: ignorance supports neither claim. */
  readonly verdict: 'right' | 'wrong' | 'undecided';
  /** The claim that `.not` makes, in words, for the message where it is false. */
  readonly denied: string;
  /** The report. */
  readonly text: string;
}

/** How the call reads: received and argument, as in `expect(received).name(argument)`. */
export interface CallText {
  readonly name: string;
  readonly received: string;
  readonly expected: string;
}

/** The outcome as the framework wants it. */
export function matched(
  { isNot = false, promise = '', utils }: MatcherContext,
  { name, received, expected }: CallText,
  { verdict, denied, text }: Outcome,
): MatcherResult {
  const hint = (): string =>
    utils?.matcherHint?.(name, received, expected, { isNot, promise }) ??
    `expect(${received})${isNot ? '.not' : ''}.${name}(${expected})`;
  const body = isNot && verdict === 'right' ? `${denied}\n\n${text}` : text;
  return {
    pass: verdict === 'undecided' ? isNot : verdict === 'right',
    message: () => `${hint()}\n\n${body}`,
  };
}
