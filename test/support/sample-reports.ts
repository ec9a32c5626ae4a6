import { type Language, type Report, reportSchema } from '../../functions/report/schema.ts';
import { confirmedLoss } from './sample-loss.ts';

/** One report of each status as the core would make it, in a language; every one passes the schema. */
export function sampleReports(language: Language): Readonly<Record<Report['status'], Report>> {
  const say = (en: string, zh: string) => (language === 'zh' ? zh : en);
  const bare = bareReport(language);
  return {
    diagnosed: confirmedLoss(language),
    suspected: reportSchema.parse({ ...bare, ...suspected(say) }),
    resolved: reportSchema.parse({ ...bare, ...resolved(say) }),
    healthy: reportSchema.parse({ ...bare, ...healthy(say) }),
    unrecognised: reportSchema.parse({ ...bare, ...unrecognised(say) }),
  };
}

/** Every sample in both languages, named for `describe.each`. */
export function everyReport(): readonly { readonly name: string; readonly report: Report }[] {
  return (['en', 'zh'] as const).flatMap((language) =>
    Object.entries(sampleReports(language)).map(([status, report]) => ({
      name: `${status}, ${language}`,
      report,
    })),
  );
}

/** Every text of a report that no face may lose: all but ids, and unread lines beyond the first five. */
export function textsOf(report: Report): readonly string[] {
  const quotes = (evidence: Report['findings'][number]['evidence']) =>
    evidence.flatMap(({ quote, says, line }) => [quote, says, `:${line}`]);
  return [
    report.headline,
    ...report.findings.flatMap((finding) => [
      finding.title,
      finding.summary,
      ...quotes(finding.evidence),
      ...finding.not_this_when,
      ...finding.sources,
      ...(finding.runbook === null ? [] : [finding.runbook]),
      ...finding.remedies.flatMap(({ key: _, ...remedy }) => Object.values(remedy).flat()),
    ]),
    ...report.vanished.flatMap(({ flow, qname, seen, id }) => [flow, qname, seen.time, String(id)]),
    ...report.clocks.flatMap(({ host, ahead_ms }) => [host, String(Math.abs(ahead_ms))]),
    ...report.path.flatMap((hop) => [hop.host, hop.interface, String(hop.packets)]),
    ...report.ruled_out.flatMap(({ cause, title, because, evidence }) => [
      cause,
      title,
      because,
      ...quotes(evidence),
    ]),
    ...report.harmless.flatMap(({ says, evidence }) => [says, ...quotes(evidence)]),
    ...report.ask.flatMap(({ command, host, why, settles }) => [command, host, why, ...settles]),
    ...(report.compared === null
      ? []
      : [
          report.compared.says,
          ...report.compared.rows.flatMap((row) => [
            row.counter,
            String(row.before),
            String(row.after),
          ]),
        ]),
    ...report.artefacts.flatMap(({ kind, summary, source, warnings }) => [
      kind,
      summary,
      source,
      ...warnings,
    ]),
    ...report.coverage.unread.slice(0, 5).map(({ quote }) => quote),
  ].filter((text) => text !== null);
}

type Say = (en: string, zh: string) => string;

const cpu0 =
  'cpu=0   \tfound=91 invalid=0 insert=0 insert_failed=37 drop=37 early_drop=0 error=0 search_restart=4 ';

function bareReport(language: Language) {
  return {
    schema: 'netdx.report/1',
    language,
    artefacts: [],
    findings: [],
    vanished: [],
    unanswered: [],
    clocks: [],
    path: [],
    ladder: null,
    ruled_out: [],
    harmless: [],
    ask: [],
    compared: null,
    coverage: { lines: 0, read: 0, unread: [], unread_total: 0 },
  };
}

function counters(say: Say) {
  return {
    id: 'a1',
    kind: 'conntrack-stats',
    host: 'node-b',
    interface: null,
    lines: [1, 2],
    source: null,
    summary: say('2 CPUs', '2 个 CPU'),
    warnings: [],
  };
}

function askUname(say: Say) {
  return {
    command: 'uname -rv',
    host: 'node-b',
    why: say(
      'tells whether this kernel resolves the clash by itself',
      '判断该内核是否会自行化解冲突',
    ),
    settles: ['conntrack-race-plain'],
  };
}

