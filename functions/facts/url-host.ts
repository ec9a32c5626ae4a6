/** The host of the URL in a command of curl or wget: neither repeats it in all of its messages. */
export function urlHost(command: string | null): string | null {
  return /\bhttps?:\/\/(\[[\da-f:]+\]|[^\s/:'"]+)/i.exec(command ?? '')?.[1] ?? null;
}
