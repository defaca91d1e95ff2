/** Secrets are planted where operators' commands meet them; all that the commands print is searched. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const accountKey = Buffer.from('canary-account-'.repeat(4).slice(0, 64)).toString('base64');
const signature = 'canary2signature/of+sas';
const hubKey = 'canary3hub/key+and=more';
const predictionKey = 'canary4predictionkey';
const clientSecret = 'canary5client~secret';
const secrets = [accountKey, signature, hubKey, predictionKey, clientSecret];

const inAnyForm = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  ...['', 'a', 'ab'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  ),
];

const hidden = new Set(secrets.flatMap(inAnyForm));
const found = (output: string) => [...hidden].filter((canary) => output.includes(canary));

let folder: string;
let echo: Server;

/** Storage that refuses, and says all it knows: the secret itself, and what the request held. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-canary-'));
  echo = createServer((request, response) => {
    const { url, headers } = request;
    const said = `${JSON.stringify({ url, headers })} ${secrets.join(' ')} AccountKey=${accountKey}`;
    response.writeHead(403, {
      'content-type': 'application/xml',
      'x-ms-error-code': 'AuthenticationFailed',
    });
    const escaped = said.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    response.end(
      `<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>${escaped}</Message></Error>`,
    );
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
afterAll(() => {
  echo.closeAllConnections();
  echo.close();
  rmSync(folder, { recursive: true, force: true });
});

function settingsOf(storageUrl: string) {
  const at = `BlobEndpoint=${storageUrl};QueueEndpoint=${storageUrl};`;
  return {
    AzureWebJobsStorage: `DefaultEndpointsProtocol=http;AccountName=acct;AccountKey=${accountKey};${at}`,
    PhotosStorage: `DefaultEndpointsProtocol=http;AccountName=acct;AccountKey=${accountKey};${at}`,
    ResultsStorage: `${at}SharedAccessSignature=sv=2026&sig=${encodeURIComponent(signature)}`,
    EventHubs: `Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=r;SharedAccessKey=${hubKey};UseDevelopmentEmulator=true`,
    PREDICTION_ENDPOINT: 'http://127.0.0.1:9',
    PREDICTION_KEY: predictionKey,
    PREDICTION_PROJECT_ID: 'b9b4abd1-d4e1-5ced-8eda-152f2c62c757',
    PREDICTION_PUBLISHED_NAME: 'parts',
    PREDICTION_PROJECT_TYPE: 'classify',
    QUOTA_CALLS_PER_SECOND: '5',
    AZURE_CLIENT_SECRET: clientSecret,
  };
}

const unreachable = 'http://127.0.0.1:9/acct';
const refusing = () => `http://127.0.0.1:${(echo.address() as AddressInfo).port}/acct`;

async function cli(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const env = { PATH: process.env['PATH'], ...settings };
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { exitCode: child.exitCode, output: stdout + stderr };
}

function settingsFile(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

it('plants canaries that the search finds', () => {
  expect(found(`…${accountKey}…${encodeURIComponent(hubKey)}`)).toEqual([
    accountKey,
    encodeURIComponent(hubKey),
  ]);
});

const commands = [
  ['quota'],
  ['replay', '--yes'],
  ['reconcile', '--list', '--requeue'],
  ['backfill', '', '--yes'],
  ['pause', `because of sig=${encodeURIComponent(signature)} and ${hubKey}`],
] as const;

describe('a command prints no secret', () => {
  it('where storage refuses and its error holds the key', async () => {
    const settings = settingsOf(refusing());
    const told = await Promise.all(commands.map((args) => cli(args, settings)));

    for (const [index, { exitCode, output }] of told.entries()) {
      expect([commands[index], found(output)]).toEqual([commands[index], []]);
      expect([exitCode, output]).toEqual([
        1,
        expect.stringMatching(/^STORE_UNAVAILABLE: .*\n {2}.*reached, and refused/m),
      ]);
    }
  }, 120_000);

  it('where storage can not be reached, its SDK tells all and Node its requests', async () => {
    const loud = { ...settingsOf(unreachable), AZURE_LOG_LEVEL: 'verbose', NODE_DEBUG: 'http' };
    const { exitCode, output } = await cli(['quota'], loud);

    expect(output).toMatch(/azure:.*127\.0\.0\.1/);
    expect([exitCode, found(output)]).toEqual([1, []]);
  }, 60_000);

  it('where a settings file is broken right at a key, or has the wrong form', async () => {
    const torn = settingsFile('torn.json', `{"Values":{"PREDICTION_KEY":${predictionKey}}}`);
    const odd = settingsFile('odd.json', `{"Values":{"a":"${predictionKey}","b":[1]}}`);
    const [first, second] = await Promise.all(
      [torn, odd].map((file) => cli(['quota', '--settings', file], {})),
    );

    expect(first).toEqual({ exitCode: 1, output: `${torn} is no JSON\n` });
    expect([second?.exitCode, found(second?.output ?? '')]).toEqual([1, []]);
  }, 60_000);

  it('where settings are wrong, or stand in a file', async () => {
    const { PREDICTION_PROJECT_ID: _, ...missing } = settingsOf(unreachable);
    const wrong = { ...missing, PREDICTION_ENDPOINT: `ftp://u:${predictionKey}@127.0.0.1` };
    const file = settingsFile('s.json', JSON.stringify({ Values: wrong }));
    const told = await cli(['quota', '--settings', file], {});

    expect(told.output).toContain('PREDICTION_PROJECT_ID');
    expect([told.exitCode, found(told.output)]).toEqual([1, []]);
  }, 60_000);

  it('where it is called wrongly with one', async () => {
    const url = `https://acct.blob.core.windows.net/photos?sv=1&sig=${encodeURIComponent(signature)}`;
    const settings = settingsOf(unreachable);
    const told = await Promise.all([
      cli(['drill', '--rule', url], settings),
      cli([`AccountKey=${accountKey}`], settings),
      cli(['quota', `--${predictionKey}`], settings),
    ]);

    expect(told.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
    expect(told.flatMap(({ output }) => found(output))).toEqual([]);
  }, 60_000);
});
