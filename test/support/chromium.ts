import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where distributions put it; `CHROMIUM` names another place. */
const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A Chromium of this machine's, or null. */
export const installedChromium = PLACES.find((path) => path !== '' && existsSync(path)) ?? null;

/** Starts it without a window. As root it refuses to start with its sandbox; what it shows here is ours. */
export function openChromium(path: string): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath: path, args: root ? ['--no-sandbox'] : [] });
}
