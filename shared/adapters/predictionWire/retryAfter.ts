/** How long the endpoint asks to wait: by header, or in words inside the message. */
const dayMs = 24 * 3_600_000;

/** A hint beyond this is a mistake or a spent month; seven days is what a queue can wait. */
const maxHintMs = 7 * dayMs;

/** @returns milliseconds, or `undefined` when neither header nor text says. */
export function retryAfterMs(
  header: string | undefined,
  message: string,
  nowMs: number,
): number | undefined {
  const hintMs = fromHeader(header, nowMs) ?? fromTimespan(message) ?? fromText(message);
  return hintMs === undefined ? undefined : Math.min(maxHintMs, Math.max(0, hintMs));
}

function fromHeader(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(header.trim())) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

/** "Please retry after 1 second." */
function fromText(message: string): number | undefined {
  const seconds = /retry after (\d+) seconds?/i.exec(message)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

/** "… replenished in 22.14:18:12." (days.hours:minutes:seconds) */
function fromTimespan(message: string): number | undefined {
  const match = /\b(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})\b/.exec(message);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return days * dayMs + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
