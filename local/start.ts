/** `npm start`: the local world until Ctrl-C. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { runCommand } from '../cli/runCommand.ts';
import { firstLook } from './firstLook.ts';
import { greeting } from './greeting.ts';
import { writeReadyFile, writeSettingsFile } from './readyDocument.ts';
import { readStartOptions } from './startOptions.ts';
import { startBackends, startWorld } from './world.ts';

await runCommand(async () => {
  const { readyFile, settingsFile, isWithFunctions, isVerbose, ...options } = readStartOptions(
    process.argv.slice(2),
  );
  // Files of an earlier start would tell a waiting script addresses that are gone.
  const removeFiles = () =>
    Promise.all(
      [readyFile, settingsFile].map(async (file) => {
        if (file !== undefined) await rm(file, { force: true });
      }),
    );
  // From here on: a start that Ctrl-C cut off would leave its files behind.
  const interrupted = interruption();
  await removeFiles();
  const world = await (isWithFunctions ? startWorld : startBackends)({
    ...options.world,
    onLog: ({ level, message }) => {
      const isLoud = level === 'error' || level === 'critical' || level === 'warning';
      if (isVerbose || isLoud) console.error(`[${level}] ${message}`);
    },
  });
  try {
    if (interrupted.aborted) return 0;
    await firstLook(world);
    console.log(await greeting(world));
    if (settingsFile !== undefined) await writeSettingsFile(settingsFile, world);
    if (readyFile !== undefined) await writeReadyFile(readyFile, world);
    if (!interrupted.aborted) await once(interrupted, 'abort');
    return 0;
  } finally {
    await removeFiles();
    await world.stop();
  }
});

/** Once: whoever insists ends it at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
