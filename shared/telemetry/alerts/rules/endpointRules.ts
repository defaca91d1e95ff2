/** Alerts about the prediction endpoint: is it there, is it ours to mend, is it fast. */

import { endpointProbe } from '../../catalogue/probes.ts';
import type { AlertRule } from '../alertRule.ts';
import { eventCount, eventP95, failedProbes, share, total } from '../signal.ts';

export const endpointRules = [
  {
    name: 'endpoint-misconfigured',
    question: 'Does the endpoint refuse us until somebody mends a key, a name or a role?',
    severity: 0,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [
      {
        signal: eventCount('openedCount', 'breaker.opened', { failureClass: ['misconfigured'] }),
        operator: '>',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'The endpoint is misconfigured',
    fault: 'the published name is taken away',
  },
  {
    name: 'endpoint-failing',
    question: 'Does the endpoint fail so often that we have stopped calling it?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [
      {
        signal: eventCount('openedCount', 'breaker.opened', { failureClass: ['transient'] }),
        operator: '>',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'The endpoint fails',
    fault: 'the endpoint answers 503',
  },
  {
    name: 'endpoint-unavailable',
    question: 'Does the published endpoint not answer a known photo as it should?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: [],
    conditions: [
      { signal: failedProbes('failedCount', endpointProbe), operator: '>=', threshold: 2 },
    ],
    whenNothingArrives: 'quiet',
    section: 'The endpoint fails',
    fault: 'the endpoint resets every connection',
  },
  {
    name: 'endpoint-slow',
    question: 'Do prediction calls take much longer than they should?',
    severity: 2,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [
      {
        signal: eventP95('predictP95Ms', 'photo.settled', 'predictMs', { outcome: ['predicted'] }),
        operator: '>',
        threshold: 3_000,
      },
      {
        signal: eventCount('predictedCount', 'photo.settled', { outcome: ['predicted'] }),
        operator: '>=',
        threshold: 5,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Photos take long',
    fault: 'the endpoint takes four seconds',
  },
  {
    name: 'key-refused',
    question: 'Does the endpoint refuse one of our two keys, so that all hangs on the other?',
    severity: 2,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model', 'refusedKey'],
    conditions: [{ signal: eventCount('toldCount', 'key.refused'), operator: '>', threshold: 0 }],
    whenNothingArrives: 'quiet',
    section: 'Keys',
    fault: 'the first key is made anew',
  },
  {
    name: 'calls-throttled',
    question: 'Does the endpoint refuse many calls for their number, though the quota is shared?',
    severity: 2,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [
      {
        signal: share('throttledRatio', 'sightglass.prediction.calls', { answer: ['throttled'] }),
        operator: '>',
        threshold: 0.1,
      },
      {
        signal: total('callCount', 'sightglass.prediction.calls'),
        operator: '>=',
        threshold: 20,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Photos wait',
    fault: 'the endpoint answers 429',
  },
] as const satisfies readonly AlertRule[];
