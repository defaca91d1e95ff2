/**
 * The clock of the storage process, which can be set ahead or behind: its answers, the times it
 * stores, leases and queue visibility then all follow it, as with a service whose clock is off.
 */
export interface StorageClock {
  skewMs: number;
  /** As in the `Date` header of an answer. */
  readonly nowText: () => string;
}

/** Replaces this process's `Date`: Azurite takes no clock of its own. */
export function installStorageClock(): StorageClock {
  const RealDate = Date;
  const clock = {
    skewMs: 0,
    nowText: () => new RealDate(RealDate.now() + clock.skewMs).toUTCString(),
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(
        target,
        given.length > 0 ? given : [target.now() + clock.skewMs],
        newTarget,
      ),
    get: (target, name, receiver) =>
      name === 'now' ? () => target.now() + clock.skewMs : Reflect.get(target, name, receiver),
  });
  return clock;
}
