/**
 * Two 32-bit lanes: FNV-1a (Fowler, Noll, Vo 1991), and the same with a rotation and another odd
 * multiplier; each is finished by the 32-bit mixer of MurmurHash3 (Appleby 2011). Not cryptographic.
 */
class Hasher {
  #low = 0x811c9dc5;
  #high = 0x2f0b4c47;

  add(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul((this.#high << 5) ^ (this.#high >>> 27) ^ value, 0x85ebca6b);
  }

  digits(): string {
    return hexadecimal(mix(this.#high)) + hexadecimal(mix(this.#low ^ this.#high));
  }
}

/** The hash of a text: 16 hexadecimal digits. */
export function hashText(text: string): string {
  const hasher = new Hasher();
  for (let i = 0; i < text.length; i++) hasher.add(text.charCodeAt(i));
  return hasher.digits();
}

/** The hash of some bytes: 16 hexadecimal digits. */
export function hashBytes(bytes: Uint8Array): string {
  const hasher = new Hasher();
  for (const byte of bytes) hasher.add(byte);
  return hasher.digits();
}

function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hexadecimal(x: number): string {
  return (x >>> 0).toString(16).padStart(8, '0');
}
