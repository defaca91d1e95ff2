/** Custom events: whole, never sampled, with the operation id of the photo they are about. */
import type { AttributeName } from './attributes.ts';
import { type MeasurementName, stages } from './measurements.ts';

interface EventMeaning {
  readonly meaning: string;
  readonly properties: readonly AttributeName[];
  readonly measurements: readonly MeasurementName[];
}

export const events = {
  'photo.settled': {
    meaning: 'A photo came to its end: predicted, rejected or dead. One for each outcome.',
    properties: [
      'outcome',
      'reason',
      'announcedBy',
      'model',
      'backend',
      'iterationId',
      'expectedIterationId',
      'tag',
      'isUncertain',
      'trigger',
      'lane',
      'site',
      'device',
      'batch',
      'equipmentClass',
      'photo',
      'outcomeKey',
    ],
    measurements: [...stages, 'confidence', 'deferralCount', 'photoBytes'],
  },
  'photo.parked': {
    meaning:
      'A photo waits: told at its 1st, 2nd, 4th, 8th … parking, so that a storm stays small.',
    properties: ['failureClass', 'code', 'model', 'lane', 'site', 'photo', 'outcomeKey'],
    measurements: ['delayMs', 'waitedMs', 'deferralCount'],
  },
  'photo.dead': {
    meaning: 'A photo was given up; `npm run cli -- replay` brings it back.',
    properties: ['reason', 'model', 'site', 'photo', 'outcomeKey'],
    measurements: ['waitedMs', 'deferralCount'],
  },
  'breaker.opened': {
    meaning: 'A process stopped calling the endpoint.',
    properties: ['model', 'failureClass', 'code'],
    measurements: [],
  },
  'breaker.closed': {
    meaning: 'A process calls the endpoint again.',
    properties: ['model'],
    measurements: ['openForMs'],
  },
  'key.refused': {
    meaning:
      'The endpoint refuses one of the two prediction keys; calls go on with the other. Once for each process, and by each probe as long as it lasts.',
    properties: ['model', 'refusedKey'],
    measurements: [],
  },
  'quota.exhausted': {
    meaning: 'The month is spent, or the service says so.',
    properties: ['model'],
    measurements: ['usedThisMonthCount', 'blockedMs'],
  },
  'quota.paused': {
    meaning: 'Somebody stopped all calls.',
    properties: ['model', 'pausedBecause'],
    measurements: [],
  },
} as const satisfies Readonly<Record<string, EventMeaning>>;

export type EventName = keyof typeof events;
