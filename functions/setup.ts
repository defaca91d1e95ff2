/** Worker-wide set-up: comes before any function is registered. */
import { app } from '@azure/functions';
import './blobReference.cts';
import { closeComposition } from './composition.ts';
import { lifetime } from './lifetime.ts';

// Keeps empty event bodies and partition keys in their places, so that arrays stay aligned.
app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });

lifetime.endGracefully(app.hook, closeComposition);
