/**
 * The corners of rhea that its own types leave out, each behind a typed function. Only this file and
 * those that stand between rhea and the wire cast: frameBorder, inputGuard, messageBorder, peerBounds.
 * Nothing here touches rhea's shared state: the SDK under test may use the same copy.
 */
/* oxlint-disable no-underscore-dangle -- the names are rhea's */
import type { Duplex } from 'node:stream';
import rhea, { type Connection, type Container, type Receiver, type Sender } from 'rhea';
import { mendFrames } from './frameBorder.ts';
import { guardInput } from './inputGuard.ts';
import { guardDecoding } from './messageBorder.ts';
import type { PeerLimits } from './openLinks.ts';
import { boundPeer } from './peerBounds.ts';

interface ServerConnection extends Connection {
  accept(stream: Duplex): void;
  eof(): void;
}

type ConnectionConstructor = new (options: object, container: Container) => ServerConnection;

interface SessionInternals {
  readonly outgoing: { available(): number };
  _write_flow(): void;
}

interface SaslInternals {
  readonly sasl_transport?: {
    readonly selected?: {
      readonly mechanism?: { readonly needsKey?: boolean; readonly outcome?: boolean };
    };
  };
}

interface SenderInternals {
  readonly credit: number;
  readonly delivery_count: number;
}

interface LinkInternals {
  readonly local: { readonly attach: { offered_capabilities?: string[] } };
}

function noReaction(): void {}

const uneventful = ['error', 'protocol_error', 'connection_error', 'session_error'] as const;

/** @param isKey - whether name and key, as they come with SASL PLAIN, are the namespace's own. */
export function createServerContainer(isKey: (name: string, key: string) => boolean): Container {
  const container = rhea.create_container({ id: 'event-hub-stand-in' });
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  mechanisms.enable_plain(isKey);
  const plain = mechanisms.PLAIN;
  mechanisms.PLAIN = () => Object.assign(plain(), { needsKey: true });
  // What .NET and C clients ask for; the token on $cbs is what counts.
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS;
  // Unheard errors would be thrown and take the process down with one rude client.
  for (const event of [...uneventful, 'sender_error', 'receiver_error', 'disconnected']) {
    container.on(event, noReaction);
  }
  return container;
}

/** Whether the client showed the key itself at the start, and so needs no token. */
export function cameWithKey(connection: Connection): boolean {
  const { sasl_transport: sasl } = connection as unknown as SaslInternals;
  const { needsKey, outcome } = sasl?.selected?.mechanism ?? {};
  return needsKey === true && outcome === true;
}

/** What rhea is told, and what its client may keep it waiting for. */
interface ServerOptions {
  readonly limits: PeerLimits;
  readonly maxMessageBytes: number;
  readonly [option: string]: unknown;
}

/** Speaks AMQP on a byte stream; `setUp` adds listeners before the first byte is read. */
export function serveStream(
  container: Container,
  stream: Duplex,
  { limits, maxMessageBytes, ...options }: ServerOptions,
  setUp: (connection: Connection) => void,
): void {
  const Constructor = container.create_connection().constructor as ConnectionConstructor;
  const connection = new Constructor(options, container);
  mendFrames(connection, stream);
  boundPeer(connection, guardInput(connection, stream, limits));
  setUp(connection);
  stream.on('error', noReaction);
  // rhea hears 'end' and 'error' only: a destroyed stream would leave its heartbeat timers behind.
  stream.on('close', () => connection.eof());
  connection.accept(stream);
  guardDecoding(connection, maxMessageBytes);
}

/** How many deliveries the link may still queue; credit itself falls only as frames go out. */
export function sendableCount(sender: Sender, queuedCount: number): number {
  const { credit, delivery_count } = sender as Sender & SenderInternals;
  const session = sender.session as unknown as SessionInternals;
  return Math.min(credit - (queuedCount - delivery_count), session.outgoing.available());
}

/** What the link has seen of deliveries, in either direction, and what credit is left. */
export function linkCounts(link: Sender | Receiver): { deliveryCount: number; credit: number } {
  const { delivery_count: deliveryCount, credit } = link as unknown as SenderInternals;
  return { deliveryCount, credit };
}

/** An extra session flow; without an answer the client's delayed ACK stalls its next request. */
export function answerFlow(sender: Sender): void {
  if (sender.is_closed()) return;
  (sender.session as unknown as SessionInternals)._write_flow();
}

/** A plain array: a wrapped symbol makes rhea silently never send the attach. */
export function offerCapability(link: Sender | Receiver, capability: string): void {
  (link as unknown as LinkInternals).local.attach.offered_capabilities = [capability];
}

/** The attach reply repeats both ends of the link, as the client named them. */
export function echoTermini(link: Sender | Receiver): void {
  link.set_source(link.source ?? {});
  link.set_target(link.target ?? {});
}

/** A refused link lacks the end that the hub would have had: .NET's client waits for the reason then. */
export function echoRefused(link: Sender | Receiver): void {
  if (link.is_sender()) link.set_target(link.target ?? {});
  else link.set_source(link.source ?? {});
}

/** rhea's types call these strings; on the wire one, many or none may come, as symbols. */
export function desiredCapabilities(link: Sender | Receiver): string[] {
  return [link.desired_capabilities ?? []].flat().map(String);
}

export function linkProperty(link: Sender | Receiver, name: string): unknown {
  const properties: Record<string, unknown> | undefined = link.properties;
  return properties?.[name];
}

/** As a name and as a number. Source: Apache, "AMQP filters in the registry", 2026-11-26. */
const selectorDescriptors: readonly unknown[] = [
  'apache.org:selector-filter:string',
  0x0000_468c_0000_0004,
];

interface Described {
  readonly descriptor?: { readonly value?: unknown };
}

/** Proton gives the entry a name of its own, others leave out the descriptor. */
function isSelector([name, filter]: [string, Described | null]): boolean {
  return [name, filter?.descriptor?.value].some((one) => selectorDescriptors.includes(one));
}

/** The selector filter as text, whether or not the client described it. */
export function selectorFilter(sender: Sender): string | undefined {
  const filters: Record<string, Described | null> = sender.source?.filter ?? {};
  const filter: unknown = Object.entries(filters).find(isSelector)?.[1];
  if (filter === undefined || filter === null) return undefined;
  if (typeof filter === 'object' && 'value' in filter) return String(filter.value);
  return typeof filter === 'string' ? filter : JSON.stringify(filter);
}
