import { err, ok, type Result } from '../primitives/result.ts';

/** First bytes of capture files: pcap in both byte orders and resolutions, and pcapng. */
const CAPTURES: readonly string[] = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a'];
const LOOKED_AT = 4096;

/**
 * Bytes of an attached file as text: by its byte order mark, else UTF-8. PowerShell redirects write UTF-16, so a NUL
 * proves a binary file only where there is no mark.
 */
export function decodeText(
  bytes: Uint8Array,
): Result<string, { readonly code: 'capture' | 'binary' }> {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (CAPTURES.includes(head)) return err({ code: 'capture' });
  if (head.startsWith('fffe')) return ok(new TextDecoder('utf-16le').decode(bytes));
  if (head.startsWith('feff')) return ok(new TextDecoder('utf-16be').decode(bytes));
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return err({ code: 'binary' });
  return ok(new TextDecoder('utf-8').decode(bytes));
}
