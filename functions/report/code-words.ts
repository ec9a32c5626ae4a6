import { outcomes } from './outcome-words.ts';
import type { Language } from './schema.ts';

type Words = Record<Language, Readonly<Record<string, string>>>;

/** How far an ssh connection got: what stands after "gets to". */
const stages: Words = {
  en: {
    connecting: 'the attempt to connect',
    connected: 'the connection',
    banner: 'the exchange of version banners',
    'key-exchange': 'the start of the key exchange',
    'key-exchange-reply': "the wait for the server's part of the key exchange",
    'new-keys': 'the agreed keys',
    authenticating: 'the login',
    authenticated: 'a login that succeeded',
    session: 'the session',
  },
  zh: {
    connecting: '正在连接',
    connected: '已连上',
    banner: '交换版本标识',
    'key-exchange': '密钥交换开始',
    'key-exchange-reply': '等待服务器的密钥交换应答',
    'new-keys': '密钥已商定',
    authenticating: '正在登录',
    authenticated: '登录成功',
    session: '会话已建立',
  },
};

const schedules: Words = {
  en: { linear: 'once a second, then doubling: Linux 6.5 or later', doubling: 'doubling gaps' },
  zh: { linear: '先每秒一次，再逐次加倍，即 Linux 6.5 及以后', doubling: '间隔逐次加倍' },
};

const refusals: Words = {
  en: { 'not-yet-valid': 'not valid yet', expired: 'expired' },
  zh: { 'not-yet-valid': '还没到生效时间', expired: '已经过期' },
};

/** The facts whose values are codes, not words: what people read instead. */
const WORDS: Readonly<Record<string, Words>> = {
  'attempt.outcome': outcomes,
  'ssh-error.outcome': outcomes,
  'ssh-error.stage': stages,
  'dated-certificate.refused': refusals,
  'tcp-connect.schedule': schedules,
};

/** A fact's value as people read it; one that is no code stays as it is. */
export function worded(fact: string, value: string, language: Language): string {
  return WORDS[fact]?.[language][value] ?? value;
}
