/** The whole page as one document, from the rows that arrived. */
import { costSection } from './costSection.ts';
import { failuresSection } from './failuresSection.ts';
import { flowSection } from './flowSection.ts';
import type { Span } from './overTime.ts';
import type { Board } from './panel.ts';
import { quotaSection } from './quotaSection.ts';
import { type ReadRows, readings } from './readings.ts';
import { stuckSection } from './stuckSection.ts';
import { tiles } from './tiles.ts';

const latestPhotoCount = 50;

export interface Moment {
  readonly span: Span;
  readonly nowMs: number;
}

export function board(rows: ReadRows, { span, nowMs }: Moment): Omit<Board, 'canLook'> {
  const read = readings(rows, span, nowMs);
  const names = read.events('photo.settled').flatMap(({ is }) => is('photo') ?? []);
  return {
    tiles: tiles(read),
    sections: [flowSection, quotaSection, failuresSection, stuckSection, costSection].map(
      (section) => section(read),
    ),
    latestPhotos: [...new Set(names.toReversed())].slice(0, latestPhotoCount),
  };
}
