/** Patience with an end. */

/** Resolves when `work` ends, or after `graceMs`. */
export async function endedWithin(work: Promise<unknown>, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, graceMs);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
