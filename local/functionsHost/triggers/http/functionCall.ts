/** An HTTP function that gets its request whole, and whose answer is sent when it is through. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppFunction } from '../../app/appFunction.ts';
import type { InvocationResponse } from '../../app/invocation.ts';
import type { ListenerContext } from '../listener.ts';
import { requestData, writeEmpty, writeResponse } from './httpData.ts';
import { isSaidTooLarge, maxBodyBytesOf, readBody, refuseTooLarge } from './requestBody.ts';
import type { RouteMatch } from './routes.ts';

export async function callFunction(
  { invocations, settings }: ListenerContext,
  { called, parameters }: RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const maxBytes = maxBodyBytesOf(settings);
  const body = isSaidTooLarge(request, maxBytes) ? undefined : await readBody(request, maxBytes);
  if (!body) return refuseTooLarge(response);
  const data = { http: requestData(request, parameters, body) };
  const result = await invocations.run(called, { data });
  if (result.kind === 'failed') writeEmpty(response, 500);
  else writeResponse(response, httpOf(called, result.response));
}

/** The HTTP answer is what the function returned, or the output that is bound to HTTP. */
function httpOf({ metadata }: AppFunction, { returnValue, outputData = [] }: InvocationResponse) {
  if (returnValue?.http) return returnValue.http;
  return outputData.find(({ name }) => metadata.bindings[name]?.type.toLowerCase() === 'http')?.data
    .http;
}
