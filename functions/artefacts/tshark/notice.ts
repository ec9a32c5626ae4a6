/** What a line of tshark's own says: before the packets, or at the end. */
export interface Notice {
  readonly place: 'banner' | 'trailer';
  readonly listeningOn: string | null;
  readonly captured: number | null;
  readonly dropped: number | null;
}

const CAPTURING = /^(?:tshark: )?Capturing on '?([^'\s]+(?: and [^'\s]+)*)'?$/;
const ROOT = /^Running as user "[^"]*" and group "[^"]*"\. This could be dangerous\.$/;
const LOGGED = /^\*\* \(tshark:\d+\) \d\d:\d\d:\d\d\.\d+ \[/;
const COUNT = /^(\d{1,12}) packets? (captured|dropped)\b/;

/** Reads the words around the packets (tshark.c, report_counts and capture_input_new_file); undefined for any other line. */
export function readNotice(line: string): Notice | undefined {
  const text = line.trim();
  const nothing = { listeningOn: null, captured: null, dropped: null };
  const device = CAPTURING.exec(text)?.[1];
  if (device !== undefined) return { ...nothing, place: 'banner', listeningOn: device };
  if (ROOT.test(text) || LOGGED.test(text) || text === 'tshark:')
    return { ...nothing, place: 'banner' };
  const [, count, what] = COUNT.exec(text) ?? [];
  if (count === undefined) return undefined;
  return what === 'captured'
    ? { ...nothing, place: 'trailer', captured: Number(count) }
    : { ...nothing, place: 'trailer', dropped: Number(count) };
}
