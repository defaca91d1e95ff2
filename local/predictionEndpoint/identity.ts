/** What answers carry of the iteration that gave them. */
import { createHash } from 'node:crypto';

export interface Identity {
  readonly projectId: string;
  readonly iterationId: string;
  readonly projectType: 'classify' | 'detect';
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
}

/** The same name always gets the same id, in every process: tag ids have to survive a restart. */
export function stableId(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('\n')).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(18, 20),
    hex.slice(20, 32),
  ].join('-');
}
