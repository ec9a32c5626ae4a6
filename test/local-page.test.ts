import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { createLocalPage, listenLocally } from '../functions/adapters/local-page.ts';
import type { Source } from '../functions/intake/paste.ts';
import { words } from '../functions/render/words.ts';
import type { Language } from '../functions/report/schema.ts';
import { sampleReports } from './support/sample-reports.ts';

interface Seen {
  sources: readonly Source[];
  language: Language;
}

const catalogue = readCatalogue(join(import.meta.dirname, '..'));
const seen: Seen[] = [];
const failures: unknown[] = [];
const server = createLocalPage({
  async diagnose(sources, language) {
    seen.push({ sources, language });
    if (sources.some(({ text }) => text.includes('break netdx'))) throw new Error('secret paste');
    return sampleReports(language).diagnosed;
  },
  example: [{ name: 'node-a.conntrack-S.txt', text: 'cpu=0 found=1' }],
  catalogue,
  failed: (error) => failures.push(error),
});
let home = '';

beforeAll(async () => {
  home = `http://127.0.0.1:${await listenLocally(server, 38_200)}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('the form', () => {
  it('is served in the language asked for', async () => {
    expect(await textOf('/')).toContain(words.en.formLead);
    expect(await textOf('/?lang=zh')).toContain(words.zh.formLead);
    const asked = await fetch(home, { headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } });
    expect(await asked.text()).toContain(words.zh.formLead);
  });

  it('comes with headers that keep it to itself', async () => {
    const { headers } = await fetch(home);
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  it('shows an example', async () => {
    expect(await textOf('/example?lang=zh')).toContain(sampleReports('zh').diagnosed.headline);
    expect(seen.at(-1)).toEqual({
      sources: [{ name: 'node-a.conntrack-S.txt', text: 'cpu=0 found=1' }],
      language: 'zh',
    });
  });
});

describe('a paste', () => {
  it('is read from a multipart form with files and where they were taken', async () => {
    const form = new FormData();
    form.set('text', 'cpu=0 drop=1\r\ncpu=1 drop=2\r\n');
    form.set('lang', 'zh');
    form.append('file-1', new File(['default via 192.168.4.1'], 'route.txt'));
    form.append('file-1', new File(['4.9.210'], 'uname.txt'));
    form.set('host-1', ' node-b ');
    form.append('file-6', new File(['x'], 'node-c.cni0.tcpdump.txt'));
    const response = await fetch(home, { method: 'POST', body: form });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(sampleReports('zh').diagnosed.headline);
    expect(seen.at(-1)).toEqual({
      language: 'zh',
      sources: [
        { name: null, text: 'cpu=0 drop=1\ncpu=1 drop=2\n' },
        {
          name: 'route.txt',
          text: 'default via 192.168.4.1',
          at: { host: 'node-b', interface: null },
        },
        { name: 'uname.txt', text: '4.9.210', at: { host: 'node-b', interface: null } },
        { name: 'node-c.cni0.tcpdump.txt', text: 'x' },
      ],
    });
  });

  it('is read from an urlencoded form', async () => {
    const response = await post(new URLSearchParams({ text: '丢包 & drop=1' }));
    expect(response.status).toBe(200);
    expect(seen.at(-1)).toEqual({
      sources: [{ name: null, text: '丢包 & drop=1' }],
      language: 'en',
    });
  });

  it('comes back when netdx fails, without the message of the failure', async () => {
    const response = await post(new URLSearchParams({ text: 'break netdx' }));
    const page = await response.text();
    expect(response.status).toBe(500);
    expect(page).toContain(words.en.failedNotice);
    expect(page).toContain('break netdx</textarea>');
    expect(page).not.toContain('secret paste');
    expect(failures).toHaveLength(1);
  });
});

describe('the page of a cause', () => {
  it('is served, and the list that links to it', async () => {
    expect(await textOf('/?lang=zh')).toContain('href="/causes?lang=zh"');
    const list = await textOf('/causes?lang=zh');
    expect(list).toContain('href="causes/mtu-blackhole?lang=zh"');
    const page = catalogue.pages.get('mtu-blackhole');
    expect(await textOf('/causes/mtu-blackhole?lang=zh')).toContain(page?.zh.title);
    expect((await fetch(`${home}/causes/mtu`)).status).toBe(404);
    expect((await fetch(`${home}/causes`, { method: 'POST', body: 'x' })).status).toBe(405);
  });
});

describe('refuses', () => {
  it('an empty form, without asking the core', async () => {
    const before = seen.length;
    const response = await post(new URLSearchParams({ text: ' \n', lang: 'zh' }));
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(words.zh.emptyNotice);
    expect(seen).toHaveLength(before);
  });

  it('a binary file by its name, and an interface without a host', async () => {
    const binary = new FormData();
    binary.append('file-1', new File([new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0])], 'ring.pcap.gz'));
    const refused = await post(binary);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('ring.pcap');
    const hostless = new FormData();
    hostless.append('file-2', new File(['x'], 'capture.txt'));
    hostless.set('interface-2', 'eth0');
    expect(await (await post(hostless)).text()).toContain('capture.txt');
  });

  it('a body above 20 MB, and goes on working', async () => {
    const response = await post(new URLSearchParams({ text: 'x'.repeat(20_000_001) }));
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('20 MB');
    expect((await fetch(home)).status).toBe(200);
  });

  it.each([
    ['multipart/form-data', 'no boundary', 400],
    ['multipart/form-data; boundary=x', '--x\r\nbroken', 400],
    ['application/json', '{}', 415],
  ])('a body of %s that is %s', async (type, body, status) => {
    const response = await fetch(home, { method: 'POST', body, headers: { 'content-type': type } });
    expect(response.status).toBe(status);
    expect(failures).toHaveLength(1);
  });

  it('another name in Host, and a foreign Origin', async () => {
    const port = new URL(home).port;
    expect(await statusFor({ host: `evil.example.com:${port}` })).toBe(421);
    expect(await statusFor({ host: '127.0.0.1' })).toBe(421);
    expect(await statusFor({ host: `localhost:${port}` })).toBe(200);
    expect(await statusFor({ origin: 'http://evil.example.com' })).toBe(421);
    expect(await statusFor({ origin: 'null' })).toBe(421);
    expect(await statusFor({ origin: home })).toBe(200);
  });

  it('other addresses and methods', async () => {
    expect((await fetch(`${home}/etc/passwd`)).status).toBe(404);
    expect((await fetch(`${home}//`)).status).toBe(404);
    expect((await fetch(home, { method: 'PUT', body: 'x' })).status).toBe(405);
  });
});

it('takes the next port when one is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(38_300, '127.0.0.1', resolve));
  const second = createLocalPage({
    diagnose: () => Promise.reject(new Error('unused')),
    example: [],
    catalogue,
    failed: () => {},
  });
  const port = await listenLocally(second, 38_300);
  expect(port).toBeGreaterThan(38_300);
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(page).not.toContain('/example');
  second.close();
  second.closeAllConnections();
  taken.close();
});

async function textOf(path: string): Promise<string> {
  return (await fetch(home + path)).text();
}

function post(body: FormData | URLSearchParams): Promise<Response> {
  return fetch(home, { method: 'POST', body });
}

/** `fetch` sets Host by itself, so this goes below it. */
function statusFor(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${home}/`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}
