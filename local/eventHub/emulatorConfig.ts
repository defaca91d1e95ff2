/**
 * Reads the hubs from the `Config.json` of Microsoft's own emulator, so that one file serves both.
 * Source: Azure/azure-event-hubs-emulator-installer, Config schema, read 2026-11-23.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../../shared/errors.ts';
import type { HubOptions } from './namespace.ts';

const schema = z.object({
  UserConfig: z.object({
    NamespaceConfig: z.tuple([
      z.object({
        Entities: z.array(
          z.object({
            Name: z.string(),
            PartitionCount: z.coerce.number().int().min(1).max(32),
            ConsumerGroups: z.array(z.object({ Name: z.string() })).optional(),
          }),
        ),
      }),
    ]),
  }),
});

/** @throws Error naming the file and each field that is wrong. */
export function readEmulatorConfig(file: string): HubOptions[] {
  try {
    return hubsFromEmulatorConfig(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new Error(`${file} is no Config.json of the emulator: ${reason}`, { cause: error });
  }
}

/** @throws ZodError when the file is not one the emulator would take. */
export function hubsFromEmulatorConfig(config: unknown): HubOptions[] {
  const [namespace] = schema.parse(config).UserConfig.NamespaceConfig;
  return namespace.Entities.map((hub) => ({
    name: hub.Name,
    partitionCount: hub.PartitionCount,
    consumerGroups: (hub.ConsumerGroups ?? []).map(({ Name }) => Name),
  }));
}
