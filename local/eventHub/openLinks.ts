/**
 * The links one connection has open to hubs, and who of them may stay: a link ends when its token
 * does, or when nothing passed for too long; a connection ends when it had no link for too long.
 */
import type { Connection, Receiver, Sender, Session } from 'rhea';
import type { Grants } from './accessToken.ts';
import type { Entity } from './namespace.ts';
import { amqpError, Refusal } from './refusal.ts';
import { linkCounts } from './rheaServer.ts';

export interface OpenLink {
  readonly link: Sender | Receiver;
  readonly role: 'reader' | 'publisher';
  /** What the token must cover. */
  readonly path: string;
  readonly entity: Entity;
  /** Gives up what the link holds; called once, however it ends. */
  readonly leave: () => void;
}

/** What a connection may keep the hub waiting for. */
export interface PeerLimits {
  /** From the first byte of a frame to its last. */
  readonly frameMs: number;
  /** From the hub's goodbye until the client has left. */
  readonly goodbyeMs: number;
}

export interface IdleLimits extends PeerLimits {
  readonly linkMs: number;
  readonly connectionMs: number;
  /** From a new connection, or its TLS, to the first byte, or the end of the HTTP headers. */
  readonly beginMs: number;
}

/**
 * Links and connections. Source: traces of the service in Azure/azure-sdk-for-java issues 11233, 41535,
 * 2026-11-25. The others are the stand-in's own: no client that means well comes near them.
 */
export const serviceIdleLimits: IdleLimits = {
  linkMs: 30 * 60_000,
  connectionMs: 5 * 60_000,
  beginMs: 60_000,
  frameMs: 60_000,
  goodbyeMs: 10_000,
};

export interface OpenLinks {
  add(link: OpenLink): void;
  /** The link is gone: what it held is free again. */
  remove(link: Sender | Receiver): void;
  removeAll(session?: Session): void;
  count(role: OpenLink['role']): number;
  /** Closes the links that are meant, with the reason. */
  detach(isMeant: (link: OpenLink) => boolean, reason: Refusal): void;
  /** Closes what has been idle or unauthorised for too long. */
  sweep(limits: IdleLimits, nowMs: number): void;
}

interface Watched extends OpenLink {
  deliveryCount: number;
  activeAtMs: number;
}

function expired(): Refusal {
  return new Refusal('amqp:unauthorized-access', 'ExpiredToken: The token is expired.');
}

function idle({ link, role }: OpenLink, limitMs: number): Refusal {
  const kind = role === 'reader' ? 'AmqpEventHubConsumer' : 'AmqpEventHubPublisher';
  return new Refusal(
    'amqp:link:detach-forced',
    `The link '${link.name}' is force detached. Code: ServerError. ` +
      `Details: ${kind}.IdleTimerExpired: Idle timeout: ${limitMs} ms. TrackingId:local`,
  );
}

function forced(limitMs: number): Refusal {
  return new Refusal(
    'amqp:connection:forced',
    "The connection was closed by container 'event-hub-stand-in' because it did not have any " +
      `active links in the past ${limitMs} milliseconds. TrackingId:local`,
  );
}

/** A reader that waits with credit is not idle, it is patient. */
function isActive(watched: Watched): boolean {
  const { deliveryCount, credit } = linkCounts(watched.link);
  const hasMoved = deliveryCount !== watched.deliveryCount;
  watched.deliveryCount = deliveryCount;
  return hasMoved || (watched.role === 'reader' && credit > 0);
}

export function openLinks(connection: Connection, grants: Grants, startMs: number): OpenLinks {
  const links = new Map<Sender | Receiver, Watched>();
  let linkedAtMs = startMs;
  const remove = (link: Sender | Receiver): void => {
    links.get(link)?.leave();
    links.delete(link);
  };
  const close = (link: Sender | Receiver, { condition, message }: Refusal): void => {
    remove(link);
    link.close(amqpError(condition, message));
  };
  const reasonToEnd = (watched: Watched, limits: IdleLimits, nowMs: number) => {
    if (!grants.covers(watched.path)) return expired();
    if (isActive(watched)) watched.activeAtMs = nowMs;
    return nowMs - watched.activeAtMs > limits.linkMs ? idle(watched, limits.linkMs) : undefined;
  };
  return {
    add(link) {
      // The first sweep finds it active.
      links.set(link.link, { ...link, deliveryCount: -1, activeAtMs: 0 });
    },
    remove,
    removeAll(session) {
      for (const link of links.keys()) {
        if (session === undefined || link.session === session) remove(link);
      }
    },
    count: (role) => [...links.values()].filter((link) => link.role === role).length,
    detach(isMeant, reason) {
      for (const link of links.values()) if (isMeant(link)) close(link.link, reason);
    },
    sweep(limits, nowMs) {
      // A connection whose last link ends now has been without links from now on.
      if (links.size > 0) linkedAtMs = nowMs;
      for (const watched of links.values()) {
        const reason = reasonToEnd(watched, limits, nowMs);
        if (reason) close(watched.link, reason);
      }
      if (nowMs - linkedAtMs <= limits.connectionMs) return;
      const { condition, message } = forced(limits.connectionMs);
      connection.close(amqpError(condition, message));
    },
  };
}
