// The scenario of policy.test.ts in a web worker.
import { scenario } from './scenario.ts';

postMessage(await scenario('/model.mjs'));
