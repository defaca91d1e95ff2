/**
 * The key of an outcome: one per photo version and model, or per unreadable camera event.
 * Deterministic, so that a duplicate delivery finds what the first one wrote.
 */
import { createHash } from 'node:crypto';
import { normalizeEtag, type PhotoRef } from '../photo/photo.ts';
import { type ModelIdentity, modelKeyOf } from '../prediction/prediction.ts';

/**
 * @param etag - empty when storage never showed this photo.
 * @param replayCount - each replay of a dead photo has an outcome of its own.
 */
export function photoOutcomeKey(
  photo: PhotoRef,
  etag: string,
  model: ModelIdentity,
  replayCount = 0,
): string {
  const replay = replayCount > 0 ? [`replay ${replayCount}`] : [];
  return keyOf([
    photo.account,
    photo.container,
    photo.blobName,
    normalizeEtag(etag),
    modelKeyOf(model),
    ...replay,
  ]);
}

/** @param text - of a message that names no photo. */
export function messageOutcomeKey(text: string, model: ModelIdentity): string {
  return keyOf(['message', text, modelKeyOf(model)]);
}

/** @param eventPosition - hub, partition and sequence number: the only identity an event always has. */
export function captureOutcomeKey(eventPosition: string, model: ModelIdentity): string {
  return keyOf(['capture', eventPosition, modelKeyOf(model)]);
}

function keyOf(parts: readonly string[]): string {
  return base32(createHash('sha256').update(parts.join('|')).digest());
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 alphabet in lower case, without padding: safe in blob names and URLs. */
function base32(bytes: Buffer): string {
  let text = '';
  let buffered = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    buffered = (buffered << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += alphabet.charAt((buffered >>> bitCount) & 31);
    }
    buffered &= (1 << bitCount) - 1;
  }
  return bitCount > 0 ? text + alphabet.charAt((buffered << (5 - bitCount)) & 31) : text;
}
