/** Strangers at every port of a whole world, and one photo through it afterwards. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readyDocument } from '../../../local/readyDocument.ts';
import { startWorld, type World } from '../../../local/world.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import { halfOpen, openAndDrop, sendGarbage } from '../../helpers/hostile.ts';
import { type WorldClient, worldClient } from '../../helpers/worldClient.ts';

let world: World;
let client: WorldClient;
const loud: string[] = [];

beforeAll(async () => {
  world = await startWorld({
    telemetry: true,
    prediction: { scoring: 'fixed', publishedName: 'parts' },
    onLog: ({ level, message }) => {
      if (level === 'error' || level === 'critical') loud.push(message);
    },
  });
  client = worldClient(world);
});
afterAll(async () => {
  await client.close();
  await world.stop();
});

/** Every port that the ready document tells. */
function ports(): number[] {
  const told = JSON.stringify(readyDocument(world)).matchAll(/127\.0\.0\.1:(\d+)/g);
  return [...new Set([...told].map(([, port]) => Number(port)))];
}

it('takes a photo through after garbage, half-open and dropped connections at every port', async () => {
  expect(ports().length).toBeGreaterThanOrEqual(9);
  for (const port of ports()) {
    await sendGarbage(port);
    await openAndDrop(port, 1_000);
    const sockets = await halfOpen(port, 50);
    for (const socket of sockets) socket.destroy();
  }

  await client.upload('after.jpg', await goodPhoto());

  await vi.waitFor(async () => expect(await client.documents()).toHaveLength(1), {
    timeout: 20_000,
    interval: 100,
  });
  const ready = await fetch(`${world.functions.url}/api/health/ready`);
  expect(ready.status).toBe(200);
  expect(loud).toEqual([]);
});
