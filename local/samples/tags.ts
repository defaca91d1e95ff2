/** The model's tags in the order of its labels.txt; `Negative` is a photo that shows no such part. */
const partTags = ['flash', 'ok', 'scratch', 'short_shot', 'speck'] as const;
export const tags = [...partTags, 'Negative'] as const;

export type PartTag = (typeof partTags)[number];
export type Tag = (typeof tags)[number];
