import { CotangentError } from '@cotangent/tensor';

/** A procedure that has no meaning as machine code: an operation on the wrong type, a name that is not bound. */
export class EmitError extends CotangentError {
  constructor(message: string, hint: string) {
    super(message, { code: 'emit', hint });
  }
}
