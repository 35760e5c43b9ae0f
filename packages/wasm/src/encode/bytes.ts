/** Bytes pushed one after another into a buffer that doubles when it is full. */
export class ByteWriter {
  private bytes: Uint8Array = new Uint8Array(256);
  private end = 0;

  get length(): number {
    return this.end;
  }

  private reserve(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.end + count));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.end++] = value;
  }

  /** An unsigned 32-bit integer as LEB128. */
  unsigned(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.end++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.end++] = rest;
  }

  /** A signed 32-bit integer as LEB128. */
  signed(value: number): void {
    this.reserve(5);
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.bytes[this.end++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.bytes[this.end++] = rest & 0x7f;
  }

  float64(value: number): void {
    this.reserve(8);
    new DataView(this.bytes.buffer).setFloat64(this.end, value, true);
    this.end += 8;
  }

  float32(value: number): void {
    this.reserve(4);
    new DataView(this.bytes.buffer).setFloat32(this.end, value, true);
    this.end += 4;
  }

  raw(values: Uint8Array): void {
    this.reserve(values.length);
    this.bytes.set(values, this.end);
    this.end += values.length;
  }

  /** Length-prefixed bytes, as sections, bodies and names are stored. */
  sized(values: Uint8Array): void {
    this.unsigned(values.length);
    this.raw(values);
  }

  /** Length-prefixed UTF-8. */
  name(text: string): void {
    this.sized(new TextEncoder().encode(text));
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.end);
  }
}
