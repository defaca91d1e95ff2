/** Alerts about photos: late, stuck, missing, given up, turned away. */
import type { AlertRule } from '../alertRule.ts';
import { eventCount, eventP95, eventShare, largest, smallest } from '../signal.ts';

const predictedLive = { outcome: ['predicted'], lane: ['live', 'line'] } as const;

export const photoRules = [
  {
    name: 'photos-late',
    question: 'Do photos take longer than two minutes from arrival to result?',
    severity: 2,
    windowMinutes: 15,
    everyMinutes: 5,
    by: [],
    conditions: [
      {
        signal: eventP95('endToEndP95Ms', 'photo.settled', 'endToEndMs', predictedLive),
        operator: '>',
        threshold: 120_000,
      },
      {
        signal: eventCount('predictedCount', 'photo.settled', predictedLive),
        operator: '>=',
        threshold: 5,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Photos take long',
    fault: 'upload events come minutes after their photos',
  },
  {
    name: 'photos-stall',
    question: 'Is work due for ten minutes while nothing at all gets done?',
    severity: 0,
    windowMinutes: 15,
    everyMinutes: 5,
    by: [],
    conditions: [
      {
        signal: largest('overdueSeconds', 'sightglass.parked.overdue'),
        operator: '>',
        threshold: 600,
      },
      { signal: eventCount('settledCount', 'photo.settled'), operator: '==', threshold: 0 },
    ],
    whenNothingArrives: 'quiet',
    section: 'Work is due and nothing gets done',
    fault: 'the endpoint hangs while parked photos are overdue',
  },
  {
    name: 'photos-missing',
    question: 'Are there stored photos that no event ever brought?',
    severity: 1,
    windowMinutes: 120,
    everyMinutes: 30,
    by: [],
    conditions: [
      {
        signal: largest('missingCount', 'sightglass.photos.accounted', { photoState: ['missing'] }),
        operator: '>',
        threshold: 5,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Photos that no event ever brought',
    fault: 'upload events are dropped',
  },
  {
    name: 'photos-unreadable',
    question: 'Are there photos whose ledger can’t be read, so that nobody knows how they stand?',
    severity: 1,
    windowMinutes: 120,
    everyMinutes: 30,
    by: [],
    conditions: [
      {
        signal: largest('unreadableCount', 'sightglass.photos.accounted', {
          photoState: ['unreadable'],
        }),
        operator: '>',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Photos that no event ever brought',
    fault: 'somebody writes over entries of the ledger',
  },
  {
    name: 'photos-dead',
    question: 'Were photos given up?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['reason'],
    conditions: [{ signal: eventCount('deadCount', 'photo.dead'), operator: '>', threshold: 0 }],
    whenNothingArrives: 'quiet',
    section: 'Photos that were given up',
    fault: 'the host gives up on a parked message',
  },
  {
    name: 'messages-poisoned',
    question: 'Do poison queues keep messages that nobody settles?',
    severity: 1,
    windowMinutes: 30,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: smallest('poisonedCount', 'sightglass.poisoned.messages'),
        operator: '>',
        threshold: 0,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'Poison queues do not empty',
    fault: 'a poison message that nobody can take',
  },
  {
    name: 'photos-rejected',
    question: 'Is more than a fifth of the photos turned away?',
    severity: 2,
    windowMinutes: 60,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: eventShare('rejectedRatio', 'photo.settled', { outcome: ['rejected'] }),
        operator: '>',
        threshold: 0.2,
      },
      { signal: eventCount('settledCount', 'photo.settled'), operator: '>=', threshold: 20 },
    ],
    whenNothingArrives: 'quiet',
    section: 'Many photos are turned away',
    fault: 'a sender uploads what is no photo',
  },
] as const satisfies readonly AlertRule[];
