import { wasmBackend } from '@cotangent/wasm';
import { describeContract } from './contract.ts';

describeContract(4, 6, wasmBackend());
