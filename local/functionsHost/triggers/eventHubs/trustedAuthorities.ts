/**
 * The app's setting `NODE_EXTRA_CA_CERTS` holds for the host's own connections too. The SDK takes no
 * authorities for a client, so they are trusted by the process, for as long as a trigger needs them.
 */
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { messageOf } from '../../../../shared/errors.ts';
import type { ListenerContext } from '../listener.ts';

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const trusted = new Map<object, readonly string[]>();
let before: readonly string[] | undefined;

function apply(): void {
  before ??= tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, ...[...trusted.values()].flat()]);
}

/**
 * @param connection - of the trigger; an emulator's goes without TLS.
 * @returns what takes the trust away again.
 */
export async function trustAuthorities(
  { settings, log }: Pick<ListenerContext, 'settings' | 'log'>,
  connection: string,
): Promise<() => void> {
  const file = settings['NODE_EXTRA_CA_CERTS'];
  if (!file || /(?:^|;)UseDevelopmentEmulator=true/i.test(connection)) return () => {};
  const key = {};
  try {
    // Older releases of Node trust what they trusted at their start.
    if (!('setDefaultCACertificates' in tls)) throw new Error('this Node is older than 24.5');
    trusted.set(key, (await readFile(file, 'utf8')).match(certificate) ?? []);
    apply();
  } catch (error) {
    log('warning', `NODE_EXTRA_CA_CERTS is not heeded by the host: ${messageOf(error)}`);
  }
  return () => {
    if (trusted.delete(key)) apply();
  };
}
