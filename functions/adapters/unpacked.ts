import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../primitives/result.ts';

/** What a few kilobytes of gzip may unfold to; the largest text that is read at all is far below. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file as it came. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file unpacked where it is gzip (RFC 1952), with `.gz` off its name; any other as it came. */
export function unpacked({
  name,
  bytes,
}: NamedBytes): Result<NamedBytes, { readonly code: 'too-large' | 'binary' }> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return ok({ name, bytes });
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    return ok({ name: name.replace(/\.gz$/i, ''), bytes: new Uint8Array(plain) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return err({ code: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'binary' });
  }
}
