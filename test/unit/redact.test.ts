import { expect, it } from 'vitest';
import { isClean, sanitised, sanitiser, secretsOf } from '../../shared/redact.ts';

const sanitise = sanitiser([]);
const storageKey = `${'Ab1+/9Zx'.repeat(11).slice(0, 86)}==`;
const hubKey = `${storageKey.slice(0, 43)}=`;
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU';

it.each([
  [
    'a private key, with nothing beside it',
    'MIIB-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n',
    'MIIB[redacted]',
  ],
  [
    'a SAS in a URL',
    'https://a/b?sv=1&sig=abc%2Fd%3D&se=2',
    'https://a/b?sv=1&sig=[redacted]&se=2',
  ],
  [
    'an encoded SAS',
    'url=https%3A%2F%2Fa%3Fsig%3Dab%252Fc%26se%3D2',
    'url=https%3A%2F%2Fa%3Fsig%3D[redacted]%26se%3D2',
  ],
  [
    'a SAS in JSON',
    '{"u":"https://a/b?sig=abc\\u0026se=2"}',
    '{"u":"https://a/b?sig=[redacted]\\u0026se=2"}',
  ],
  ['a signature in JSON', '{"sig":"abc"}', '{"sig":"[redacted]"}'],
  [
    'a storage connection',
    'AccountName=a;AccountKey=abc==;X=1',
    'AccountName=a;AccountKey=[redacted];X=1',
  ],
  [
    'a hub connection',
    'SharedAccessKey=abc=;EntityPath=h',
    'SharedAccessKey=[redacted];EntityPath=h',
  ],
  ['a header', 'Prediction-Key: 0123abcd', 'Prediction-Key: [redacted]'],
  ['a second key', 'PREDICTION_SECOND_KEY=0123', 'PREDICTION_SECOND_KEY=[redacted]'],
  [
    'a header in JSON in JSON',
    '{\\"Training-Key\\":\\"0123\\"}',
    '{\\"Training-Key\\":\\"[redacted]\\"}',
  ],
  [
    'a header in a list',
    '["ocp-apim-subscription-key","0123"]',
    '["ocp-apim-subscription-key","[redacted]"]',
  ],
  ['a bearer header', 'authorization: Bearer abc.def', 'authorization: Bearer [redacted]'],
  [
    'a shared key header',
    'Authorization: SharedKey acc:abc=',
    'Authorization: SharedKey [redacted]',
  ],
  ['a loose bearer token', 'sent Bearer abcdefghijklmnop', 'sent Bearer [redacted]'],
  ['a JWT', `token ${jwt} end`, 'token [redacted] end'],
  ['a function key', 'GET /api/x?code=abc==&y=1', 'GET /api/x?code=[redacted]&y=1'],
  ['a password in a URL', 'amqp://user:pass%21@host', 'amqp://user:[redacted]@host'],
  ['a bare storage key', `from ${storageKey} on`, 'from [redacted] on'],
  ['a bare hub key', `from ${hubKey} on`, 'from [redacted] on'],
  ['an address', 'from jo.e+x@mail.example.com.', 'from [redacted].'],
  ['an encoded address', 'u=jo%40example.com&x', 'u=[redacted]&x'],
  ['a place in a query', 'lat=52.52&lon=-13.4', 'lat=[redacted]&lon=[redacted]'],
  [
    'a place in JSON',
    '{"latitude":52.5,"longitude":-13}',
    '{"latitude":"[redacted]","longitude":"[redacted]"}',
  ],
  ['a place in GeoJSON', '{"coordinates":[13.4,52.5]}', '{"coordinates":["[redacted]"]}'],
  ['a pair of decimals', 'at 52.5200, 13.4050 now', 'at [redacted] now'],
  ['degrees', '52°31\'12.0"N 13°24\'18"E', '[redacted] [redacted]'],
])('masks %s', (_what, text, safe) => {
  expect(sanitise(text)).toBe(safe);
  expect(sanitise(safe)).toBe(safe);
});

it.each([
  '{"confidences":[0.93,0.04],"box":"0.123456,0.567891"}',
  '@azure/functions@4.16.5 on Node 24.21.0, host 4.1037.0.1',
  '2026-11-25T21:22:21.123Z 2026-11-25T21:22:21+01:00',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '"0x8DC123ABCDEF123" W/"abc"',
  'mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpi2dgnjwg44dsmbr',
  'PREDICTION_KEY: is missing; PREDICTION_KEY: Invalid input',
  'photos/site-7/2026/11/25/cam-3_0001.jpg latencyMs: 12, 10.0.0.1, 10.0.0.2',
  'HTTP_401: Access denied due to invalid subscription key or wrong API endpoint.',
])('leaves alone %s', (text) => {
  expect(sanitise(text)).toBe(text);
});

it('masks known secrets as they are, in a URL and anywhere within base64', () => {
  const secret = 'p/Q+r=9"secret';
  const known = sanitiser([secret]);
  const forms = [secret, JSON.stringify(secret), encodeURIComponent(secret)];
  const within = ['', 'a', 'ab', 'abc'].map((before) =>
    Buffer.from(`${before}${secret}after`).toString('base64'),
  );

  for (const text of [...forms, ...within]) expect(known(`x ${text} y`)).toContain('[redacted]');
  expect(known(`x ${secret} y`)).toBe('x [redacted] y');
  const decoded = within.map((text) => Buffer.from(known(text), 'base64').toString());
  expect(decoded.filter((text) => text.includes('secret'))).toEqual([]);
});

it('takes no word of a few characters for a secret, nor its own mark', () => {
  expect(sanitiser(['key', 'redacted'])('key [redacted]')).toBe('key [redacted]');
});

it('finds the secrets of an environment by name and within connections', () => {
  const found = secretsOf({
    PREDICTION_KEY: 'k1',
    PREDICTION_SECOND_KEY: 'k4',
    PhotosStorage: 'AccountName=a;AccountKey=k2==;EndpointSuffix=x',
    Hub: 'Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=k3=',
    PREDICTION_ENDPOINT: 'https://e',
    EMPTY: undefined,
  });

  expect(found).toEqual(['k1', 'k4', 'k2==', 'k3=']);
});

it('masks the texts of attributes and leaves their numbers', () => {
  const attributes = { url: 'x?sig=abc', list: ['sig=abc', 1], countOf: 3 };

  expect(sanitised(attributes, sanitise)).toEqual({
    url: 'x?sig=[redacted]',
    list: ['sig=[redacted]', 1],
    countOf: 3,
  });
});

it('takes an ordinary record for clean, and one with a single secret in a list for what it is', () => {
  const ordinary = { photo: 'photos/line-4/2026-11-25/1.jpg', url: 'https://a/b%2Fc?comp=block' };

  expect(isClean([ordinary, { photoBytes: 12_345, tags: ['crack', 'dent'] }], sanitise)).toBe(true);
  // Side by side they would be another pair, one of box ratios, and the place were passed over.
  expect(isClean([['0.12345,', '0.23456, 48.12345']], sanitise)).toBe(false);
  expect(isClean([ordinary, { said: ['fine', 'AccountKey=abc'] }], sanitise)).toBe(false);
});
