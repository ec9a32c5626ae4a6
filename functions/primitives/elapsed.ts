/**
 * What `time` prints: bash and POSIX shells (`real 0m2.508s`), BusyBox (`real 0m 2.50s`), `time -p` (`real 2.50`), zsh
 * (`getent hosts x  0.00s user 0.00s system 0% cpu 2.508 total`) and GNU time (`0.00user 0.00system 0:02.50elapsed 0%CPU`).
 */
const REAL = /^real\s+(?:(\d{1,4})m\s*)?(\d{1,5})[.,](\d{1,3})s?$/;
const ZSH =
  /\b\d+[.,]\d+s user \d+[.,]\d+s system \d+% cpu (?:(\d{1,3}):)?(\d{1,5})[.,](\d{1,3}) total$/;
const GNU = /^\d+[.,]\d+user \d+[.,]\d+system (\d{1,4}):(\d{1,2})[.,](\d{1,3})elapsed\b/;
const BESIDE =
  /^(?:user|sys)\s+(?:\d{1,4}m\s*)?\d{1,5}[.,]\d{1,3}s?$|^\d+inputs\+\d+outputs \(|^Command exited with non-zero status \d+$/;

/** Milliseconds of wall clock; undefined when the line does not tell them. */
export function elapsedMsOf(text: string): number | undefined {
  const [, minutes = '0', seconds, fraction] =
    REAL.exec(text) ?? ZSH.exec(text) ?? GNU.exec(text) ?? [];
  if (seconds === undefined || fraction === undefined) return undefined;
  return Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** Whether the line stands beside the wall clock and says nothing more: `user 0m0.002s`. */
export function isTimeFurniture(text: string): boolean {
  return BESIDE.test(text);
}
