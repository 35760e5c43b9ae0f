// A thread of threads.test.ts, from a file.
import { runWorker } from '../../src/index.ts';

runWorker();
