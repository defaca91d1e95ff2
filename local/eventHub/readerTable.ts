/**
 * Who reads a partition in a consumer group. Readers with an owner level push each other out;
 * those without share the partition, up to a limit, while nobody holds it.
 */
import { Refusal } from './refusal.ts';

export interface Reader {
  /** `consumerGroup/partition`, lower case. */
  readonly seat: string;
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

function mustOutrank(level: number | undefined, holder: number): void {
  if (level === undefined) {
    throw stolen(`Receiver with epoch '${holder}' exists, so one without epoch is not allowed.`);
  }
  if (level < holder) {
    throw stolen(`Receiver with a higher epoch '${holder}' already exists, not '${level}'.`);
  }
}

export function readerTable(): ReaderTable {
  const readers = new Set<Reader>();
  return {
    admit(reader) {
      const seated = [...readers].filter(({ seat }) => seat === reader.seat);
      const holder = seated.find(({ ownerLevel }) => ownerLevel !== undefined);
      if (holder?.ownerLevel !== undefined) mustOutrank(reader.ownerLevel, holder.ownerLevel);
      if (reader.ownerLevel === undefined && seated.length >= maxReaderCount) {
        throw new Refusal(
          'amqp:resource-limit-exceeded',
          `A consumer group allows ${maxReaderCount} receivers per partition.`,
        );
      }
      readers.add(reader);
      if (reader.ownerLevel === undefined) return;
      const reason = stolen(
        `New receiver with higher epoch of '${reader.ownerLevel}' is created hence current ` +
          `receiver with epoch '${holder?.ownerLevel ?? 0}' is getting disconnected.`,
      );
      for (const outranked of seated) {
        readers.delete(outranked);
        outranked.evict(reason);
      }
    },
    leave: (reader) => {
      readers.delete(reader);
    },
  };
}
