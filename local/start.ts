/** `npm start`: the local world until Ctrl-C. */
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
  await removeFiles();
  const world = await (isWithFunctions ? startWorld : startBackends)({
    ...options.world,
    onLog: ({ level, message }) => {
      const isLoud = level === 'error' || level === 'critical' || level === 'warning';
      if (isVerbose || isLoud) console.error(`[${level}] ${message}`);
    },
  });
  try {
    await firstLook(world);
    console.log(await greeting(world));
    if (settingsFile !== undefined) await writeSettingsFile(settingsFile, world);
    if (readyFile !== undefined) await writeReadyFile(readyFile, world);
    await interruption();
    return 0;
  } finally {
    await removeFiles();
    await world.stop();
  }
});

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
