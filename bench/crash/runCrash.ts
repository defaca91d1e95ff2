/**
 * Photos through real processes that are killed with SIGKILL, most of them at a named step. The
 * parent keeps what a cloud would keep (stores, queue, hub, endpoint), delivers again what the dead
 * had in hand, and checks the promise at the end.
 */
import { type RandomStream, randomStream } from '../../local/samples/render/random.ts';
import type { PhotoWork } from '../../shared/deferral/photoWork.ts';
import { type Archive, openArchive, refOf } from './archive.ts';
import { camera } from './camera.ts';
import { buildCrewProgram } from './crewProgram.ts';
import { type CrashReport, inspect } from './inspect.ts';
import { shift } from './shift.ts';
import { realTime, type Time } from './time.ts';
import { transport } from './transport.ts';
import type { StoreKind } from './wire.ts';

export interface CrashOptions {
  readonly store: StoreKind;
  readonly photoCount: number;
  /** Processes die until so many had work in hand when they did. */
  readonly killCount: number;
  /** Share of photos announced twice. */
  readonly duplicateRatio: number;
  /** Share of what the dead had in hand that is not delivered again. */
  readonly forgetRatio: number;
  readonly seed: number;
}

const mostPhotosPerDelivery = 8;
const uploadsAtOnce = 32;

export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const random = randomStream(options.seed);
  const [program, archive] = await Promise.all([buildCrewProgram(), openArchive(options.store)]);
  try {
    await uploadAll(archive, options);
    const deliveries = transport(realTime, random, options.forgetRatio);
    for (const works of batches(options, random, realTime))
      deliveries.put({ kind: 'works', works });
    const report = await shift(options, { program: program.file, archive, deliveries, random });
    return await inspect(options.photoCount, archive, report);
  } finally {
    await Promise.all([archive.stop(), program.remove()]);
  }
}

async function uploadAll(archive: Archive, { photoCount, seed }: CrashOptions): Promise<void> {
  const shoot = await camera(seed);
  for (let first = 0; first < photoCount; first += uploadsAtOnce) {
    const count = Math.min(uploadsAtOnce, photoCount - first);
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    await Promise.all(numbers.map((number) => archive.upload(number, shoot(number))));
  }
}

/** Shuffled, some twice (half of those at nearly the same time), in batches of one to eight. */
export function batches(
  { photoCount, duplicateRatio }: Pick<CrashOptions, 'photoCount' | 'duplicateRatio'>,
  random: RandomStream,
  time: Time,
): readonly (readonly PhotoWork[])[] {
  const shuffled = Array.from({ length: photoCount }, (_, number) => ({
    number,
    place: random.next(),
  }));
  const again = shuffled
    .filter(() => random.next() < duplicateRatio)
    .map(({ number, place }) => ({ number, place: random.next() < 0.5 ? place : random.next() }));
  const order = [...shuffled, ...again].toSorted((left, right) => left.place - right.place);
  const made: PhotoWork[][] = [];
  for (let first = 0; first < order.length; ) {
    const count = 1 + random.integer(mostPhotosPerDelivery);
    made.push(order.slice(first, first + count).map(({ number }) => uploadOf(number, time)));
    first += count;
  }
  return made;
}

function uploadOf(photoNumber: number, time: Time): PhotoWork {
  return {
    photo: refOf(photoNumber),
    source: { trigger: 'upload', context: {} },
    firstSeenAtMs: time.nowMs(),
    deferralCount: 0,
    badAnswerCount: 0,
  };
}
