/** Every alert rule, once: queries, infrastructure, pages and the fire drill are made from here. */
import type { AlertRule } from './alertRule.ts';
import { appRules } from './rules/appRules.ts';
import { endpointRules } from './rules/endpointRules.ts';
import { photoRules } from './rules/photoRules.ts';
import { quotaRules } from './rules/quotaRules.ts';

const rules = [...endpointRules, ...quotaRules, ...photoRules, ...appRules] as const;

export type AlertRuleName = (typeof rules)[number]['name'];

/** Those that wake people up come first. */
export const alertRules: readonly AlertRule[] = rules.toSorted(
  (one: AlertRule, other: AlertRule) => one.severity - other.severity,
);
