/** The filter that was typed with a capture's command, in pcap-filter's words: empty where none was, null where no command is known. */
export function filterOf(command: string | null): string | null {
  const [, tool, rest = ''] = /\b(tcpdump|tshark)\b(.*)$/.exec(command ?? '') ?? [];
  if (tool === undefined) return null;
  const line = WITHIN.exec(rest)?.[0].trim() ?? '';
  return tool === 'tshark' ? tsharkFilter(line) : behindOptions(line, 'icswrBCGWEmTyZ');
}

/** As far as the command goes: a pipe or a redirection ends it, not one between quotes. */
const WITHIN = /^(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|[^|>;&'"])*/;

const TRANSLATED = /\b(?:port \d+|host [\d.]+|and|or|tcp|udp|icmp|arp)\b|[()]/g;

/** What follows the options; `valued` are the letters whose next word is their value. */
function behindOptions(line: string, valued: string): string {
  const words = line.split(/\s+/);
  const isValued = new RegExp(`^-\\w*[${valued}]$`);
  const from = words.findIndex(
    (word, at) => word !== '' && !word.startsWith('-') && !isValued.test(words[at - 1] ?? ''),
  );
  return from < 0 ? '' : words.slice(from).join(' ').replace(/['"]/g, '');
}

/** `-f` takes a capture filter and so do the words at the end; `-Y` and `-R` take Wireshark's own language. */
function tsharkFilter(line: string): string {
  const shown = optionIn(line, 'YR');
  const words = line.replace(/\s-[a-zA-Z]+\s?(?:'[^']*'|"[^"]*")/g, '');
  const caught = optionIn(line, 'f') ?? behindOptions(words, 'acdefhjkorstwbBCDEFHKMNOPRTUWXYzi');
  if (shown === undefined) return caught;
  const translated = shown
    .replace(/\b(tcp|udp)\.(?:(?:src|dst)?port)\s*(?:==|eq)\s*(\d+)/g, '$1 port $2')
    .replace(/\bip\.addr\s*(?:==|eq)\s*([\d.]+)/g, 'host $1')
    .replace(/\bdns\b(?!\.)/g, 'port 53')
    .replace(/&&/g, 'and')
    .replace(/\|\|/g, 'or');
  // What any other filter lets through nobody should guess.
  const isPlain = translated.replace(TRANSLATED, '').trim() === '';
  return isPlain
    ? [caught, translated].filter((part) => part !== '').join(' and ')
    : `not ${translated}`;
}

function optionIn(line: string, letters: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)-[${letters}]\\s?(?:'([^']*)'|"([^"]*)"|(\\S+))`).exec(line);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
