/**
 * Requests and replies on `$cbs` (tokens) and `$management`. A client names its reply link, or,
 * like Python's, just opens one from the same node in the same session.
 */
import rhea, { type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import { messageOf } from '../../shared/errors.ts';
import type { Grants } from './accessToken.ts';
import type { HubContext } from './hubContext.ts';
import { managementReply } from './managementReply.ts';
import { errorFrom, Refusal } from './refusal.ts';

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly condition?: string | undefined;
  readonly body?: unknown;
}

export type RequestNode = 'cbs' | 'management';

const statusOf = new Map([
  ['amqp:unauthorized-access', 401],
  ['com.microsoft:auth-failed', 401],
  ['amqp:not-found', 404],
  ['amqp:not-implemented', 501],
]);

/** @returns which request node an address means, or `undefined` for a hub's. */
export function requestNode(address: string | undefined): RequestNode | undefined {
  const name = address?.toLowerCase() ?? '';
  if (name === '$cbs') return 'cbs';
  return name.endsWith('$management') ? 'management' : undefined;
}

function putToken(message: Message, grants: Grants, context: HubContext): Reply {
  const { operation, type, name } = message.application_properties ?? {};
  if (operation !== 'put-token') {
    throw new Refusal('amqp:not-implemented', `Unknown operation '${String(operation)}'.`);
  }
  const audience = String(name);
  const body: unknown = message.body;
  grants.put({ audience, type: String(type), token: String(body) });
  const hubName = /^\w+:\/\/[^/]+\/([^/]+)/.exec(audience)?.[1];
  if (hubName !== undefined) context.namespace.hub(hubName);
  return { status: 202, text: 'Accepted' };
}

function read(message: Message, grants: Grants, context: HubContext): Reply {
  const request: Record<string, unknown> = message.application_properties ?? {};
  const path = `${String(request['name'])}/$management`;
  // .NET puts no token for this: it comes with the request.
  requireForRequest(grants, path, request['security_token']);
  return { status: 200, text: 'OK', body: managementReply(context.namespace, request) };
}

/**
 * The condition for a bad token here is the one that .NET's client reads as "unauthorised"; which the
 * service gives was not seen. Source: azure-sdk-for-net, AmqpError of Event Hubs, 2026-11-26.
 */
function requireForRequest(grants: Grants, path: string, token: unknown): void {
  try {
    grants.require(path, token);
  } catch (error) {
    throw new Refusal('amqp:unauthorized-access', messageOf(error));
  }
}

function refused(error: unknown): Reply {
  const { condition = '', description = '' } = errorFrom(error, 'amqp:internal-error');
  return { status: statusOf.get(condition) ?? 400, text: description, condition };
}

function replyLink(receiver: Receiver, replyTo: string | undefined): Sender | undefined {
  const isNamed = (link: Sender): boolean =>
    link.name === replyTo || link.target?.address === replyTo;
  const isPaired = (link: Sender): boolean => link.source?.address === receiver.target?.address;
  if (replyTo === undefined || replyTo === null) return receiver.session.find_sender(isPaired);
  return receiver.session.find_sender(isNamed) ?? receiver.connection.find_sender(isNamed);
}

function sendReply(sender: Sender, request: Message, reply: Reply): void {
  const status = {
    'status-code': rhea.types.wrap_int(reply.status),
    'status-description': reply.text,
  };
  const { condition } = reply;
  sender.send({
    ...(request.message_id !== undefined && { correlation_id: request.message_id }),
    body: reply.body,
    application_properties:
      condition === undefined
        ? status
        : { ...status, 'error-condition': rhea.types.wrap_symbol(condition) },
  });
}

export interface RequestLink {
  readonly receiver: Receiver;
  readonly node: RequestNode;
  readonly grants: Grants;
}

export function serveRequests(link: RequestLink, context: HubContext): void {
  const { receiver, node, grants } = link;
  receiver.on('message', ({ message, delivery }: EventContext) => {
    if (!message) return;
    delivery?.accept();
    let reply: Reply;
    try {
      reply = node === 'cbs' ? putToken(message, grants, context) : read(message, grants, context);
    } catch (error) {
      reply = refused(error);
    }
    const sender = replyLink(receiver, message.reply_to);
    if (sender) sendReply(sender, message, reply);
  });
}
