/**
 * The one sanitiser: takes secrets and personal data out of any text before it leaves the process.
 *
 * Every pattern begins where a run of its characters begins and never goes back over it, so that a
 * hostile text of any length costs no more than its length. What is masked stays masked: a second
 * pass changes nothing.
 */

export type Sanitiser = (text: string) => string;

const mask = '[redacted]';

/** Shorter ones are words: masking them would eat ordinary text. */
const shortestSecretCharacters = 8;

/** Between a name and its value: in a header, a query, JSON (also as text in JSON), encoded for a URL. */
const separator = String.raw`(?:["'\\]{0,6}\s{0,4}(?:[:=]|%3A|%3D)\s{0,4}|["']\s{0,4},\s{0,4}(?=["']))(?:\[(?!redacted\])|["'\\]){0,6}`;
/** What a settings error says after a name is no value of it. */
const word = String.raw`(?:is|are|must|required|missing|invalid|expected|not|no|too|unset|absent|at|give|needs)\b`;
const value = String.raw`(?!${word})[^\s"'\\,;&<>{}]+`;
const scheme = String.raw`(?:(?:bearer|basic|sharedkey|sharedkeylite|sharedaccesssignature)(?:\s|%20|\+)+)?`;

const secretNames = [
  'account[-_ ]?key',
  'shared[-_ ]?access[-_ ]?(?:key|signature)',
  '(?:prediction|second|training|subscription|api|master|primary|secondary|host|storage)[-_]?key',
  'ocp-apim-subscription-key',
  'x-(?:functions|api|ms-encryption)-key',
  '(?:proxy-|copy-source-|x-ms-copy-source-)?authorization',
  '(?:client|app)[-_]?secret',
  '(?:access|refresh|id|identity|auth)[-_]token',
  'password|passwd|pwd',
].join('|');

const degrees = String.raw`\d{1,3}(?:\.\d{1,12})?`;
const pairSeparator = String.raw`(?:\s{0,4}[,;]\s{0,4}|%2C(?:%20)?)`;
const coordinate = String.raw`[-+]?${degrees}`;

type Rule = readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

const rules: readonly Rule[] = [
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*/g, mask],
  [
    /(?:(?<![a-z])|(?<=%3F|%26|%253F|%2526))(sig(?:=|%3D|%253D))(?:(?!%26|%2526)[\w%+/=.~[\]-])+/gi,
    `$1${mask}`,
  ],
  [
    new RegExp(`(?<![a-z])(sig["'\\\\]{1,6}\\s{0,4}:\\s{0,4}["'\\\\]{1,6})${value}`, 'gi'),
    `$1${mask}`,
  ],
  [new RegExp(`((?:${secretNames})${separator}${scheme})${value}`, 'gi'), `$1${mask}`],
  [new RegExp(`((?:set-)?cookie${separator})[^\\n"'\\\\]+`, 'gi'), `$1${mask}`],
  [/((?:[?&]|\\u0026)code=|%3Fcode%3D|%26code%3D)[^&\s"'\\<>#]+/gi, `$1${mask}`],
  [/\b(bearer(?:\s|%20){1,4})[\w.~+/=-]{16,}/gi, `$1${mask}`],
  [/\b(sharedkey(?:lite)?\s{1,4}\w{1,63}:)[\w+/=]+/gi, `$1${mask}`],
  // A token of three parts, also cut off in its last one.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, mask],
  [/(:\/\/[^\s/:@"'[]{1,100}:)[^\s/@"'[]{1,200}(?=@)/g, `$1${mask}`],
  // Keys of storage accounts (64 bytes) and of hubs (32 bytes), with no name before them.
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}(?:==|%3D%3D)/g, mask],
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}(?:=(?!=)|%3D(?!%3D))/g, mask],
  [
    // One right after the other is one run: the second would begin in the middle of nothing.
    /(?<![\p{L}\p{N}._%+-])(?:[\p{L}\p{N}._%+-]+(?:@|%40)(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}(?![\p{L}\p{N}]))+/gu,
    mask,
  ],
  [
    new RegExp(
      `((?<![a-z])(?:gps)?[-_ ]?(?:dest)?(?:lat(?:itude)?|lon(?:gitude)?|lng|long(?=["'\\\\=]))${separator})[-+]?${degrees}(?![\\d.])`,
      'gi',
    ),
    maskNumber,
  ],
  [
    new RegExp(
      `((?<![a-z])(?:coordinates?|gps|geo|geopoint)${separator}\\s{0,4})${coordinate}${pairSeparator}${coordinate}(?![\\d.])`,
      'gi',
    ),
    maskNumber,
  ],
  [
    new RegExp(
      `(?<![\\d.])${degrees}\\s?[°º](?:\\s?\\d{1,2}(?:\\.\\d{1,12})?\\s?['′’])?(?:\\s?\\d{1,2}(?:\\.\\d{1,12})?\\s?(?:\\\\?["″”]|''))?\\s?[NSEW](?![a-z])`,
      'gi',
    ),
    mask,
  ],
  [/(?<![\d.])[-+]\d{2}\.\d{4,12}[-+]\d{3}\.\d{4,12}/g, mask],
  [
    new RegExp(
      `(?<![\\d.])([-+]?\\d{1,3}\\.\\d{4,15})${pairSeparator}([-+]?\\d{1,3}\\.\\d{4,15})(?![\\d.])`,
      'gi',
    ),
    (pair, first, second) => (isPlace(Number(first), Number(second)) ? mask : pair),
  ],
];

