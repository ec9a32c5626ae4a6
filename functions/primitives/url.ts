/** Where a command of curl or wget, by its URL, or of openssl s_client connects: they do not repeat it in all of their messages. */
export function urlHost(command: string | null): string | null {
  const [, host] = /\bhttps?:\/\/(\[[\da-f:]+\]|[^\s/:'"]+)/i.exec(command ?? '') ?? [];
  return host ?? connectedTo(command)?.host ?? null;
}

/** The port of that URL, by its scheme where none is written. */
export function urlPort(command: string | null): number | null {
  const [, scheme, port] =
    /\b(https?):\/\/(?:\[[\da-f:]+\]|[^\s/:'"]+)(?::(\d{1,5}))?/i.exec(command ?? '') ?? [];
  if (port !== undefined) return Number(port);
  if (scheme === undefined) return connectedTo(command)?.port ?? null;
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
