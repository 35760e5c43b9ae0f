import type { SuiteOptions } from '../suite/check-suite.ts';
import type { OpResult } from '../suite/result.ts';
import type { Settings } from './config.ts';
import type { ErrorData } from './errors.ts';
import type { PlanRequest, PlannedOp } from './plan.ts';

/** What to do with one op; everything that can cross threads. */
export interface CheckSettings extends Omit<SuiteOptions, 'backend'> {
  /** Measure the mutation score too. */
  readonly mutate: boolean;
}

/** What the main thread sends to a worker. */
export type Request =
  | { readonly kind: 'load'; readonly plan: PlanRequest; readonly describe: string | undefined }
  | { readonly kind: 'check'; readonly op: PlannedOp; readonly settings: CheckSettings };

/** What a worker answers. */
export type Answer =
  | {
      readonly kind: 'loaded';
      /** Empty unless they were to be described. */
      readonly ops: readonly PlannedOp[];
      readonly settings: Settings;
    }
  | { readonly kind: 'checked'; readonly result: OpResult }
  | { readonly kind: 'failed'; readonly error: ErrorData };
