/** Callers that mean harm, or know no better: the endpoint goes on answering everybody else. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { cloudPath, postImage } from './helpers/calls.ts';
import { redPng } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;
const sockets: Socket[] = [];

beforeEach(async () => {
  endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await endpoint.stop();
});

async function opened(): Promise<Socket> {
  const socket = connect(endpoint.port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Memory in use, without what only waits to be collected. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What comes back until the endpoint closes the connection. */
async function answerTo(bytes: string | Buffer): Promise<string> {
  const socket = await opened();
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

async function stillAnswers(): Promise<void> {
  expect((await postImage(endpoint, await redPng())).status).toBe(200);
}

const requestLine = () => `POST ${cloudPath(endpoint)} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;

describe('the endpoint goes on answering', () => {
  it.each([
    ['garbage', () => Buffer.from('00ff17030300fe8001', 'hex'), 400],
    ['an AMQP greeting', () => 'AMQP\x00\x01\x00\x00', 400],
    ['a header without end', () => `${requestLine()}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['headers without number', () => `${requestLine()}${'X-A: b\r\n'.repeat(4_000)}\r\n`, 431],
    ['two lengths', () => `${requestLine()}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    ['a length below nothing', () => `${requestLine()}Content-Length: -5\r\n\r\n`, 400],
    ['a broken chunk', () => `${requestLine()}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ])('after %s', async (_, bytes, status) => {
    expect(await answerTo(bytes())).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await stillAnswers();
  });

  it('after paths and queries that are no text', async () => {
    const paths = ['/%', '/%00', `/${'a/'.repeat(2_000)}image`, '/control/%E0%A4%A'];

    for (const path of paths) expect((await fetch(endpoint.endpoint + path)).status).toBe(404);

    const query = await postImage(endpoint, await redPng(), {
      path: `${cloudPath(endpoint)}?application=%E0%A4%A&&=?&application`,
    });
    expect([200, 400]).toContain(query.status);
    await stillAnswers();
  });

  it('while a hundred callers send half a photo and fall silent', async () => {
    for (let caller = 0; caller < 100; caller += 1) {
      const socket = await opened();
      socket.write(
        `${requestLine()}Prediction-Key: ${endpoint.key}\r\nContent-Length: 9999\r\n` +
          'Content-Type: application/octet-stream\r\n\r\nhalf',
      );
    }
    await expect.poll(() => endpoint.stats().inFlight, { timeout: 10_000 }).toBe(100);

    await stillAnswers();
    for (const socket of sockets.splice(0)) socket.destroy();

    await expect.poll(() => endpoint.stats().inFlight, { timeout: 10_000 }).toBe(0);
  });

  it('after bodies of far more than it takes, of which it keeps nothing', async () => {
    const huge = Buffer.alloc(12 * 1024 * 1024);
    const before = heldBytes();

    for (let call = 0; call < 6; call += 1) {
      expect((await postImage(endpoint, huge)).status).toBe(400);
    }

    await stillAnswers();
    await expect
      .poll(() => heldBytes() - before, { timeout: 10_000 })
      .toBeLessThan(2 * huge.length);
  });

  it('after a body without end, which it stops reading', async () => {
    const socket = await opened();
    socket.write(
      `${requestLine()}Prediction-Key: ${endpoint.key}\r\nTransfer-Encoding: chunked\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    );
    const size = Buffer.from('100000\r\n');
    const chunk = Buffer.concat([size, Buffer.alloc(1024 * 1024), Buffer.from('\r\n')]);
    const sendMore = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', sendMore);

    const closed = new Promise<boolean>((resolve) => void socket.once('close', resolve));
    sendMore();
    await closed;

    expect(socket.bytesWritten).toBeGreaterThan(32 * 1024 * 1024);
    await stillAnswers();
  });

  it('after two thousand connections were opened and dropped, and keeps none of them', async () => {
    const tcpCount = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = { tcpCount: tcpCount(), bytes: heldBytes() };
    for (let round = 0; round < 20; round += 1) {
      const batch = await Promise.all(Array.from({ length: 100 }, () => opened()));
      batch.forEach((socket, index) => {
        if (index % 2 === 0) socket.write('POST /ima');
        if (index % 3 === 0) socket.resetAndDestroy();
        else socket.destroy();
      });
      sockets.splice(0);
    }

    await stillAnswers();
    await expect.poll(tcpCount, { timeout: 10_000 }).toBeLessThan(before.tcpCount + 10);
    const grownBytes = () => heldBytes() - before.bytes;
    await expect.poll(grownBytes, { timeout: 10_000 }).toBeLessThan(16 * 1024 * 1024);
  });

  it('while connections are held at its door, and closes them when it stops', async () => {
    endpoint.control.faults.add('slowAccept', { count: 50, delayMs: 60_000 });
    const held = await Promise.all(Array.from({ length: 50 }, () => opened()));
    const closed = Promise.all(held.map((socket) => once(socket, 'close')));

    await expect.poll(() => endpoint.control.faults.list(), { timeout: 10_000 }).toEqual([]);
    await stillAnswers();
    await endpoint.stop();

    expect(await closed).toHaveLength(50);
  });
});
