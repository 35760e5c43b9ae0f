// What a page runs whose policy has no `wasm-unsafe-eval`.
import { report } from './report.ts';
import { withoutWebAssembly } from './scenario.ts';

await report(withoutWebAssembly());
