/**
 * Checks the tokens a client puts on `$cbs` and remembers, per connection, what they open.
 * The signature is over the resource as the token spells it: clients escape it differently.
 * Source: Microsoft Learn, "Authenticate access with shared access signatures", 2026-11-23.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { entityPath } from './namespace.ts';
import { Refusal } from './refusal.ts';

export interface AccessKey {
  readonly keyName: string;
  readonly key: string;
}

export interface TokenRequest {
  readonly audience: string;
  readonly type: string;
  readonly token: string;
}

export interface Grants {
  put(request: TokenRequest): void;
  /** @throws Refusal when no live token of this connection covers the path. */
  require(path: string): void;
}

interface Grant {
  readonly path: string;
  readonly expiresAtMs: number;
}

const signaturePrefix = 'SharedAccessSignature ';

function invalid(reason: string): Refusal {
  return new Refusal('amqp:unauthorized-access', `InvalidSignature: ${reason}`);
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A grant on `hub` opens `hub/Partitions/0`; one on the empty path opens everything. */
function covers(grantPath: string, path: string): boolean {
  return grantPath === '' || `${path.toLowerCase()}/`.startsWith(`${grantPath}/`);
}

/** The fields of a signature by name, still escaped. */
function rawFields(token: string): Map<string, string> {
  const pairs = token.slice(signaturePrefix.length).split('&');
  return new Map(
    pairs.map((pair) => {
      const split = pair.indexOf('=');
      return [pair.slice(0, split), pair.slice(split + 1)];
    }),
  );
}

function signatureGrant(request: TokenRequest, access: AccessKey, nowMs: number): Grant {
  const fields = rawFields(request.token);
  const field = (name: string): string => fields.get(name) ?? '';
  const expected = createHmac('sha256', access.key)
    .update(`${field('sr')}\n${field('se')}`)
    .digest('base64');
  const expiresAtMs = Number(field('se')) * 1000;
  const path = entityPath(decodeURIComponent(field('sr'))).toLowerCase();
  if (decodeURIComponent(field('skn')) !== access.keyName) throw invalid('Unknown key name.');
  if (!isSame(decodeURIComponent(field('sig')), expected)) {
    throw invalid('The token has an invalid signature.');
  }
  if (!(expiresAtMs > nowMs)) throw invalid('The token has expired.');
  if (!covers(path, entityPath(request.audience)))
    throw invalid('The token is for another entity.');
  return { path, expiresAtMs };
}

/** Python sends signatures under the type `jwt`, so the token itself tells what it is. */
function grantFor(request: TokenRequest, access: AccessKey, nowMs: number): Grant {
  if (request.token.startsWith(signaturePrefix)) return signatureGrant(request, access, nowMs);
  if (request.type !== 'jwt') throw invalid('A shared access signature was expected.');
  return { path: entityPath(request.audience).toLowerCase(), expiresAtMs: Infinity };
}

export function tokenGrants(access: AccessKey, nowMs: () => number): Grants {
  const grants = new Map<string, Grant>();
  return {
    put(request) {
      const grant = grantFor(request, access, nowMs());
      grants.set(grant.path, grant);
    },
    require(path) {
      const isOpen = [...grants.values()].some(
        (grant) => grant.expiresAtMs > nowMs() && covers(grant.path, path),
      );
      if (isOpen) return;
      throw new Refusal(
        'amqp:unauthorized-access',
        `Unauthorized access. 'Send' or 'Listen' claims are required for '${path}'.`,
      );
    },
  };
}
