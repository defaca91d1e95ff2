import { describe, expect, it } from 'vitest';
import { httpSites, status } from './helpers/httpSites.ts';

const { open, secrets } = httpSites();

async function readJson(blobName: string) {
  return JSON.parse((await secrets().getBlobClient(blobName).downloadToBuffer()).toString());
}

describe('keys for HTTP functions', () => {
  it('open what their level says, in the header or as code', async () => {
    const { url, getKeys } = await open({ authorization: 'keys' });
    const keys = await getKeys();
    const withKey = (path: string, key: string) =>
      status(`${url}${path}`, { headers: { 'x-functions-key': key } });

    expect(await status(`${url}/api/anonymous`)).toBe(204);
    expect(await withKey('/api/function', keys.function)).toBe(204);
    expect(await status(`${url}/api/function?code=${keys.function}`)).toBe(204);
    expect(await withKey('/api/function', keys.master)).toBe(204);
    expect(await withKey('/api/function', keys.blobsExtension)).toBe(401);
    expect(await withKey('/api/admin', keys.function)).toBe(401);
    expect(await withKey('/api/admin', keys.master)).toBe(204);
    expect(await withKey('/admin/functions', keys.function)).toBe(401);
    expect(await withKey('/admin/functions', keys.master)).toBe(200);
    expect(await status(`${url}/admin/host/ping`)).toBe(200);
  });

  it('are in the host’s storage before anybody has called', async () => {
    const { getKeys } = await open({ authorization: 'keys', hostId: 'quiet' });
    const kept = await readJson('quiet/host.json');

    expect(kept).toMatchObject({ masterKey: { value: (await getKeys()).master } });
  });

  it('of one function open that one alone, and are made with its first call with a key', async () => {
    const { url } = await open({ authorization: 'keys', hostId: 'own' });

    expect(await status(`${url}/api/otherFunction?code=wrong`)).toBe(401);
    const { keys } = await readJson('own/otherfunction.json');
    const [{ name, value }] = keys;

    expect(name).toBe('default');
    expect(await status(`${url}/api/otherFunction?code=${value}`)).toBe(204);
    expect(await status(`${url}/api/function?code=${value}`)).toBe(401);
    expect(await status(`${url}/api/admin?code=${value}`)).toBe(401);
    await expect(readJson('own/admin.json')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('that are missing or wrong get 401 with an empty body', async () => {
    const { url } = await open({ authorization: 'keys' });

    const answers = await Promise.all([
      fetch(`${url}/api/function`),
      fetch(`${url}/api/function?code=wrong`),
    ]);

    expect(answers.map((answer) => answer.status)).toStrictEqual([401, 401]);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toStrictEqual(['', '']);
  });

  it('are not asked for as under Core Tools', async () => {
    const { url } = await open();

    expect(await status(`${url}/api/admin`)).toBe(204);
    expect(await status(`${url}/admin/host/status`)).toBe(200);
  });
});
