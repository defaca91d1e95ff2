/**
 * How far the heap may grow before it is collected whole. Of photos little stays alive, and an app that
 * waits for most of its time is given a third more than that by V8: its collections took a quarter of
 * the processor time of a photo, and made most of the slow ones slow.
 */
import { setFlagsFromString } from 'node:v8';

/** On top of what was alive after the last such collection. Source: docs/decisions/014-room-for-the-heap.md. */
const growthPercent = 100;

setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
