import { ValueError } from '@cotangent/tensor';

/** What a replay token names. The texts are in the token's own spelling; compare with {@link tokenPart}. */
export interface ReplayTarget {
  /** Name of the op or function. */
  readonly name: string;
  /** The sample and variant of it, or `all`. */
  readonly sample: string;
  /** The check, or `all`. */
  readonly check: string;
  readonly seed: number | string;
}

/** Text without characters that a shell, or the token itself, would split at. */
export function tokenPart(text: string): string {
  const plain = text.replaceAll('.', '_').replaceAll(/[^\w-]+/g, '-');
  return plain.replaceAll(/^-|-$/g, '') || '_';
}

/** `gc1.<name>.<sample>.<check>.<seed>` */
export function replayToken(
  name: string,
  check: { readonly id: string; readonly sample: string } | undefined,
  seed: number | string,
): string {
  const parts = [name, check?.sample ?? 'all', check?.id ?? 'all'].map(tokenPart);
  return ['gc1', ...parts, seedPart(seed)].join('.');
}

/** The token of another check in the run that `token` is of. */
export function tokenWithSeedOf(
  token: string,
  name: string,
  check: { readonly id: string; readonly sample: string },
): string {
  const seed = token.slice(token.lastIndexOf('.') + 1);
  return ['gc1', ...[name, check.sample, check.id].map(tokenPart), seed].join('.');
}

/** Hexadecimal for the whole numbers that seeds usually are; else the number or the text, marked and escaped. */
function seedPart(seed: number | string): string {
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed.toString(16);
  const mark = typeof seed === 'number' ? 'n' : 's';
  const escaped = encodeURIComponent(String(seed)).replaceAll(
    /[.!'()*~]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `${mark}_${escaped}`;
}

/**
 * Reads the token that a report prints behind `replay: gradcheck --replay`.
 *
 * @throws ValueError `GRADCHECK_INVALID_REPLAY`.
 * @example
 * ```ts
 * import { parseReplay } from '@cotangent/gradcheck';
 * parseReplay('gc1.tanh.0-float64.vjp_value.5eed').seed; // 24301
 * ```
 */
export function parseReplay(token: string): ReplayTarget {
  const parts = String(token).trim().split('.');
  const [version, name, sample, check, seed] = parts;
  if (parts.length !== 5 || version !== 'gc1' || !name || !sample || !check || !seed) {
    throw invalid(token);
  }
  return { name, sample, check, seed: seedOf(seed, token) };
}

function seedOf(part: string, token: string): number | string {
  if (/^[0-9a-f]{1,14}$/.test(part)) return Number.parseInt(part, 16);
  try {
    const text = decodeURIComponent(part.slice(2));
    if (part.startsWith('s_')) return text;
    if (part.startsWith('n_') && text !== '' && Number.isFinite(Number(text))) return Number(text);
  } catch {
    // an escape that is none: refused below
  }
  throw invalid(token);
}

function invalid(token: string): ValueError {
  return new ValueError(`replay: ${JSON.stringify(token)} is not a replay token`, {
    code: 'GRADCHECK_INVALID_REPLAY',
    hint: 'it is what a report prints: gc1.<name>.<sample>.<check>.<seed>',
    data: { token },
  });
}
