/** `^C` on a line of its own, or behind the progress meter. */
export function isInterrupt(line: string): boolean {
  return /^\s*(?:\d[\d.:kMGT\s-]{20,100})?\^C$/.test(line);
}

/** curl's lib/vtls/openssl.c (ossl_trace): the first message of a handshake goes out; and s_client's only word before it. */
const HELLO =
  /^\* (?:TLSv1[.\d]*|SSLv\d)(?: \(OUT\))?, TLS handshake, Client hello \(1\):$|^CONNECTED\([\dA-F]{8,16}\)$/;
/** What curl prints at the same moment: where its certificates are, how many bytes went out, the progress meter. */
const BESIDE =
  /^$|^\* {1,3}CA(?:file|path): |^\} \[\d+ bytes data\]$|^\d[\d.:kMGT\s-]{20,100}$|^% Total|^Dload/;
/** So many lines stand between at most. */
const BETWEEN = 12;

/** The line (from 0) at which a TLS handshake began, where nothing came back until somebody broke it off at `at`. */
export function unansweredHello(lines: readonly string[], at: number): number | undefined {
  for (let above = at - 1; above >= Math.max(0, at - BETWEEN); above -= 1) {
    const text = (lines[above] ?? '').trim();
    if (HELLO.test(text)) return above;
    if (!BESIDE.test(text)) return undefined;
  }
  return undefined;
}
