/** What the app serves no function for; the root shows all the same that a host is there. */
import type { ServerResponse } from 'node:http';
import type { Settings } from '../../settings.ts';
import { writeEmpty } from './httpData.ts';

const homePage =
  '<!doctype html><title>Functions</title><h1>Your functions are up and running.</h1>';

/** Source: Azure Functions host, HomepageMiddleware, 2026-11-26. */
export function answerUnserved(settings: Settings, path: string, response: ServerResponse): void {
  if (path !== '/') return writeEmpty(response, 404);
  const isDisabled = /^true$/i.test(settings['AzureWebJobsDisableHomepage'] ?? '');
  if (isDisabled) return writeEmpty(response, 204);
  response.writeHead(200, { 'content-type': 'text/html' }).end(homePage);
}
