import { replayToken } from '../replay-token.ts';
import { hintOf } from './hints.ts';
import { isWorse } from './result.ts';
import type { SuiteCheck } from './result.ts';
import type { SuiteSkip } from './suite.ts';

/** A check as one of the engines reports it. */
export type Reported = Omit<SuiteCheck, 'replay'>;

/** Collects what several engines and seeds find about one op: one entry for each check and sample, the worst. */
export class Ledger {
  readonly #name: string;
  readonly #skips: readonly SuiteSkip[];
  readonly #used = new Set<SuiteSkip>();
  readonly #entries = new Map<string, SuiteCheck>();

  constructor(name: string, skips: readonly SuiteSkip[]) {
    this.#name = name;
    this.#skips = skips;
  }

  add(check: Reported, seed: number): void {
    const entry = this.#completed(check, seed);
    const key = `${check.id} ${check.sample}`;
    const before = this.#entries.get(key);
    const isBetterTold =
      before?.verdict === entry.verdict && before.worst === undefined && entry.worst !== undefined;
    if (before === undefined || isBetterTold || isWorse(entry.verdict, before.verdict)) {
      this.#entries.set(key, entry);
    }
  }

  /** All entries; skips that were not needed fail. */
  checks(seed: number): readonly SuiteCheck[] {
    for (const skip of this.#skips) {
      if (this.#used.has(skip)) continue;
      const message = `${skip.check} is skipped (${skip.reason}), yet nothing fails: remove the skip`;
      this.add({ id: 'skip.needed', sample: skip.sample ?? 'all', verdict: 'fail', message }, seed);
    }
    return [...this.#entries.values()];
  }

  #completed(check: Reported, seed: number): SuiteCheck {
    if (check.verdict === 'pass' || check.verdict === 'skipped') return check;
    const skip = this.#skips.find((s) => s.check === check.id && isAt(s.sample, check.sample));
    if (skip !== undefined && check.id !== 'skip.needed') {
      this.#used.add(skip);
      return { id: check.id, sample: check.sample, verdict: 'skipped', message: skip.reason };
    }
    const own = check.verdict === 'inconclusive' ? undefined : hintOf(check.id);
    const hints = check.hints ?? (own === undefined ? [] : [own]);
    return {
      ...check,
      ...(hints.length > 0 && { hints }),
      replay: replayToken(this.#name, check, seed),
    };
  }
}

/** Whether a skip for `wanted`, a sample or all of them, is meant at the variant `sample` of one. */
function isAt(wanted: string | undefined, sample: string): boolean {
  return wanted === undefined || sample === wanted || sample.startsWith(`${wanted} (`);
}
