/** Figures as text, for the terminal and the model card. */
import { plainSeverity } from '../photoSet.ts';
import { tags } from '../tags.ts';
import { confusionOf, type Figures, figuresOf } from './figures.ts';
import type { ScoredPhoto } from './scoring.ts';

export function figuresText(figures: Figures): string {
  const { photoCount, accuracy, accuracyError, lowRatio, mistakesLowRatio } = figures;
  return [
    `accuracy ${fixed(accuracy)} ± ${fixed(accuracyError)} (n ${photoCount})`,
    `below 0.7: ${fixed(lowRatio)} with ${fixed(mistakesLowRatio)} of the mistakes`,
    `rest ${fixed(figures.accuracyOfRest)}`,
    `calibration error ${fixed(figures.calibrationError)}`,
    `mean top ${fixed(figures.meanTop)}`,
    `brightness ${figures.meanBrightness.toFixed(1)}`,
  ].join(', ');
}

export function reportText(photos: readonly ScoredPhoto[]): string {
  const isFaint = ({ severity }: ScoredPhoto) => severity > 0 && severity < plainSeverity;
  const parts = photos.filter(({ tag }) => tag !== 'Negative');
  return [
    `all: ${figuresText(figuresOf(photos))}`,
    `parts: ${figuresText(figuresOf(parts))}`,
    `without faint defects: ${figuresText(figuresOf(photos.filter((each) => !isFaint(each))))}`,
    `faint defects: ${figuresText(figuresOf(photos.filter(isFaint)))}`,
    ...tagLines(photos),
  ].join('\n');
}

function tagLines(photos: readonly ScoredPhoto[]): string[] {
  const confusion = confusionOf(photos);
  const total = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0);
  return tags.map((tag, index) => {
    const row = confusion[index] ?? [];
    const right = row[index] ?? 0;
    const recall = right / Math.max(1, total(row));
    const precision = right / Math.max(1, total(confusion.map((each) => each[index] ?? 0)));
    return `| ${tag} | ${row.join(' | ')} | ${fixed(recall)} | ${fixed(precision)} |`;
  });
}

function fixed(ratio: number): string {
  return ratio.toFixed(3);
}
