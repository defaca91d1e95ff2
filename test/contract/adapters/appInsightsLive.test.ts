import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const kept = `00-${'5'.repeat(32)}-00000000000000aa-01`;
const signature = 'c2VjcmV0LXNpZ25hdHVyZQ%3D%3D';

let sink: TelemetrySink;

beforeAll(async () => {
  sink = await startTelemetrySink({ TELEMETRY_LIVE_METRICS: 'true' });
});
afterAll(() => sink.close());

it('shows whoever watches live metrics no secret, neither of a call nor of an event', async () => {
  const photo = `photos/a.jpg?sig=${signature}`;

  const all = await vi.waitFor(
    async () => {
      await sink.telemetry.span('process photo', kept, async ({ note }) => {
        note({ photo });
        const about = { model: 'parts', site: 'wien', outcomeKey: 'k', reason: 'crashed' } as const;
        sink.telemetry.event('photo.dead', { photo, ...about }, {});
      });
      const seen = sink.live.join('\n');
      // Events are told there as traces without a name.
      const kinds = ['Request', 'Trace'].filter((kind) =>
        seen.includes(`"DocumentType":"${kind}"`),
      );
      expect(kinds).toEqual(['Request', 'Trace']);
      return seen;
    },
    { timeout: 40_000, interval: 250 },
  );

  expect(all.includes('photos/a.jpg')).toBe(true);
  expect(all.includes(signature)).toBe(false);
}, 60_000);
