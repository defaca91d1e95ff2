/**
 * `npm run cli -- COMMAND`: operators' commands, over the app's own settings. Standard output is the
 * answer, standard error the talk; exit 0 done, 1 a check did not hold, 2 wrong use.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { keepSecret, messageOf, problemsOf } from '../shared/errors.ts';
import { secretsOf } from '../shared/redact.ts';
import type { Command, CommandAnswer, StandaloneCommand, StandaloneInput } from './command.ts';
import { backfill } from './commands/backfill.ts';
import { dead, replay } from './commands/dead.ts';
import { drill } from './commands/drill.ts';
import { pause, quota, resume } from './commands/quota.ts';
import { reconcile } from './commands/reconcile.ts';
import { maskOutput } from './maskedOutput.ts';
import { named, runCommand, WrongUse, wrongUse } from './runCommand.ts';

const commands: Readonly<Record<string, Command | StandaloneCommand>> = {
  reconcile,
  backfill,
  dead,
  replay,
  quota,
  pause,
  resume,
  drill,
};

const usage = `npm run cli -- COMMAND [--json] [--settings FILE]
  --json           one JSON document on standard output
  --settings FILE  a local.settings.json; without it the settings come from the environment

${Object.values(commands)
  .map((command) => `  ${command.usage}`)
  .join('\n')}`;

const form = 'is not as in local.settings.sample.json';
const settingsFileSchema = z.object(
  {
    IsEncrypted: z
      .literal(false, { error: 'only settings that are not encrypted can be read' })
      .optional(),
    Values: z.record(z.string(), z.string({ error: 'is no text in quotes' }), { error: form }),
  },
  { error: form },
);

maskOutput();
await runCommand(async () => {
  const { command, words, flags } = readOptions();
  command.check?.({ words, flags });
  if (typeof flags['settings'] === 'string') await useSettings(flags['settings']);
  const say = (text: string) => console.error(text);
  const interrupting = new AbortController();
  process.once('SIGINT', () => interrupting.abort());
  const input = { words, flags, say, interrupted: interrupting.signal };
  const answer = 'run' in command ? await onApp(command, input) : await command.runAlone(input);
  console.log(flags.json ? JSON.stringify(answer.document) : answer.lines.join('\n'));
  // What an interrupted command left half done keeps nobody waiting.
  if (interrupting.signal.aborted) process.exit(answer.exitCode);
  return answer.exitCode;
});

async function onApp(command: Command, input: StandaloneInput): Promise<CommandAnswer> {
  // The SDKs take a moment to load: wrong use is answered without them.
  const { closeComposition, composition } = await import('../functions/composition.ts');
  try {
    return await command.run({ ...input, composed: await composition() });
  } finally {
    await closeComposition();
  }
}

function readOptions() {
  const [name = '', ...args] = process.argv.slice(2);
  try {
    if (name === '' || name.startsWith('-')) throw new Error('Which command? It comes first.');
    const command = named(commands, name);
    if (!command) throw new Error(`There is no command "${name}".`);
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...command.options,
        json: { type: 'boolean', default: false },
        settings: { type: 'string' },
      },
    });
    const [surplus] = positionals.slice(command.wordCount ?? 0);
    if (surplus !== undefined) throw wrongUse(`${name} can't take "${surplus}"`, command.usage);
    return { command, words: positionals, flags: values };
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw wrongUse(error, usage);
  }
}

/** What the file says holds over the environment. @throws Error where it is no settings file */
async function useSettings(file: string): Promise<void> {
  const parsed = settingsFileSchema.safeParse(parsedJson(file, await textOf(file)));
  if (!parsed.success) {
    throw new Error(`${file}: ${problemsOf(parsed.error.issues).join('; ')}`);
  }
  Object.assign(process.env, parsed.data.Values);
  keepSecret(secretsOf(process.env));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`--settings: ${messageOf(error)}`, { cause: error });
  }
}

/** The parser's own words quote the text around the mistake: it may be a key. */
function parsedJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON`);
  }
}
