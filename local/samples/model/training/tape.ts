/**
 * Reverse-mode differentiation inside an ONNX graph: every forward operator records how to write its
 * own backward operators, and playing the tape back appends them to the same graph. One run of an
 * inference session then answers scores and gradients alike.
 */
import type { GraphWriter } from '../onnx/graphWriter.ts';

export class Tape {
  readonly graph: GraphWriter;
  readonly #gradients = new Map<string, string[]>();
  readonly #steps: (() => void)[] = [];

  constructor(graph: GraphWriter) {
    this.graph = graph;
  }

  record(step: () => void): void {
    this.#steps.push(step);
  }

  /** A value used twice gets two gradients; they add up. */
  addGradient(value: string, gradient: string): void {
    this.#gradients.set(value, [...(this.#gradients.get(value) ?? []), gradient]);
  }

  /** @throws Error where nothing downstream of the value is in the loss. */
  gradientOf(value: string): string {
    const [first, ...others] = this.#gradients.get(value) ?? [];
    if (first === undefined) throw new Error(`the loss does not depend on ${value}`);
    return others.length === 0 ? first : this.graph.add('Sum', [first, ...others]);
  }

  playBack(): void {
    for (const step of this.#steps.toReversed()) step();
  }
}
