/** A certificate that a client refuses because of its dates, as the client's own clock sees them. */
export interface DatedCertificate {
  readonly is: 'not-yet-valid' | 'expired';
  /** Seconds between the client's time and the date that the certificate misses, where the message tells both. */
  readonly missesBySeconds: number | null;
}

const RFC3339 = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))`;
/** Go, crypto/x509/verify.go: CertificateInvalidError with the detail that Certificate.isValid gives it. */
const GO = new RegExp(
  `x509: certificate has expired or is not yet valid: current time ${RFC3339} is (before|after) ${RFC3339}`,
);
/** OpenSSL's words (crypto/x509/x509_txt.c) behind what curl, git, Python, Node and s_client write before them. */
const OPENSSL =
  /(?:SSL certificate problem: |certificate verify failed: |verify error:num=\d{1,2}:|Verification error: |Verify return code: \d{1,2} \(|^Error: )certificate (is not yet valid|has expired)/;
/** wget with OpenSSL (src/openssl.c) and with GnuTLS (src/gnutls.c), NSS through curl, Node's codes and Java's exceptions. */
const EARLY =
  /^Issued certificate not yet valid\.$|^ERROR: The certificate of \S{1,260} is not yet activated\.$|'CERT_NOT_YET_VALID'|\bjava\.security\.cert\.CertificateNotYetValidException\b/;
const LATE =
  /^Issued certificate has expired\.$|^ERROR: The certificate of \S{1,260} has expired\.$|\bPeer's Certificate has expired\.|'CERT_HAS_EXPIRED'|\bjava\.security\.cert\.CertificateExpiredException\b/;
const LONGEST = 2000;

/** What a line says of a certificate's dates; undefined where it says nothing of them. */
export function datedCertificateIn(line: string): DatedCertificate | undefined {
  const text = line.trim();
  if (text.length > LONGEST || !/certificate|CERT_/i.test(text)) return undefined;
  const [, now, side, limit] = GO.exec(text) ?? [];
  if (now !== undefined && limit !== undefined) {
    const misses = Math.abs(Date.parse(now) - Date.parse(limit)) / 1000;
    return {
      is: side === 'before' ? 'not-yet-valid' : 'expired',
      missesBySeconds: Number.isFinite(misses) ? misses : null,
    };
  }
  const [, said] = OPENSSL.exec(text) ?? [];
  if (said === 'is not yet valid' || EARLY.test(text))
    return { is: 'not-yet-valid', missesBySeconds: null };
  return said !== undefined || LATE.test(text)
    ? { is: 'expired', missesBySeconds: null }
    : undefined;
}
