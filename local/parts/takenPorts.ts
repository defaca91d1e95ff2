/** Looks at fixed ports before anything starts: one clear error instead of whichever part fails first. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Ports, portNames } from './part.ts';

/** @throws Error that names every taken port. */
export async function assertPortsFree(ports: Ports): Promise<void> {
  const looks = portNames.map(async (name) => {
    const port = ports[name];
    return port === undefined || (await isFree(port)) ? [] : [`${port} (${name})`];
  });
  const taken = (await Promise.all(looks)).flat();
  if (taken.length === 0) return;
  const [what, verb] = taken.length === 1 ? ['port', 'is'] : ['ports', 'are'];
  throw new Error(
    `The ${what} ${taken.join(', ')} of 127.0.0.1 ${verb} taken. ` +
      'End what listens there, or choose other ports with --port-base N.',
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    // Whatever the reason: a part could not listen there either.
    return false;
  } finally {
    server.close();
  }
}
