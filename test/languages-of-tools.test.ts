import { describe, expect, test } from 'vitest';
import { told } from './support/told.ts';

/** glibc's words for errors in the language of whoever ran the command, as its own catalogues (libc.mo) have them. */
describe('a connection that failed', () => {
  test.each([
    ['ssh: connect to host 10.0.0.9 port 22: 连接超时', 'timed out'],
    [
      'ssh: connect to host 10.0.0.9 port 22: Die Wartezeit für die Verbindung ist abgelaufen',
      'timed out',
    ],
    ['ssh: connect to host 10.0.0.9 port 22: Connexion refusée', 'is refused'],
    ['ssh: connect to host 10.0.0.9 port 22: ホストへの経路がありません', 'no route to host'],
    ['nc: connect to 10.0.0.9 port 80 (tcp) failed: Conexão recusada', 'is refused'],
    ['curl: (7) Failed to connect to 10.0.0.9 port 80: В соединении отказано', 'is refused'],
    ['curl: (7) Failed to connect to 10.0.0.9 port 80: 連線超過時間', 'timed out'],
    [
      "curl: (7) Failed to connect to 10.0.0.9 port 80: Nessun instradamento per l'host",
      'no route',
    ],
    ['ping: connect: 网络不可达', 'unreachable'],
    ['connect: La red es inaccesible', 'unreachable'],
  ])('is told by %s', async (line, how) => {
    const said = await told(`${line}\n`);
    expect(said).toMatch(/^suspected: /);
    expect(said).toContain(how);
  });
});

describe('a name that was not found', () => {
  test.each([
    ['ping: db.internal: Name or service not known', 'name not resolved'],
    ["ping: bad address 'db.internal'", 'name not resolved'],
    ['ping: unknown host db.internal', 'name not resolved'],
    ['ping: cannot resolve db.internal: Unknown host', 'name not resolved'],
    ['db.internal: Name or service not known', 'name not resolved'],
    ['mtr: Failed to resolve host: db.internal: Name or service not known', 'name not resolved'],
    ['ping: db.internal: Temporary failure in name resolution', 'temporary failure'],
    ['ping: db.internal: Temporärer Fehler bei der Namensauflösung', 'temporary failure'],
    ['ping: db.internal: 未知的名称或服务', 'name not resolved'],
    ['ping: db.internal: Nom ou service inconnu', 'name not resolved'],
  ])('is told by %s', async (line, how) => {
    expect(await told(`${line}\n`)).toMatch(
      new RegExp(`^suspected: The lookup of db\\.internal failed: ${how}`),
    );
  });
  test('by Python names none', async () => {
    expect(await told('socket.gaierror: [Errno -3] 域名解析暂时失败\n')).toMatch(
      /^suspected: The lookup of a name failed: temporary failure/,
    );
  });
});
