// The corpus in a page of a browser.
import { report } from '../browser/report.ts';
import { hashCorpus } from './corpus.ts';

await report(await hashCorpus());
