import { parseAddress } from '../../primitives/address.ts';
import { parseMac } from '../../primitives/mac.ts';
import { nothingOf } from '../links.ts';
import { maskLength } from './ifconfig.ts';
import type { AddressedLink, DeviceAddress } from './read.ts';

/** `Windows IP Configuration`, in English, Chinese, German, French, Spanish and Portuguese. */
const TITLE =
  /^(?:Windows IP Configuration|Windows IP 配置|Windows-IP-Konfiguration|Configuration IP de Windows|Configuración IP de Windows|Configuração de IP do Windows)$/;
/** `Ethernet adapter Ethernet0:`, `以太网适配器 以太网:`, `Ethernet-Adapter Ethernet:`. */
const ADAPTER =
  /^(?:(?:Ethernet|Wireless LAN|PPP|Tunnel|Unknown|Mobile Broadband) adapter|\S{2,12}适配器|(?:Ethernet|Drahtlos-LAN|PPP|Tunnel|Unbekannter)-?\s?[Aa]dapter|Carte (?:Ethernet|réseau sans fil|Tunnel|PPP)|Adaptador (?:de Ethernet|de LAN inalámbrica|de túnel|PPP|Ethernet|de Rede sem Fio)) (.{1,60}?) ?:$/;
/** `IPv4 Address. . . . . . . . . . . : 10.20.7.31(Preferred)`: a name, its row of dots, a value. */
const FIELD = /^(\S.{0,44}?) ?(?:\. ){1,40}\.?: ?(.{0,200})$/;
/** So many dots in a row stand in no other output. */
const DOTS = ' . . . . ';
/** A second value of the field above stands alone. */
const VALUE =
  /^(?:[\d.]{7,15}|[\da-fA-F:]{3,39}(?:%\d{1,4})?(?:\([^)]{2,20}\))?|(?=[\w-]{0,63}\.)[\w.-]{1,253})$/;
const V4 =
  /^(?:(?:IPv4|IP|Autoconfiguration IPv4|自动配置 IPv4)[ -]?(?:Address|地址|Adresse)|(?:Adresse|Dirección|Endereço) IPv4|Adresse d.autoconfiguration IPv4)/;
const V6 =
  /^(?:Link-local IPv6|Temporary IPv6|IPv6|本地链接 IPv6|临时 IPv6|Verbindungslokale IPv6)[ -]?(?:Address|地址|Adresse)|^(?:Adresse|Dirección|Endereço) IPv6|^Vínculo: dirección IPv6 local/;
const MASK =
  /^(?:Subnet Mask|子网掩码|Subnetzmaske|Masque de sous-réseau|Máscara de (?:subred|sub-rede|sub-red))$/;
const MAC =
  /^(?:Physical Address|物理地址|Physische Adresse|Adresse physique|Dirección física|Endereço físico)$/;
const MEDIA = /^(?:Media State|媒体状态|Medienstatus|Statut du média|Estado de los medios)$/;
const NO_MEDIA =
  /^(?:Media disconnected|媒体已断开(?:连接)?|Medium getrennt|Média déconnecté|medios desconectados)$/;

/** Whether a line is one that only `ipconfig` prints. */
export function isIpconfig(text: string): boolean {
  if (TITLE.test(text) || ADAPTER.test(text)) return true;
  return `${text} `.includes(DOTS.trimStart()) && FIELD.test(text);
}

/** Whether a line may stand below one of `ipconfig`. */
export function isIpconfigPart(text: string): boolean {
  return isIpconfig(text) || FIELD.test(text) || VALUE.test(text);
}

/** An adapter without link, and the line that says so. */
interface Unplugged {
  readonly line: number;
  readonly name: string;
}

type Draft = { -readonly [K in keyof AddressedLink]: AddressedLink[K] } & {
  readonly addresses: DeviceAddress[];
};

/** Reads `ipconfig` and `ipconfig /all` (Windows 7 to 11, Server); undefined when no adapter is in it. */
export function parseIpconfig(lines: readonly string[]) {
  const drafts: Draft[] = [];
  const unread: number[] = [];
  const unplugged: Unplugged[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const line = index + 1;
    const name = ADAPTER.exec(text)?.[1];
    if (name !== undefined) drafts.push({ ...nothingOf(line, name), addresses: [] });
    else if (!isIpconfigPart(text)) unread.push(line);
    else {
      if (isUnplugged(text)) unplugged.push({ line, name: drafts.at(-1)?.name ?? '' });
      take(drafts.at(-1), text, line);
    }
  }
  return drafts.length === 0
    ? undefined
    : {
        content: {
          links: drafts.map((draft): AddressedLink => draft),
          windows: { isWhole: lines.some((line) => TITLE.test(line.trim())), unplugged },
        },
        unread,
        truncated: false,
      };
}

function isUnplugged(text: string): boolean {
  const [, name = '', value = ''] = FIELD.exec(text) ?? [];
  return MEDIA.test(name.trim()) && NO_MEDIA.test(value.trim());
}

function take(draft: Draft | undefined, text: string, line: number): void {
  const [, field = '', value = ''] = FIELD.exec(text) ?? [];
  const name = field.trim();
  if (draft === undefined) return;
  draft.lastLine = line;
  if (MAC.test(name)) draft.mac = parseMac(value.trim()) ?? null;
  else if (MASK.test(name)) setLength(draft, maskLength(value.trim()));
  else if (V4.test(name) || V6.test(name)) {
    const address = value.trim().replace(/(?:%\d+)?(?:\([^)]*\))?$/, '');
    if (parseAddress(address) === undefined) return;
    const rest = { length: null, peer: null, scope: null, flags: [], label: null };
    draft.addresses.push({ line, address, ...rest });
  }
}

/** The mask stands below its address. */
function setLength(draft: Draft, length: number | null): void {
  const at = draft.addresses.length - 1;
  const last = draft.addresses[at];
  if (last !== undefined) draft.addresses[at] = { ...last, length };
}
