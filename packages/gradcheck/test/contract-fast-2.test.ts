import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(2, 6, wasmBackend());
