/**
 * Checks the tokens a client puts on `$cbs` and remembers, per connection, what they open.
 * The signature is over the resource as the token spells it: clients escape it differently.
 * Source: Microsoft Learn, "Authenticate access with shared access signatures", 2026-11-23.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { entityPath } from './namespace.ts';
import { Refusal } from './refusal.ts';

export interface AccessKey {
  readonly keyName: string;
  readonly key: string;
  /** Whether tokens of an identity are taken, whoever signed them. */
  readonly acceptsJwt: boolean;
}

export interface TokenRequest {
  readonly audience: string;
  readonly type: string;
  readonly token: string;
}

export interface Grants {
  put(request: TokenRequest): void;
  /** The client showed the key itself: everything is open to it for good. */
  putKey(): void;
  /** Whether a live token of this connection opens the path. */
  covers(path: string): boolean;
  /** @param token - one for this once. @throws Refusal when none does. */
  require(path: string, token?: unknown): void;
}

interface Grant {
  readonly path: string;
  readonly expiresAtMs: number;
}

const signaturePrefix = 'SharedAccessSignature ';

/** Source: Azure/azure-sdk-for-js issue 26073 (a trace of the service), read 2026-11-25. */
function refused(text: string): Refusal {
  return new Refusal('com.microsoft:auth-failed', `${text} TrackingId:local`);
}

function mustBeLive(expiresAtMs: number, nowMs: number): void {
  if (expiresAtMs > nowMs) return;
  const expiry = Number.isFinite(expiresAtMs) ? new Date(expiresAtMs).toISOString() : 'unknown';
  throw refused(`ExpiredToken: The token is expired. Expiration time: '${expiry}'`);
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Live grants of one connection; older ones give way. */
const maxGrantCount = 5_000;

/** The path itself and whatever it lies below, to the empty path. */
function pathsAbove(path: string): string[] {
  const segments = path.toLowerCase().split('/');
  return ['', ...segments.map((_, index) => segments.slice(0, index + 1).join('/'))];
}

/** A grant on `hub` opens `hub/Partitions/0`; one on the empty path opens everything. */
function covers(grantPath: string, path: string): boolean {
  return grantPath === '' || `${path.toLowerCase()}/`.startsWith(`${grantPath}/`);
}

/** Source: Microsoft Learn, "AMQP 1.0 in Azure Service Bus and Event Hubs protocol guide", 2026-11-26. */
export function isOwnKey(access: AccessKey, name: string, key: string): boolean {
  return name === access.keyName && isSame(key, access.key);
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
  if (decodeURIComponent(field('skn')) !== access.keyName) {
    throw refused('InvalidSignature: The key name is unknown.');
  }
  if (!isSame(decodeURIComponent(field('sig')), expected)) {
    throw refused('InvalidSignature: The token has an invalid signature.');
  }
  mustBeLive(expiresAtMs, nowMs);
  if (!covers(path, entityPath(request.audience))) {
    throw refused('InvalidAudience: The token is for another entity.');
  }
  return { path, expiresAtMs };
}

const claims = z.object({ exp: z.number() });

/** When a token says that it ends; one that can't be read never does. */
function expiryMs(token: string): number {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return claims.parse(JSON.parse(payload)).exp * 1000;
  } catch {
    // Opaque to us, and that is the client's right.
    return Infinity;
  }
}

/** Python sends signatures under the type `jwt`, so the token itself tells what it is. */
function grantFor(request: TokenRequest, access: AccessKey, nowMs: number): Grant {
  if (request.token.startsWith(signaturePrefix)) return signatureGrant(request, access, nowMs);
  if (request.type !== 'jwt' || !access.acceptsJwt) {
    throw refused('InvalidToken: A shared access signature was expected.');
  }
  const expiresAtMs = expiryMs(request.token);
  mustBeLive(expiresAtMs, nowMs);
  return { path: entityPath(request.audience).toLowerCase(), expiresAtMs };
}

export function tokenGrants(access: AccessKey, nowMs: () => number): Grants {
  const grants = new Map<string, Grant>();
  // Every open link asks twice a second: the number of grants must not matter.
  const isCovered = (path: string): boolean =>
    pathsAbove(path).some((above) => (grants.get(above)?.expiresAtMs ?? 0) > nowMs());
  return {
    put(request) {
      const grant = grantFor(request, access, nowMs());
      grants.delete(grant.path);
      grants.set(grant.path, grant);
      const [oldest] = grants.keys();
      if (oldest !== undefined && grants.size > maxGrantCount) grants.delete(oldest);
    },
    putKey() {
      grants.set('', { path: '', expiresAtMs: Infinity });
    },
    covers: isCovered,
    require(path, token) {
      if (isCovered(path)) return;
      if (typeof token === 'string') {
        grantFor({ audience: `/${path}`, type: 'jwt', token }, access, nowMs());
        return;
      }
      throw new Refusal(
        'amqp:unauthorized-access',
        `Unauthorized access. 'Send' or 'Listen' claims are required for '${path}'.`,
      );
    },
  };
}
