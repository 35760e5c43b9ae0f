import { parentPort } from 'node:worker_threads';
import { wasmBackend } from '@cotangent/wasm';
import { checkSuite } from '../suite/check-suite.ts';
import { mutationOf } from '../suite/mutation.ts';
import type { OpResult } from '../suite/result.ts';
import { RunError, errorData } from './errors.ts';
import { describePlan, loadPlan } from './plan.ts';
import type { Plan, PlannedOp } from './plan.ts';
import type { Answer, CheckSettings, Request } from './protocol.ts';

// The thread in which all foreign code runs: the modules under test and their ops.
let plan: Plan | undefined;

async function answer(request: Request): Promise<Answer> {
  if (request.kind === 'check')
    return { kind: 'checked', result: check(request.op, request.settings) };
  plan = await loadPlan(request.plan);
  const { settings } = plan;
  const ops = request.describe === undefined ? [] : describePlan(plan, request.describe);
  return { kind: 'loaded', ops, settings };
}

function check(op: PlannedOp, { mutate, ...options }: CheckSettings): OpResult {
  const planned = plan?.suites[op.index];
  if (planned?.suite.record.name !== op.name) {
    throw new RunError(`gradcheck: op ${op.name} is no longer where it was`, {
      code: 'GRADCHECK_UNSTABLE_MODULE',
      hint: 'a module must export the same ops each time that it is imported',
    });
  }
  const result = checkSuite(planned.suite, { ...options, backend: wasmBackend() });
  const { name, module, file, line } = op;
  return {
    ...result,
    name,
    module,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(mutate && { mutation: mutationOf(planned.suite, options) }),
  };
}

const port = parentPort;
port?.on('message', (request: Request) => {
  answer(request).then(
    (message) => port.postMessage(message),
    (error: unknown) => port.postMessage({ kind: 'failed', error: errorData(error) }),
  );
});
