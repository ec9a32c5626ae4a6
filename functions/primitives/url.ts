/** Where a command of curl or wget, by its URL, of openssl s_client, iperf3 or nc connects: they do not repeat it in all of their messages. */
export function urlHost(command: string | null): string | null {
  const [, host] = /\bhttps?:\/\/(\[[\da-f:]+\]|[^\s/:'"]+)/i.exec(command ?? '') ?? [];
  return (
    host ?? connectedTo(command)?.host ?? netcatTo(command)?.host ?? iperfTo(command)?.host ?? null
  );
}

/** The port of that URL, by its scheme where none is written. */
export function urlPort(command: string | null): number | null {
  const [, scheme, port] =
    /\b(https?):\/\/(?:\[[\da-f:]+\]|[^\s/:'"]+)(?::(\d{1,5}))?/i.exec(command ?? '') ?? [];
  if (port !== undefined) return Number(port);
  if (scheme === undefined)
    return connectedTo(command)?.port ?? netcatTo(command)?.port ?? iperfTo(command)?.port ?? null;
  return scheme.toLowerCase() === 'https' ? 443 : 80;
}

/** The port behind a host in a command of telnet, which does not repeat it. */
export function telnetPort(command: string | null): number | null {
  const port = /(?:^|[\s;&|/])telnet\s+(?:-\S+\s+)*[\w.:-]+\s+(\d{1,5})(?:\s|$)/.exec(
    command ?? '',
  )?.[1];
  return port === undefined ? null : Number(port);
}

/** openssl-s_client(1): `-connect host:port`. */
function connectedTo(command: string | null) {
  const [, host, port] =
    /\bs_client\b.{0,200}?\s-connect\s+['"]?(\[[\da-f:]+\]|[\w.-]{1,253})(?::(\d{1,5}))?/i.exec(
      command ?? '',
    ) ?? [];
  return host === undefined ? undefined : { host, port: port === undefined ? null : Number(port) };
}

/** iperf3(1): 5201 where `-p` names no port. */
function iperfTo(command: string | null) {
  const [, rest = ''] = /(?:^|[\s;&|/])iperf3\s+([^;&|]{1,200})/.exec(command ?? '') ?? [];
  const [, host] = /(?:^|\s)(?:-c|--client)[\s=]{0,2}([\w.:-]{1,253})/.exec(rest) ?? [];
  const [, port = '5201'] = /(?:^|\s)(?:-p|--port)[\s=]{0,2}(\d{1,5})(?:\s|$)/.exec(rest) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Options of nc and ncat that a word of their own follows: `-w 3`. */
const WITH_WORD = /^-\w{0,8}[wisgpqGTXxbIOmM]$/;

/** nc(1), ncat(1): host and port behind the options; ncat's errors name neither. */
function netcatTo(command: string | null) {
  const [, rest = ''] =
    /(?:^|[\s;&|/])(?:nc|ncat|netcat)\s+([^;&|]{1,200})/.exec(command ?? '') ?? [];
  const words = rest.trim().split(/\s+/);
  let at = 0;
  while (words[at]?.startsWith('-')) at += WITH_WORD.test(words[at] ?? '') ? 2 : 1;
  const isOther = words.slice(0, at).some((word) => /^-\w*[lu]/.test(word));
  const [host = '', port = ''] = words.slice(at);
  return isOther || !/^[\w.:-]{1,253}$/.test(host) || !/^\d{1,5}$/.test(port)
    ? undefined
    : { host, port: Number(port) };
}
