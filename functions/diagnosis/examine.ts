import type { Evidence } from '../artefacts/evidence.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { type Ask, asksFor } from './asks.ts';
import { type Compared, compareReadings } from './compared.ts';
import { type Harmless, harmlessIn } from './harmless.ts';
import { type Finding, judge, type Refuted } from './judge.ts';
import { refutedByPlace } from './place.ts';
import { type Outdone, rankFindings, rankRefuted } from './rank.ts';
import { type Symptom, symptomsIn } from './symptoms.ts';
import { vantagesOf } from './vantage.ts';

/** Everything that evidence shows, in codes and values; words come later. */
export interface Diagnosis {
  readonly evidence: readonly Evidence[];
  readonly following: Following;
  readonly losses: readonly Loss[];
  readonly findings: readonly Finding[];
  readonly outdone: readonly Outdone[];
  readonly refuted: readonly Refuted[];
  readonly asks: readonly Ask[];
  readonly compared: Compared | null;
  readonly harmless: readonly Harmless[];
  readonly symptoms: readonly Symptom[];
}

/** Diagnoses evidence by the rules of a catalogue. The same evidence gives the same diagnosis. */
export async function examine(
  evidence: readonly Evidence[],
  catalogue: Catalogue,
): Promise<Diagnosis> {
  const { following, losses, vantages } = vantagesOf(evidence, catalogue.kernelFixes);
  const judgement = await judge(vantages, catalogue);
  const { findings, outdone } = rankFindings(judgement, catalogue);
  const symptoms = symptomsIn(evidence, following);
  const elsewhere = refutedByPlace(vantages, judgement.findings, catalogue);
  const told = { ...judgement, refuted: [...judgement.refuted, ...elsewhere] };
  return {
    evidence,
    following,
    losses,
    findings,
    outdone,
    refuted: rankRefuted(told, [...findings, ...outdone.map(({ finding }) => finding)]),
    asks: asksFor({ ...told, symptoms }, findings, vantages, evidence, catalogue),
    compared: compareReadings(evidence),
    harmless: await harmlessIn(vantages, findings, catalogue),
    symptoms,
  };
}
