// The corpus in an engine that is started as a process: JSON on the standard output.
import { hashCorpus } from './corpus.ts';

console.log(JSON.stringify(await hashCorpus()));
