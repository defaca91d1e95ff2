/**
 * Claims as blobs named by their outcome key. Creation and take-over are decided by storage (create
 * only, ETag); so is time: a claim's age is the difference of two of storage's own headers.
 */
import type { ContainerClient } from '@azure/storage-blob';
import * as z from 'zod';
import { photoWorkSchema } from '../../deferral/photoWork.ts';
import type { Claim, ClaimStore, SeenClaim, TakenClaim } from '../../ledger/claimStore.ts';
import { isChanged, isStatus, storeUnavailable } from './blobErrors.ts';
import { createJson, putJson, readJson } from './jsonBlobs.ts';

const claimSchema = z.looseObject({
  claimVersion: z.literal(1),
  outcomeKey: z.string(),
  owner: z.string(),
  ttlMs: z.number().positive(),
  work: photoWorkSchema,
});

/** A claim that is released just when it is looked at is free: try again, but not for ever. */
const maxTakeCount = 3;

export function blobClaimStore(container: ContainerClient): ClaimStore {
  return {
    take: (claim, signal) => take(container, claim, signal),
    async replace(claim, seenTag, abortSignal) {
      try {
        const conditions = { ifMatch: seenTag };
        const options = { abortSignal, conditions };
        const tag = await putJson(container, claim.outcomeKey, written(claim), options);
        return { claim, tag };
      } catch (error) {
        if (isChanged(error)) return undefined;
        throw storeUnavailable('replace claim', claim.outcomeKey, error);
      }
    },
    async release({ claim, tag }, abortSignal) {
      try {
        const conditions = { ifMatch: tag };
        await container.deleteBlob(claim.outcomeKey, { abortSignal, conditions });
      } catch (error) {
        if (!isChanged(error)) throw storeUnavailable('release claim', claim.outcomeKey, error);
      }
    },
    find: (outcomeKey, signal) => find(container, outcomeKey, signal),
    listOlderThan: (ageMs, signal) => listOlderThan(container, ageMs, signal),
  };
}

async function take(
  container: ContainerClient,
  claim: Claim,
  signal: AbortSignal,
): Promise<TakenClaim> {
  for (let count = 0; count < maxTakeCount; count += 1) {
    const tag = await create(container, claim, signal);
    if (tag !== undefined) return { kind: 'created', held: { claim, tag } };
    const seen = await find(container, claim.outcomeKey, signal);
    // The SDK may have sent it twice: what is there can be our own.
    if (seen?.claim.owner === claim.owner) return { kind: 'created', held: seen };
    if (seen) return { kind: 'held', seen };
  }
  const restless = new Error('it came and went while being read');
  throw storeUnavailable('take claim', claim.outcomeKey, restless);
}

function create(container: ContainerClient, claim: Claim, signal: AbortSignal) {
  return createJson(container, claim.outcomeKey, written(claim), signal).catch((error: unknown) => {
    throw storeUnavailable('take claim', claim.outcomeKey, error);
  });
}

async function find(
  container: ContainerClient,
  outcomeKey: string,
  signal: AbortSignal,
): Promise<SeenClaim | undefined> {
  const read = await readJson(container, outcomeKey, claimSchema, signal);
  if (!read) return undefined;
  const { value: claim, etag, ageMs } = read;
  return { claim, tag: etag, remainingMs: claim.ttlMs - ageMs };
}

async function* listOlderThan(
  container: ContainerClient,
  ageMs: number,
  abortSignal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for await (const page of container.listBlobsFlat({ abortSignal }).byPage()) {
      const writtenUntilMs = (page.date?.getTime() ?? 0) - ageMs;
      const old = page.segment.blobItems.filter(
        ({ properties }) => properties.lastModified.getTime() <= writtenUntilMs,
      );
      yield* old.map(({ name }) => name);
    }
  } catch (error) {
    // Not there yet: no photo was ever claimed.
    if (isStatus(error, 404)) return;
    throw storeUnavailable('list claims', container.containerName, error);
  }
}

function written(claim: Claim): unknown {
  return { claimVersion: 1, ...claim };
}
