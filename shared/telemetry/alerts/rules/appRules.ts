/** Alerts about the app itself: readers behind, crashes not cleared up, errors, its own silence. */
import type { AlertRule } from '../alertRule.ts';
import { largest, rowCount, smallest, total } from '../signal.ts';

export const appRules = [
  {
    name: 'readers-behind',
    question: 'Are the readers of a hub far behind, and not catching up?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['hub', 'partition'],
    conditions: [
      { signal: smallest('lagCount', 'sightglass.events.lag'), operator: '>', threshold: 500 },
    ],
    whenNothingArrives: 'quiet',
    section: 'Readers of camera events are behind',
    fault: 'the hub holds back deliveries',
  },
  {
    name: 'claims-old',
    question: 'Does the ledger hold claims that a sweep should have ended long ago?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: [],
    conditions: [
      {
        signal: largest('oldestSeconds', 'sightglass.ledger.oldest'),
        operator: '>',
        threshold: 1_800,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'What crashes left',
    fault: 'a claim of half an hour ago that is not ours',
  },
  {
    name: 'sweeps-failing',
    question: 'Does the sweep meet claims that it can’t see to, again and again?',
    severity: 2,
    windowMinutes: 30,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: total('failedCount', 'sightglass.ledger.swept', { sweepAction: ['failed'] }),
        operator: '>=',
        threshold: 3,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'What crashes left',
    fault: 'a claim of half an hour ago that is not ours',
  },
  {
    name: 'invocations-failing',
    question: 'Do invocations of a function end in errors?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['function'],
    conditions: [
      {
        signal: total('failedCount', 'sightglass.invocations.failed'),
        operator: '>=',
        threshold: 5,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Invocations fail',
    fault: 'storage is busy wherever claims are listed',
  },
  {
    name: 'telemetry-silent',
    question: 'Has the app said nothing for half an hour, so that all other alerts are blind?',
    severity: 0,
    windowMinutes: 30,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: rowCount('readingCount', 'sightglass.parked.messages'),
        operator: '==',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'fires',
    section: 'Telemetry is silent',
    fault: 'the ingestion endpoint answers 503',
  },
  {
    name: 'telemetry-dropping',
    question: 'Are telemetry records lost before they are sent?',
    severity: 2,
    windowMinutes: 30,
    everyMinutes: 15,
    by: ['recordKind'],
    conditions: [
      {
        signal: total('droppedCount', 'sightglass.telemetry.dropped'),
        operator: '>',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Telemetry is silent',
    fault: 'the ingestion endpoint answers 400',
  },
] as const satisfies readonly AlertRule[];
