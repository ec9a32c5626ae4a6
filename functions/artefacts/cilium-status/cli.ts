/** What Cilium says of one of its parts. */
export interface Part {
  readonly line: number;
  /** `KVStore`, `Kubernetes`, `DaemonSet cilium`, `cilium-2r8vr`. */
  readonly name: string;
  readonly isFailed: boolean;
  readonly said: string;
}

/** `/¯¯\__/¯¯\    Operator:   OK`: the ornament beside the first lines. */
const ORNAMENT =
  /^[\\/][\\/_¯\s]{1,15}(?:(?:Cilium|Operator|Envoy DaemonSet|Hubble(?: Relay)?|ClusterMesh):\s+\S.{0,120})?$/;
/** `DaemonSet  cilium  Desired: 3, Ready: 2/3, Available: 2/3, Unavailable: 1/3`. */
const WORKLOAD =
  /^(DaemonSet|Deployment)\s+([\w.-]{1,63})\s+(Desired: \d{1,5}(?:, [A-Z][a-z]{2,12}: \d{1,5}\/\d{1,5}){0,4})$/;
const PODS = /^Cluster Pods:\s+\d{1,6}\/\d{1,6} managed by Cilium$/;
/** `Errors:  cilium  cilium-2r8vr  controller … is failing`; the next ones stand below without the word. */
const TROUBLE = /^(?:(Errors|Warnings):\s+)?([\w.-]{1,63})\s{2,}([\w.-]{1,63})\s{2,}(\S.{0,600})$/;
const LIST =
  /^(?:Containers:|Image versions|Helm chart version:)(?:\s+\S.{0,400})?$|^[\w.-]{1,63}\s{2,}(?:(?:Running|Pending|Failed|Succeeded|Unknown): \d{1,5}(?:, )?){1,4}$|^[\w.-]{1,63}\s{2,}\S{3,200}:\S{1,300}: \d{1,5}$|^(?:clustermesh-apiserver|hubble-relay)$/;
/** The workloads' own lines tell it too. */
const COUNTED = /^\d{1,5} pods of (?:DaemonSet|Deployment) \S+ are not ready$/;

/** How sure a line is of being of the cilium CLI's `cilium status` (cilium-cli, status/status.go: Format). */
export function cliStrength(text: string): 'strong' | 'weak' | 'none' {
  if (PODS.test(text) || (text.includes('¯') && ORNAMENT.test(text))) return 'strong';
  if (WORKLOAD.test(text) || /^Errors:\s+cilium/.test(text)) return 'strong';
  return 'none';
}

/** Whether a line may stand below such a line. */
export function isCliPart(text: string): boolean {
  return [ORNAMENT, WORKLOAD, PODS, TROUBLE, LIST].some((shape) => shape.test(text));
}

/** What such a line says; `list` is the list that it stands in, `Errors` or `Warnings`. */
export function cliPart(text: string, line: number, list: string): Part | undefined {
  const [, sort, name = '', counts = ''] = WORKLOAD.exec(text) ?? [];
  if (sort !== undefined) {
    const [, ready, desired] = /Ready: (\d+)\/(\d+)/.exec(counts) ?? [];
    const isFailed = /Unavailable: [1-9]/.test(counts) || Number(ready) < Number(desired);
    return { line, name: `${sort} ${name}`, isFailed, said: counts };
  }
  const [, head = list, , pod, said = ''] = TROUBLE.exec(text) ?? [];
  if (pod === undefined || head !== 'Errors' || COUNTED.test(said)) return undefined;
  return { line, name: pod, isFailed: true, said };
}

/** The list that begins with a line: `Errors`, `Warnings`, or an empty word. */
export function cliList(text: string): string | undefined {
  return /^(Errors|Warnings|Containers|Image versions):?\s/.exec(text)?.[1];
}
