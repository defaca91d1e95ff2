/** A hub in a process of its own, which a test may kill: its options come as the argument. */
import { startEventHub } from '../../../../local/eventHub/startEventHub.ts';

const hub = await startEventHub(JSON.parse(process.argv[2] ?? '{}'));
process.send?.(hub.connectionString);
process.once('disconnect', () => void hub.stop());
