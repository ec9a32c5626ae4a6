/** The host of the URL in a command of curl or wget: neither repeats it in all of its messages. */
export function urlHost(command: string | null): string | null {
  return /\bhttps?:\/\/(\[[\da-f:]+\]|[^\s/:'"]+)/i.exec(command ?? '')?.[1] ?? null;
}

/** The port of that URL, by its scheme where none is written. */
export function urlPort(command: string | null): number | null {
  const [, scheme, port] =
    /\b(https?):\/\/(?:\[[\da-f:]+\]|[^\s/:'"]+)(?::(\d{1,5}))?/i.exec(command ?? '') ?? [];
  if (port !== undefined) return Number(port);
  if (scheme === undefined) return null;
  return scheme.toLowerCase() === 'https' ? 443 : 80;
}

/** The port behind a host in a command of telnet, which does not repeat it. */
export function telnetPort(command: string | null): number | null {
  const port = /(?:^|[\s;&|/])telnet\s+(?:-\S+\s+)*[\w.:-]+\s+(\d{1,5})(?:\s|$)/.exec(
    command ?? '',
  )?.[1];
  return port === undefined ? null : Number(port);
}
