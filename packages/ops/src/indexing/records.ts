import type { Op } from '@cotangent/graph';
import { lastAlong, putAlongOp, takeAlongOp } from './along-axis.ts';
import { addIndexOp, indexOp, lastWrites, setIndexOp } from './index-records.ts';

import { nonzeroOp } from './mask.ts';

/** The records behind the functions of this folder. */
export const indexingOps = (): readonly { readonly op: Op }[] => [
  addIndexOp,
  indexOp,
  lastAlong,
  lastWrites,
  nonzeroOp,
  putAlongOp,
  setIndexOp,
  takeAlongOp,
];
