/**
 * How much one connection may have open, and what one of its frames may cost: rhea takes any number
 * of sessions and links, whatever it announced, and looks for each delivery that a frame claims.
 */
import type { Connection } from 'rhea';
import type { Refuse } from './inputGuard.ts';

/**
 * As the service announces them. Source: traces in Azure/azure-sdk-for-python issue 5316 and
 * Azure/azure-event-hubs-go issue 121, 2026-11-26.
 */
export const maxChannel = 4_999;
export const maxHandle = 255;

/** Of all sessions together: as many as .NET, which opens a session for each, can have. */
const maxLinkCount = 5_000;

interface Link {
  is_remote_open(): boolean;
}

interface Deliveries {
  get_head(): { readonly id: number } | undefined;
  get_tail(): { readonly id: number } | undefined;
}

interface Session {
  readonly remote: { readonly handles: Readonly<Record<number, Link>> };
  readonly links: Readonly<Record<string, Link>>;
  readonly outgoing: { readonly deliveries: Deliveries };
  readonly incoming: { readonly deliveries: Deliveries };
  is_remote_open(): boolean;
  remove_link(link: Link): void;
  remove(): void;
}

interface Frame<Performative> {
  readonly channel: number;
  readonly performative: Performative;
}

interface Disposition {
  /** Whether it is the receiver's. */
  readonly role: boolean;
  first: number;
  last: number | null | undefined;
}

interface BoundInternals {
  readonly remote_channel_map: Readonly<Record<number, Session>>;
  on_begin(frame: Frame<unknown>): void;
  on_attach(frame: Frame<{ readonly handle: number }>): void;
  on_disposition(frame: Frame<Disposition>): void;
}

function boundSessions(internals: BoundInternals, links: Set<Link>, refuse: Refuse): void {
  const begin = internals.on_begin.bind(internals);
  internals.on_begin = (frame) => {
    const { channel } = frame;
    const isTaken = internals.remote_channel_map[channel]?.is_remote_open() === true;
    if (channel > maxChannel || isTaken) {
      const said = `Channel ${channel} is in use, or above ${maxChannel}.`;
      refuse('amqp:connection:framing-error', said);
      return;
    }
    begin(frame);
    const session = internals.remote_channel_map[channel];
    if (session) forgetWithSession(session, links);
  };
}

function forgetWithSession(session: Session, links: Set<Link>): void {
  const removeLink = session.remove_link.bind(session);
  session.remove_link = (link) => {
    links.delete(link);
    removeLink(link);
  };
  const remove = session.remove.bind(session);
  session.remove = () => {
    for (const link of Object.values(session.links)) links.delete(link);
    remove();
  };
}

function boundLinks(internals: BoundInternals, links: Set<Link>, refuse: Refuse): void {
  const attach = internals.on_attach.bind(internals);
  internals.on_attach = (frame) => {
    const { handle } = frame.performative;
    const linkAt = () => internals.remote_channel_map[frame.channel]?.remote.handles[handle];
    if (handle > maxHandle || linkAt()?.is_remote_open() === true) {
      const said = `Handle ${handle} is in use, or above ${maxHandle}.`;
      refuse('amqp:connection:framing-error', said);
      return;
    }
    if (links.size >= maxLinkCount) {
      const said = `Cannot allocate more handles. The maximum number of handles is ${maxLinkCount}.`;
      refuse('amqp:resource-limit-exceeded', said);
      return;
    }
    attach(frame);
    const link = linkAt();
    if (link) links.add(link);
  };
}

/** A claim on four billion deliveries is one on those that there are. */
function isOnSome(claim: Disposition, deliveries: Deliveries): boolean {
  const oldest = deliveries.get_head();
  const newest = deliveries.get_tail();
  if (!oldest || !newest) return false;
  claim.last = Math.min(claim.last ?? claim.first, newest.id);
  claim.first = Math.max(claim.first, oldest.id);
  return claim.first <= claim.last;
}

function boundDispositions(internals: BoundInternals): void {
  const dispose = internals.on_disposition.bind(internals);
  internals.on_disposition = (frame) => {
    const session = internals.remote_channel_map[frame.channel];
    if (!session) return;
    const { performative } = frame;
    const { deliveries } = performative.role ? session.outgoing : session.incoming;
    if (isOnSome(performative, deliveries)) dispose(frame);
  };
}

/** Call it before the first byte is read. */
export function boundPeer(connection: Connection, refuse: Refuse): void {
  const internals = connection as unknown as BoundInternals;
  const links = new Set<Link>();
  boundSessions(internals, links, refuse);
  boundLinks(internals, links, refuse);
  boundDispositions(internals);
}
