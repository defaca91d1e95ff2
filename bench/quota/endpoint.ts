/**
 * The service's side of the quota. Which way of counting the real gateway uses is unknown, so the
 * governor has to hold under each.
 */
export interface EndpointModel {
  readonly window: 'bucket' | 'aligned' | 'sliding';
  /** Of the bucket. */
  readonly burstCount: number;
  /** Whether a call that is refused uses up quota as well. */
  readonly refusedCosts: boolean;
}

export interface Endpoint {
  /** @returns whether the call is let in. */
  call(atMs: number): boolean;
}

const windowMs = 1_000;

export function endpoint(model: EndpointModel, perSecond: number): Endpoint {
  switch (model.window) {
    case 'bucket':
      return bucket(model, perSecond);
    case 'aligned':
      return aligned(model, perSecond);
    case 'sliding':
      return sliding(model, perSecond);
  }
}

function bucket({ burstCount, refusedCosts }: EndpointModel, perSecond: number): Endpoint {
  let tokens = burstCount;
  let filledAtMs: number | undefined;
  return {
    call(atMs) {
      const gained = ((atMs - (filledAtMs ?? atMs)) * perSecond) / 1_000;
      tokens = Math.min(burstCount, tokens + gained);
      filledAtMs = atMs;
      const isFree = tokens >= 1 - 1e-9;
      if (isFree || refusedCosts) tokens = Math.max(-burstCount, tokens - 1);
      return isFree;
    },
  };
}

function aligned({ refusedCosts }: EndpointModel, perSecond: number): Endpoint {
  let window = Number.NEGATIVE_INFINITY;
  let takenCount = 0;
  return {
    call(atMs) {
      const current = Math.floor(atMs / windowMs);
      if (current !== window) takenCount = 0;
      window = current;
      const isFree = takenCount < perSecond;
      if (isFree || refusedCosts) takenCount += 1;
      return isFree;
    },
  };
}

function sliding({ refusedCosts }: EndpointModel, perSecond: number): Endpoint {
  const takenAtMs: number[] = [];
  return {
    call(atMs) {
      while (takenAtMs.length > 0 && (takenAtMs[0] ?? 0) <= atMs - windowMs) takenAtMs.shift();
      const isFree = takenAtMs.length < perSecond;
      if (isFree || refusedCosts) takenAtMs.push(atMs);
      return isFree;
    },
  };
}
