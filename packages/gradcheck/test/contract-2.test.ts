import { describeContract } from './contract.ts';

describeContract(2, 2);
