/**
 * What local.settings.sample.json says of this machine: `npm start -- --no-functions` takes these
 * ports and names, so that an app under Core Tools finds everything. A test holds both together.
 */
import type { Ports } from './parts/part.ts';

export const samplePorts = {
  // Where `UseDevelopmentStorage=true` looks. Source: Use the Azurite emulator, Ports, 2026-11-25.
  blob: 10_000,
  queue: 10_001,
  table: 10_002,
  // Where `UseDevelopmentEmulator=true` looks. Source: Event Hubs emulator overview, 2026-11-23.
  eventHub: 5_672,
  prediction: 7_080,
} as const satisfies Ports;

export const samplePrediction = {
  key: 'local-prediction-key',
  projectId: '5f1d8b5e-0c2a-4c1e-9a51-1c0f0a6d2e11',
} as const;
