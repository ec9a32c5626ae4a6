import type { Language } from '../../report/schema.ts';

interface Words {
  readonly causes: string;
  readonly lead: string;
  readonly all: string;
  readonly makeSure: string;
  readonly remedy: string;
  readonly orElse: string;
  readonly notFound: string;
  readonly notFoundLead: string;
  readonly nearest: string;
  readonly failed: string;
  /** For pages that an organisation filed under nothing. */
  readonly otherArea: string;
  readonly areas: Readonly<Record<string, string>>;
}

/** The fixed words of a cause's page and of the list of causes. */
export const causeWords = {
  en: {
    causes: 'What can be wrong',
    lead: 'Every cause that netdx can find. Search this page for a word of the trouble, a counter or a tool.',
    all: 'All causes',
    makeSure: 'Make sure that it is this:',
    remedy: 'Then do',
    orElse: 'or',
    notFound: 'There is no such page',
    notFoundLead: 'No cause has this name:',
    nearest: 'Nearest to it',
    failed: 'The page cannot be shown. The fault is ours and stands in the log.',
    otherArea: 'Other',
    areas: {
      cloud: 'Cloud limits',
      conntrack: 'Connection tracking',
      dns: 'DNS',
      firewall: 'Firewall',
      host: 'Host',
      kubernetes: 'Kubernetes',
      overlay: 'Overlay and tunnels',
      path: 'Path between hosts',
      routing: 'Routing and neighbours',
      tcp: 'TCP',
    },
  },
  zh: {
    causes: '可能的故障原因',
    lead: 'netdx 能查出的全部原因。可以在本页搜索现象、计数器或工具名。',
    all: '全部原因',
    makeSure: '先确认是不是它：',
    remedy: '然后',
    orElse: '或',
    notFound: '没有这个页面',
    notFoundLead: '没有叫这个名字的原因：',
    nearest: '相近的原因',
    failed: '页面无法显示。问题出在我们这边，已记入日志。',
    otherArea: '其他',
    areas: {
      cloud: '云上限额',
      conntrack: '连接跟踪',
      dns: 'DNS',
      firewall: '防火墙',
      host: '主机',
      kubernetes: 'Kubernetes',
      overlay: 'Overlay 与隧道',
      path: '主机之间的路径',
      routing: '路由与邻居',
      tcp: 'TCP',
    },
  },
} as const satisfies Record<Language, Words>;

/** What an area is called; an organisation's own area is called what its folder is. */
export function areaName(language: Language, area: string): string {
  const { areas, otherArea }: Words = causeWords[language];
  return area === '' ? otherArea : (areas[area] ?? area);
}
