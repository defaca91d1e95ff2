/** One client connection: looks at each link it opens and hands it to whoever serves that kind. */
import type { Connection, EventContext, Receiver, Sender } from 'rhea';
import { type Grants, tokenGrants } from './accessToken.ts';
import type { HubContext } from './hubContext.ts';
import { entityPath } from './namespace.ts';
import { type OpenLinks, openLinks } from './openLinks.ts';
import { servePublisher } from './publisherLink.ts';
import { serveReader } from './readerLink.ts';
import { errorFrom } from './refusal.ts';
import { requestNode, serveRequests } from './requestLink.ts';
import { answerFlow, cameWithKey, echoRefused, echoTermini } from './rheaServer.ts';

/** A refused link is attached first and closed with the reason: that is how AMQP says no. */
function orRefuse(link: Sender | Receiver, serve: () => void): void {
  try {
    serve();
    echoTermini(link);
  } catch (error) {
    echoRefused(link);
    link.close(errorFrom(error, 'amqp:internal-error'));
  }
}

interface Client {
  readonly grants: Grants;
  readonly links: OpenLinks;
  readonly context: HubContext;
}

function noLeaving(): void {}

function openReceiver(receiver: Receiver, { grants, links, context }: Client): void {
  const address = receiver.target?.address ?? '';
  const node = requestNode(address);
  if (node) {
    serveRequests({ receiver, node, grants }, context);
    return;
  }
  const entity = context.namespace.entity(address);
  const path = entityPath(address);
  grants.require(path);
  servePublisher(receiver, entity, context);
  links.add({ link: receiver, role: 'publisher', path, entity, leave: noLeaving });
}

function openSender(sender: Sender, { grants, links, context }: Client): void {
  const address = sender.source?.address ?? '';
  if (requestNode(address)) {
    // Written at once it would overtake the open and begin of a client that pipelines.
    sender.on('sender_flow', () => setImmediate(answerFlow, sender));
    return;
  }
  const entity = context.namespace.entity(address);
  const path = entityPath(address);
  grants.require(path);
  const leave = serveReader(sender, entity, context);
  links.add({ link: sender, role: 'reader', path, entity, leave });
}

export function serveConnection(connection: Connection, context: HubContext): OpenLinks {
  const grants = tokenGrants(context.access, context.nowMs);
  const links = openLinks(connection, grants, context.nowMs());
  const client: Client = { grants, links, context };

  connection.on('connection_open', () => {
    if (cameWithKey(connection)) grants.putKey();
  });
  connection.on('receiver_open', ({ receiver }: EventContext) => {
    if (receiver) orRefuse(receiver, () => openReceiver(receiver, client));
  });
  connection.on('sender_open', ({ sender }: EventContext) => {
    if (sender) orRefuse(sender, () => openSender(sender, client));
  });
  connection.on('receiver_close', ({ receiver }: EventContext) => {
    if (receiver) links.remove(receiver);
  });
  connection.on('sender_close', ({ sender }: EventContext) => {
    if (sender) links.remove(sender);
  });
  connection.on('session_close', ({ session }: EventContext) => links.removeAll(session));
  connection.on('connection_close', () => links.removeAll());
  connection.on('disconnected', () => links.removeAll());
  return links;
}
