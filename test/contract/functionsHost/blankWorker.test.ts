import { afterEach, expect, it } from 'vitest';
import { type BlankWorker, blankWorker } from '../../../local/functionsHost/worker/blankWorker.ts';

const made: BlankWorker[] = [];
const taken: { kill(signal: 'SIGKILL'): boolean }[] = [];

afterEach(async () => {
  for (const child of taken.splice(0)) child.kill('SIGKILL');
  await Promise.all(made.splice(0).map((blank) => blank.discard()));
});

function blankFor(known?: Readonly<Record<string, string>>): BlankWorker {
  const blank = blankWorker(known);
  made.push(blank);
  return blank;
}

function took(blank: BlankWorker, settings: Readonly<Record<string, string>>): boolean {
  const child = blank.take(settings);
  if (child) taken.push(child);
  return child !== undefined;
}

it('takes settings that a running process can take, once', () => {
  const blank = blankFor();
  const settings = { AzureWebJobsStorage: 'a', NODE_ENV: 'production' };

  expect([took(blank, settings), took(blank, settings)]).toEqual([true, false]);
});

it.each(['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'UV_THREADPOOL_SIZE', 'SSL_CERT_FILE'])(
  'gives way to a new process where %s comes late',
  (name) => {
    expect(took(blankFor(), { [name]: '4' })).toBe(false);
  },
);

it('has what Node reads at its start from the start where it is known', () => {
  const settings = { NODE_EXTRA_CA_CERTS: '/ca.pem', NODE_OPTIONS: '' };

  const blank = blankFor({ AzureWebJobsStorage: 'a', ...settings });

  expect(took(blank, { ...settings, AzureWebJobsStorage: 'b' })).toBe(true);
});
