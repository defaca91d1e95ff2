/** The same Config.json serves the official emulator and the stand-in. */
import { expect, it } from 'vitest';
import { hubsFromEmulatorConfig } from '../../../local/eventHub/emulatorConfig.ts';

function config(hub: object) {
  return {
    UserConfig: {
      NamespaceConfig: [{ Type: 'EventHub', Name: 'emulatorNs1', Entities: [hub] }],
      LoggingConfig: { Type: 'File' },
    },
  };
}

it('reads hubs, partition counts and groups', () => {
  const groups = [{ Name: 'app' }, { Name: 'audit' }];

  const hubs = hubsFromEmulatorConfig(
    config({ Name: 'photos', PartitionCount: '2', ConsumerGroups: groups }),
  );

  expect(hubs).toEqual([{ name: 'photos', partitionCount: 2, consumerGroups: ['app', 'audit'] }]);
});

it('refuses more partitions than the emulator has', () => {
  expect(() => hubsFromEmulatorConfig(config({ Name: 'photos', PartitionCount: 33 }))).toThrow();
});