function suspected(say: Say) {
  return {
    status: 'suspected',
    headline: say(
      'node-b may drop packets when two of one flow race into conntrack; two more outputs will tell.',
      'node-b 可能在同一条流的两个报文争抢连接跟踪表项时丢包，还差两份输出才能判定。',
    ),
    artefacts: [counters(say)],
    findings: [
      {
        cause: 'conntrack-race-plain',
        title: say('Two packets race for one conntrack entry', '两个报文争抢同一条连接跟踪表项'),
        summary: say(
          '`insert_failed` equals `drop`, which fits the race.',
          '`insert_failed` 与 `drop` 相等，符合争抢的特征。',
        ),
        role: 'root-cause',
        confidence: 'possible',
        where: null,
        evidence: [
          {
            artefact: 'a1',
            line: 1,
            quote: cpu0,
            says: say(
              '37 inserts failed, 37 packets were dropped',
              '插入失败 37 次，丢弃 37 个报文',
            ),
          },
        ],
        not_this_when: [],
        remedies: [],
        runbook: null,
        sources: [],
      },
    ],
    ask: [
      askUname(say),
      {
        command: "timeout 30 tcpdump -nnvi any -c 2000 'udp port 53'",
        host: null,
        why: say('shows on which interface the query is last seen', '看查询报文最后出现在哪个接口'),
        settles: ['conntrack-race-plain', 'conntrack-race-dnat'],
      },
    ],
    coverage: { lines: 2, read: 2, unread: [], unread_total: 0 },
  };
}

function resolved(say: Say) {
  return {
    status: 'resolved',
    headline: say(
      'node-b no longer loses packets: inserts still clash, but none has been dropped since the upgrade.',
      'node-b 已不再丢包：升级之后插入仍会冲突，但没有报文被丢弃。',
    ),
    artefacts: [counters(say), { ...counters(say), id: 'a2', lines: [4, 5] }],
    findings: [
      {
        cause: 'conntrack-race-plain',
        title: say('Two packets race for one conntrack entry', '两个报文争抢同一条连接跟踪表项'),
        summary: say(
          'The new kernel resolves the clash instead of dropping.',
          '新内核会化解冲突，不再丢弃报文。',
        ),
        role: 'resolved',
        confidence: 'confirmed',
        where: null,
        evidence: [
          {
            artefact: 'a2',
            line: 4,
            quote: cpu0.replace('drop=37', 'drop=0'),
            says: say('inserts fail and nothing is dropped', '插入仍有失败，但没有丢弃'),
          },
        ],
        not_this_when: [],
        remedies: [],
        runbook: null,
        sources: [],
      },
    ],
    compared: {
      before: 'a1',
      after: 'a2',
      says: say('The second reading was taken after a reboot.', '第二次读数在重启之后。'),
      rows: [
        { counter: 'insert_failed', before: 74, after: 52, change: null },
        { counter: 'drop', before: 74, after: 0, change: null },
      ],
    },
    coverage: { lines: 5, read: 5, unread: [], unread_total: 0 },
  };
}

function healthy(say: Say) {
  return {
    status: 'healthy',
    headline: say('Nothing in what you pasted is wrong.', '贴出来的内容里没有发现异常。'),
    artefacts: [counters(say)],
    ruled_out: [
      {
        cause: 'conntrack-table-full',
        title: say('The conntrack table is full', '连接跟踪表满'),
        explained_by: null,
        because: say(
          'no entry was thrown out early and the kernel logged no full table',
          '没有提前淘汰的表项，内核也没有报表满',
        ),
        evidence: [
          {
            artefact: 'a1',
            line: 2,
            quote: 'cpu=1   found=80 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0',
            says: 'early_drop = 0',
          },
        ],
      },
    ],
    ask: [askUname(say)],
    coverage: { lines: 2, read: 2, unread: [], unread_total: 0 },
    timing: { parse_ms: 1.2, rules_ms: 3.4, total_ms: 5 },
  };
}

function unrecognised(say: Say) {
  return {
    status: 'unrecognised',
    headline: say(
      'No command output was recognised in these 2 lines.',
      '这 2 行里没有识别出任何命令输出。',
    ),
    ask: [
      {
        command: 'conntrack -S',
        host: null,
        why: say('shows whether the kernel drops packets', '看内核有没有丢包'),
        settles: [],
      },
    ],
    coverage: {
      lines: 2,
      read: 0,
      unread: [
        { source: null, line: 1, quote: 'hello, the cluster is slow again' },
        { source: null, line: 2, quote: '有人在吗？' },
      ],
      unread_total: 2,
    },
  };
}
