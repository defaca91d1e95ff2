/** Which call a path means: the cloud's Prediction API, or a route of the exported container. */
export interface CloudRoute {
  readonly version: 'v3.0' | 'v3.1';
  readonly projectId: string;
  readonly publishedName: string;
  readonly projectType: 'classify' | 'detect';
  readonly source: 'image' | 'url';
  readonly isStored: boolean;
}

export interface ContainerRoute {
  readonly source: 'image' | 'url';
  /** With a project in front, which the first exports don't know. */
  readonly isLong: boolean;
}

/** Source: azure-rest-api-specs, CustomVision/Prediction/stable/v3.1/Prediction.json, 2026-11-23. */
const cloudPath =
  /^\/customvision\/(?<version>v3\.[01])\/prediction\/(?<projectId>[^/]+)\/(?<projectType>classify|detect)\/iterations\/(?<publishedName>[^/]+)\/(?<source>image|url)(?<nostore>\/nostore)?\/?$/i;

/** Source: app.py of the exported container, local-models facts 5, 2026-11-23. Case counts there. */
const containerPaths = [
  /^\/(?<source>image|url)$/,
  /^\/[^/]+\/(?<source>image|url)(?:\/nostore)?$/,
  /^\/[^/]+\/(?:classify|detect)\/iterations\/[^/]+\/(?<source>image|url)(?:\/nostore)?$/,
];

/** @param path - without the query, still percent-encoded. */
export function cloudRoute(path: string): CloudRoute | undefined {
  const groups = cloudPath.exec(path)?.groups;
  if (!groups) return undefined;
  return {
    version: groups['version']?.toLowerCase() === 'v3.0' ? 'v3.0' : 'v3.1',
    projectId: groups['projectId']?.toLowerCase() ?? '',
    publishedName: decoded(groups['publishedName'] ?? ''),
    projectType: groups['projectType']?.toLowerCase() === 'detect' ? 'detect' : 'classify',
    source: sourceOf(groups['source']),
    isStored: groups['nostore'] === undefined,
  };
}

export function containerRoute(path: string): ContainerRoute | undefined {
  const groups = containerPaths.map((each) => each.exec(path)?.groups).find(Boolean);
  return groups && { source: sourceOf(groups['source']), isLong: path.lastIndexOf('/') > 0 };
}

function sourceOf(text: string | undefined): 'image' | 'url' {
  return text?.toLowerCase() === 'url' ? 'url' : 'image';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As the gateway names it in its refusals, such as `ClassifyImageUrlWithNoStore`. */
export function operationName({ projectType, source, isStored }: CloudRoute): string {
  const verb = projectType === 'detect' ? 'DetectImage' : 'ClassifyImage';
  return `${verb}${source === 'url' ? 'Url' : ''}${isStored ? '' : 'WithNoStore'}`;
}
