/** One client connection: looks at each link it opens and hands it to whoever serves that kind. */
import type { Connection, EventContext, Receiver, Sender, Session } from 'rhea';
import { type Grants, tokenGrants } from './accessToken.ts';
import type { HubContext } from './hubContext.ts';
import { entityPath } from './namespace.ts';
import { servePublisher } from './publisherLink.ts';
import { serveReader } from './readerLink.ts';
import { errorFrom } from './refusal.ts';
import { requestNode, serveRequests } from './requestLink.ts';
import { answerFlow, echoTermini } from './rheaServer.ts';

type Leave = () => void;

/** A refused link is attached first and closed with the reason: that is how AMQP says no. */
function orRefuse(link: Sender | Receiver, serve: () => void): void {
  echoTermini(link);
  try {
    serve();
  } catch (error) {
    link.close(errorFrom(error, 'amqp:internal-error'));
  }
}

function openReceiver(receiver: Receiver, grants: Grants, context: HubContext): void {
  const address = receiver.target?.address ?? '';
  const node = requestNode(address);
  if (node) {
    serveRequests({ receiver, node, grants }, context);
    return;
  }
  const entity = context.namespace.entity(address);
  grants.require(entityPath(address));
  servePublisher(receiver, entity, context);
}

function openSender(sender: Sender, grants: Grants, context: HubContext): Leave | undefined {
  const address = sender.source?.address ?? '';
  if (requestNode(address)) {
    // Written at once it would overtake the open and begin of a client that pipelines.
    sender.on('sender_flow', () => setImmediate(answerFlow, sender));
    return undefined;
  }
  const entity = context.namespace.entity(address);
  grants.require(entityPath(address));
  return serveReader(sender, entity, context);
}

export interface ReaderLinks {
  readonly count: () => number;
}

export function serveConnection(connection: Connection, context: HubContext): ReaderLinks {
  const grants = tokenGrants(context.access, context.nowMs);
  const readers = new Map<Sender, Leave>();
  const leave = (sender: Sender): void => {
    readers.get(sender)?.();
    readers.delete(sender);
  };
  const leaveAll = (session?: Session): void => {
    for (const sender of readers.keys()) {
      if (session === undefined || sender.session === session) leave(sender);
    }
  };

  connection.on('receiver_open', ({ receiver }: EventContext) => {
    if (receiver) orRefuse(receiver, () => openReceiver(receiver, grants, context));
  });
  connection.on('sender_open', ({ sender }: EventContext) => {
    if (!sender) return;
    orRefuse(sender, () => {
      const leaveSeat = openSender(sender, grants, context);
      if (leaveSeat) readers.set(sender, leaveSeat);
    });
  });
  connection.on('sender_close', ({ sender }: EventContext) => {
    if (sender) leave(sender);
  });
  connection.on('session_close', ({ session }: EventContext) => leaveAll(session));
  connection.on('connection_close', () => leaveAll());
  connection.on('disconnected', () => leaveAll());
  return { count: () => readers.size };
}
