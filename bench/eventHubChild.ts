/** The process behind eventHubProcess.ts: a hub for each case, and what its memory holds. */
import { startEventHub } from '../local/eventHub/startEventHub.ts';

const hub = await startEventHub({
  hubs: [
    { name: 'one', partitionCount: 1, consumerGroups: ['a', 'b', 'c'] },
    { name: 'four', partitionCount: 4, consumerGroups: ['a', 'b', 'c'] },
    { name: 'kept', partitionCount: 1 },
  ],
});

/** What was only dropped is not counted as kept. */
function settledMemoryBytes(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.send?.(hub.connectionString);
process.on('message', (message) => {
  if (message === 'memory') process.send?.(settledMemoryBytes());
  else void hub.stop().then(() => process.disconnect());
});
process.once('disconnect', () => void hub.stop());
