/**
 * Deliveries as triggers make them: at least once, in no order, some twice. What was not acknowledged
 * comes again, but for a share that is forgotten: only the sweep can find those.
 */
import type { RandomStream } from '../../local/samples/render/random.ts';
import { deferredMessageSchema } from '../../shared/deferral/deferredPhoto.ts';
import { photoNumberNamed } from './photoNames.ts';
import type { Time } from './time.ts';
import type { Load } from './wire.ts';

export interface Delivery {
  readonly deliveryId: number;
  readonly load: Load;
}

export interface Transport {
  put(load: Load): void;
  /** As the deferred queue does: seen again once the delay is over. */
  park(text: string, delayMs: number): void;
  /** @returns `undefined` where nothing is due. */
  take(): Delivery | undefined;
  acknowledge(deliveryId: number): void;
  /** Its process died: the delivery comes again, or is forgotten. */
  abandon(deliveryId: number): void;
  /** Nothing waits, is parked or is under way. */
  isEmpty(): boolean;
  /** Called whenever something becomes due. */
  onDue(listener: () => void): void;
}

export function transport(time: Time, random: RandomStream, forgetRatio: number): Transport {
  /** What comes back overtakes what is new: queues and partitions of their own carry it. */
  const back: Load[] = [];
  const fresh: Load[] = [];
  const underWay = new Map<number, Load>();
  let parkedCount = 0;
  let deliveryCount = 0;
  let listener = () => {};

  function put(load: Load, line: Load[]): void {
    line.push(load);
    listener();
  }

  return {
    // A sweep comes by a timer of its own: it never waits behind photos.
    put: (load) => put(load, load.kind === 'sweep' ? back : fresh),
    park(text, delayMs) {
      parkedCount += 1;
      time.after(delayMs, () => {
        parkedCount -= 1;
        put({ kind: 'message', text }, back);
      });
    },
    take() {
      const load = back.shift() ?? fresh.shift();
      if (load === undefined) return undefined;
      deliveryCount += 1;
      underWay.set(deliveryCount, load);
      return { deliveryId: deliveryCount, load };
    },
    acknowledge: (deliveryId) => void underWay.delete(deliveryId),
    abandon(deliveryId) {
      const load = underWay.get(deliveryId);
      underWay.delete(deliveryId);
      // A parked message is a queue's: queues do not forget. The next sweep comes by itself.
      const isForgotten = load?.kind === 'works' && random.next() < forgetRatio;
      if (load && load.kind !== 'sweep' && !isForgotten) put(load, back);
    },
    isEmpty: () => back.length + fresh.length === 0 && underWay.size === 0 && parkedCount === 0,
    onDue(called) {
      listener = called;
    },
  };
}

export function photoNumbersOf(load: Load): readonly number[] {
  return photosOf(load).map(({ blobName }) => photoNumberNamed(blobName));
}

function photosOf(load: Load) {
  if (load.kind === 'sweep') return [];
  const works =
    load.kind === 'works' ? load.works : deferredMessageSchema.parse(JSON.parse(load.text)).photos;
  return works.map(({ photo }) => photo);
}
