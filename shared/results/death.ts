/**
 * Every reason for which work on a photo was given up although nobody called the photo unfit. It is
 * about the photo's own failures: an endpoint, hub or storage that is away never ends here. The
 * table in docs/runbook.md is held to this list by a test; codes are never reused.
 */
export type DeathReason =
  | 'age-budget-spent'
  | 'attempt-budget-spent'
  | 'crashed-repeatedly'
  | 'unexpected-error'
  | 'message-poisoned'
  | 'upload-event-poisoned'
  | 'message-not-ours';

/** Reason → what happened, and the operator's next step. */
export const deathAdvice: Readonly<Record<DeathReason, string>> = {
  'age-budget-spent':
    'The endpoint failed on this photo until its time was over: try the photo by hand, then replay it.',
  'attempt-budget-spent':
    'The endpoint failed on this photo too often: try the photo by hand, then replay it.',
  'crashed-repeatedly':
    'Processes ended again and again while at work on this photo: look for memory or time-outs, then replay it.',
  'unexpected-error':
    'The app itself failed on this photo, twice: report the detail as a defect, replay after the fix.',
  'message-poisoned':
    'The host gave up on the parked message: mend what its log says (often settings), then replay it.',
  'upload-event-poisoned':
    'The host gave up on the upload event: mend what its log says (often settings), then replay it.',
  'message-not-ours':
    'A message on our queue was in no form of ours: find its sender; there is nothing to replay.',
};
