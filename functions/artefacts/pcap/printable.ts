const CARET = 94;

/** Adds a byte of text as tcpdump prints it (util-print.c, fn_print_char): control bytes as `^A`, bytes above 127 as `M-a`. */
export function writeByte(codes: number[], byte: number): void {
  if (byte > 127) codes.push(77, 45);
  const low = byte & 127;
  if (low < 32 || low === 127) codes.push(CARET, low ^ 64);
  else codes.push(low);
}
