/** Scores photos the way the prediction endpoint does: through the exported graph. */
import { type OnnxSession, onnxSession } from '../../predictionEndpoint/model/onnxSession.ts';
import { tensorValues } from '../../predictionEndpoint/model/pixels.ts';
import type { PhotoTruth, StoredPhoto } from './photoFiles.ts';

export interface ScoredPhoto extends PhotoTruth {
  /** One for each tag, in the order of the labels. */
  readonly confidences: readonly number[];
  /** Mean of all channels, 0 to 255. */
  readonly brightness: number;
}

export async function scorePhotos(
  model: Uint8Array,
  photos: readonly StoredPhoto[],
): Promise<readonly ScoredPhoto[]> {
  const session = await onnxSession(model, 'auto');
  const scored: ScoredPhoto[] = [];
  for (const { seed, tag, severity, rgb } of photos) {
    const confidences = await confidencesOf(session, rgb);
    scored.push({ seed, tag, severity, confidences, brightness: meanOf(rgb) });
  }
  await session.release();
  return scored;
}

/** @param rgb - as `modelPixels` gives it. */
export async function confidencesOf(
  session: OnnxSession,
  rgb: Uint8Array,
): Promise<readonly number[]> {
  const asExported = { channelOrder: 'bgr', pixelRange: '0..255' } as const;
  const outputs = await session.run(tensorValues(rgb, session.inputShape, asExported));
  return outputs.values().next().value?.values ?? [];
}

function meanOf(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
