/**
 * Who reads a partition in a consumer group. Readers with an owner level push each other out;
 * those without share the partition, up to a limit, while nobody holds it.
 */
import { Refusal } from './refusal.ts';

export interface Reader {
  /** `consumerGroup/partition`, lower case. */
  readonly seat: string;
  /** As the reader calls itself; the texts name it. */
  readonly name: string | undefined;
  /** Level 0 is an owner too: the load balancer reads with it. */
  readonly ownerLevel: number | undefined;
  /** Closes the reader's link with the reason. */
  evict(reason: Refusal): void;
}

export interface ReaderTable {
  /** Takes the seat or throws; pushes out whom the newcomer outranks. */
  admit(reader: Reader): void;
  leave(reader: Reader): void;
}

/** Source: Microsoft Learn, "Azure Event Hubs quotas and limits", read 2026-11-23. */
const maxReaderCount = 5;

function stolen(text: string): Refusal {
  return new Refusal('amqp:link:stolen', `${text} TrackingId:local`);
}

/** A reader without a name is called so by the service. */
function named({ name }: Reader): string {
  return `'${name ?? 'nil'}'`;
}

/** Source of the texts: traces of the service in Azure/azure-sdk-for-java issues 26583, 12483. */
function mustOutrank(reader: Reader, holder: Reader): void {
  const { ownerLevel: level } = reader;
  const { ownerLevel: held = 0 } = holder;
  if (level === undefined) {
    throw stolen(
      `At least one receiver for the endpoint is created with epoch of '${held}', and so ` +
        'non-epoch receiver is not allowed.',
    );
  }
  if (level < held) {
    throw stolen(
      `Receiver ${named(holder)} with a higher epoch '${held}' already exists. ` +
        `Receiver ${named(reader)} with epoch ${level} cannot be created.`,
    );
  }
}

function disconnected(reader: Reader, current: Reader): Refusal {
  return stolen(
    `New receiver ${named(reader)} with higher epoch of '${reader.ownerLevel}' is created hence ` +
      `current receiver ${named(current)} with epoch '${current.ownerLevel ?? 0}' is getting ` +
      'disconnected.',
  );
}

function tooMany(seated: readonly Reader[]): Refusal {
  const names = seated.map(({ name }) => name ?? 'nil').join(', ');
  return new Refusal(
    'amqp:resource-limit-exceeded',
    'Exceeded the maximum number of allowed receivers per partition in a consumer group which ' +
      `is ${maxReaderCount}. List of connected receivers - ${names}. TrackingId:local`,
  );
}

export function readerTable(): ReaderTable {
  const readers = new Set<Reader>();
  return {
    admit(reader) {
      const seated = [...readers].filter(({ seat }) => seat === reader.seat);
      const holder = seated.find(({ ownerLevel }) => ownerLevel !== undefined);
      if (holder) mustOutrank(reader, holder);
      if (reader.ownerLevel === undefined && seated.length >= maxReaderCount) throw tooMany(seated);
      readers.add(reader);
      if (reader.ownerLevel === undefined) return;
      for (const outranked of seated) {
        readers.delete(outranked);
        outranked.evict(disconnected(reader, outranked));
      }
    },
    leave: (reader) => {
      readers.delete(reader);
    },
  };
}
