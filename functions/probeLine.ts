/** The probe's line in the log: what the endpoint answered, and the page that says what to do. */
import type { Probe } from '../shared/pipeline/probeEndpoint.ts';

type Told = Extract<Probe, { kind: 'told' }>;

export function probeLine(probe: Told): string {
  const see = `docs/runbook.md#${pageOf(probe)}`;
  return JSON.stringify({ endpoint: probe.message, see });
}

function pageOf({ isAvailable, failureClass }: Told): string {
  // Said of an available one only where it refuses a key.
  if (isAvailable) return 'keys';
  if (failureClass === 'misconfigured') return 'the-endpoint-is-misconfigured';
  if (failureClass === 'quotaExhausted') return 'the-months-calls-are-spent';
  return 'the-endpoint-fails';
}