/** JSON stays JSON: where a number stood comes a text, in the quotes that its name has. */
function maskNumber(_found: string, before = ''): string {
  const [, quote = ''] = /(\\*")\s*:\s*\[?$/.exec(before) ?? [];
  return `${before}${quote}${mask}${quote}`;
}

/** Two confidences or box ratios are within one: so is a bit of sea near Africa, which is let through. */
function isPlace(first: number, second: number): boolean {
  const [small, large] = [Math.abs(first), Math.abs(second)].toSorted((a, b) => a - b);
  if (small === undefined || large === undefined) return false;
  return small <= 90 && large <= 180 && large > 1;
}

/** @param knownSecrets - masked wherever they appear: as they are, in JSON, in a URL, within base64. */
export function sanitiser(knownSecrets: readonly string[]): Sanitiser {
  const forms = [...new Set(knownSecrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortestSecretCharacters && !mask.includes(form))
    .toSorted((a, b) => b.length - a.length);
  const shortestFormCharacters = forms.at(-1)?.length ?? Number.POSITIVE_INFINITY;
  const hasKnown = (text: string): boolean =>
    text.length >= shortestFormCharacters && forms.some((form) => text.includes(form));
  const hidden = (text: string): string =>
    forms.reduce((before, form) => before.replaceAll(form, mask), text);
  return (text) => {
    const safe = hasKnown(text) ? hidden(text) : text;
    return marks.test(safe) && words.test(safe) ? untilNothingChanges(safe) : safe;
  };
}

/**
 * Every rule needs one of these somewhere. Most values have none (a tag, a site, a photo's name, an
 * outcome's key), and are not looked at rule by rule.
 */
const marks = /[=@:%°º]|["']\s{0,4},|\.\d{4}|eyJ|-----BEGIN|bearer\s/i;

/** And one of these: an ordinary URL has marks, and no such word. */
const words =
  /sig|key|auth|secret|token|passw|pwd|cookie|code|bearer|eyj|lat|lon|lng|coord|gps|geo|@|%40|[°º]|\.\d{4}|(?<=[a-z0-9+/]{43})(?:=|%3d)/i;

/** A mask may stand where two things had run into each other: what is left of the second shows then. */
function untilNothingChanges(text: string): string {
  let before = text;
  for (let pass = 0; pass < maxPassCount; pass += 1) {
    const after = rules.reduce(applied, before);
    if (after === before) return before;
    before = after;
  }
  // It never comes to rest: nobody knows what is still in it.
  return mask;
}

/** Each pass takes out one more of things that have run into each other; texts have two at most. */
const maxPassCount = 6;

function applied(text: string, [pattern, replacement]: Rule): string {
  return typeof replacement === 'string'
    ? text.replace(pattern, replacement)
    : text.replace(pattern, replacement);
}

function formsOf(secret: string): string[] {
  if (secret.length < shortestSecretCharacters) return [];
  const encoded = encodeURIComponent(secret);
  const base64 = [0, 1, 2].map((offset) => withinBase64(secret, offset));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURIComponent(encoded),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map((text) => encodeURIComponent(text)),
  ];
}

/** The characters that are the same whatever stands before and after it, that many bytes in. */
function withinBase64(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const wholeCharacters = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), wholeCharacters);
}

const namesOfSecrets = /(?:^|[_-])(?:KEY|SECRET|TOKEN|PASSWORD|SAS)$/i;
const partsOfConnections = /(?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=([^;&\s]+)/gi;

export function isSecretName(name: string): boolean {
  return namesOfSecrets.test(name);
}

/** What in an environment is secret: values of settings named so, and the parts of connections. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const parts = [...value.matchAll(partsOfConnections)].map(([, part = '']) => part);
    return isSecretName(name) ? [value, ...parts] : parts;
  });
}

/** No rule matches over it without a change: what is clean together is clean one by one. */
const between = '\u0001';

/** Most records have nothing to mask: their texts are looked at all at once. */
export function isClean(records: readonly object[], sanitise: Sanitiser): boolean {
  let all = '';
  const gather = (value: unknown): void => {
    if (typeof value === 'string') all += value + between;
    else if (Array.isArray(value)) for (const each of value) gather(each);
  };
  for (const record of records) for (const value of Object.values(record)) gather(value);
  return sanitise(all) === all;
}

/** Attributes of spans, details of errors: texts are masked, also those in lists; the rest stays. */
export function sanitised<Texts extends object>(attributes: Texts, sanitise: Sanitiser): Texts {
  const masked = (value: unknown): unknown => {
    if (typeof value === 'string') return sanitise(value);
    return Array.isArray(value) ? value.map(masked) : value;
  };
  const entries = Object.entries(attributes).map(([name, value]) => [name, masked(value)]);
  return Object.fromEntries(entries) as Texts;
}
