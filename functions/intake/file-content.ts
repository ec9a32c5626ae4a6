import { isCaptureFile } from '../artefacts/pcap/capture-file.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import type { Source } from './paste.ts';

const LOOKED_AT = 4096;

/**
 * Bytes of a file as evidence: a capture file (pcap, pcapng) stays bytes, anything else is text, by its byte order mark,
 * else UTF-8. PowerShell redirects write UTF-16, so a NUL proves a binary file only where there is no mark.
 */
export function fileContent(
  bytes: Uint8Array,
): Result<Pick<Source, 'text' | 'capture'>, { readonly code: 'binary' }> {
  if (isCaptureFile(bytes)) return ok({ text: '', capture: bytes });
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return ok({ text: new TextDecoder('utf-16le').decode(bytes) });
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return ok({ text: new TextDecoder('utf-16be').decode(bytes) });
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return err({ code: 'binary' });
  return ok({ text: new TextDecoder('utf-8').decode(bytes) });
}
