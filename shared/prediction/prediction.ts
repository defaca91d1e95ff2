/** What a model says about a photo, in the words of this product and of no particular service. */
export interface ModelIdentity {
  readonly backend: 'customVision' | 'exportedModel';
  readonly projectId: string;
  readonly publishedName: string;
  readonly projectType: 'classify' | 'detect';
}

/** Normalised to the photo: fractions of width and height from the top left corner. */
export interface Box {
  readonly leftRatio: number;
  readonly topRatio: number;
  readonly widthRatio: number;
  readonly heightRatio: number;
}

export interface Tag {
  readonly tag: string;
  /** Absent where the model does not know it (exported models). */
  readonly tagId?: string | undefined;
  readonly tagType?: 'Regular' | 'Negative' | 'GeneralProduct' | undefined;
  /** Fraction in [0, 1]. */
  readonly confidence: number;
  readonly box?: Box | undefined;
}

export interface Prediction {
  /** The service's own id of this answer. */
  readonly predictionId: string | undefined;
  /** Which iteration answered: the only proof when a published name is pointed elsewhere. */
  readonly iterationId: string | undefined;
  /** Highest confidence first. */
  readonly tags: readonly Tag[];
}

/** Identifies a model in outcome keys: one outcome per photo version and model. */
export function modelKeyOf(model: ModelIdentity): string {
  return `${model.backend}/${model.projectId}/${model.publishedName}`;
}

export function byConfidence(left: Tag, right: Tag): number {
  return right.confidence - left.confidence;
}
