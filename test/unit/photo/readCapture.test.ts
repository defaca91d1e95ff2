import { describe, expect, it } from 'vitest';
import { type ReceivedCapture, readCapture } from '../../../shared/photo/readCapture.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';

const approved = { account: 'acme', containers: ['photos', 'line-photos'] };
const data = {
  container: 'line-photos',
  blobName: 'a.jpg',
  etag: '"0x8D"',
  site: 'leipzig',
  batch: 'B7',
  device: 'cam-3',
  capturedAt: '2026-11-24T11:00:00+02:00',
};
const event = {
  specversion: '1.0',
  id: 'e-1',
  source: '/lines/3',
  type: 'io.sightglass.capture.v1',
  data,
};

function received(body: unknown, change: Partial<ReceivedCapture> = {}): ReceivedCapture {
  return {
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    contentType: undefined,
    properties: {},
    enqueuedAtMs: 0,
    position: 'captures/0:1',
    ...change,
  };
}

it('reads a pointer with its version, labels and capture time in UTC', () => {
  const read = readCapture(received(event), approved);

  expect(read).toEqual({
    kind: 'pointer',
    photo: { account: 'acme', container: 'line-photos', blobName: 'a.jpg', etag: '0x8D' },
    eventId: 'e-1',
    context: {
      site: 'leipzig',
      batch: 'B7',
      device: 'cam-3',
      equipmentClass: undefined,
      capturedAt: '2026-11-24T09:00:00.000Z',
    },
  });
});

it('takes image bytes for a photo, with the labels of its properties in any case', async () => {
  const properties = { Site: 'leipzig', captured_At: '2026-11-24T09:00:00Z' };
  const read = readCapture(received(await goodPhoto(), { properties }), approved);

  expect(read).toMatchObject({
    kind: 'inline',
    contentType: 'image/jpeg',
    context: { site: 'leipzig', capturedAt: '2026-11-24T09:00:00.000Z' },
  });
});

it('believes a declared image type, so that intake says what is wrong with the bytes', () => {
  const body = Buffer.from('not an image');

  const read = readCapture(received(body, { contentType: 'image/jpeg' }), approved);

  expect(read.kind).toBe('inline');
});

describe('events that are turned away', () => {
  const withData = (change: object) => ({ ...event, data: { ...data, ...change } });

  it.each([
    ['event-empty', Buffer.alloc(0)],
    ['event-empty', Buffer.from('null')],
    ['event-not-json', Buffer.from('plain text')],
    ['event-not-json', Buffer.from([0x22, 0xff, 0x22])],
    ['event-schema', {}],
    ['event-schema', [event]],
    ['event-schema', 'text'],
    ['event-schema', { ...event, type: 'other' }],
    ['event-schema', withData({ surprise: 1 })],
    ['event-schema', withData({ blobName: 7 })],
    ['event-carries-url', withData({ blobName: 'https://evil.example/a.jpg' })],
    ['event-carries-url', withData({ imageUrl: 'x' })],
    ['event-carries-url', withData({ site: '//evil.example' })],
    ['event-carries-url', { ...event, dataref: 'x' }],
    ['event-account-not-approved', withData({ account: 'other' })],
    ['event-container-not-approved', withData({ container: 'secrets' })],
  ])('says %s for %j', (reason, body) => {
    expect(readCapture(received(body), approved)).toMatchObject({ kind: 'rejected', reason });
  });

  it('says event-inline-too-large from one byte over 256 KB', async () => {
    const start = await goodPhoto();
    const inline = (lengthBytes: number) =>
      Buffer.concat([start, Buffer.alloc(lengthBytes - start.length)]);

    expect(readCapture(received(inline(256 * 1024)), approved).kind).toBe('inline');
    expect(readCapture(received(inline(256 * 1024 + 1)), approved)).toMatchObject({
      reason: 'event-inline-too-large',
    });
  });
});
