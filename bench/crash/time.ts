/** The time a run goes by: the machine's, or one that a simulation moves. */
export interface Time {
  nowMs(): number;
  after(delayMs: number, call: () => void): void;
}

export const realTime: Time = {
  nowMs: () => Date.now(),
  after: (delayMs, call) => void setTimeout(call, delayMs),
};

export function pause(time: Time, durationMs: number): Promise<void> {
  return new Promise((resolve) => time.after(durationMs, resolve));
}
