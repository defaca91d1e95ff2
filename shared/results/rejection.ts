/**
 * Every public reason for which a photo or camera event is turned away, with what its sender should
 * do. The table in docs/events.md is held to this list by a test; codes are never reused.
 */
import type { BlobNameProblem } from '../photo/blobName.ts';
import type { IntakeProblem } from '../photo/intake.ts';
import type { CaptureRejection } from '../photo/readCapture.ts';
import type { PredictionProblem } from '../prediction/failure.ts';

export type PhotoProblem = 'photo-missing' | 'photo-deleted' | 'photo-overwritten';

export type RejectionReason =
  | CaptureRejection
  | BlobNameProblem
  | PhotoProblem
  | IntakeProblem
  | PredictionProblem;

/** Reason → what the sender should do. */
export const rejectionAdvice: Readonly<Record<RejectionReason, string>> = {
  'event-empty': 'Send a body: a CloudEvent that points to a photo, or the photo itself.',
  'event-not-json': 'Send the CloudEvent as structured JSON, UTF-8, or set an image content type.',
  'event-schema':
    'Compare the event with docs/schemas/capture-event.json; the message names the field.',
  'event-carries-url': 'Name container and blob instead: URLs are never fetched.',
  'event-account-not-approved': 'Upload the photo to the approved account and point to it there.',
  'event-container-not-approved':
    'Upload the photo to an approved container and point to it there.',
  'event-inline-too-large': 'Send at most 256 KB inline; upload larger photos and point to them.',
  'name-empty': 'Give the blob a name.',
  'name-too-long': 'Keep blob names to 1,024 characters.',
  'name-control-character': 'Take control characters out of the blob name.',
  'name-dot-segment': 'Use no "." or ".." path segments in the blob name.',
  'name-not-unicode': 'Send the blob name as well-formed Unicode.',
  'photo-missing': 'Upload the photo before announcing it.',
  'photo-deleted': 'Keep the photo until its outcome is there.',
  'photo-overwritten': 'Nothing: the newer version has an outcome of its own.',
  'photo-empty': 'The upload was empty: send it again.',
  'photo-too-large': 'Send at most 4 MB: lower the resolution or the JPEG quality.',
  'photo-truncated': 'The upload was cut short: send it again.',
  'photo-header-damaged': 'The file is damaged: take or send the photo again.',
  'photo-too-small': 'Send at least 16 pixels a side, better 256.',
  'photo-side-too-long': 'Send at most 10,240 pixels a side.',
  'photo-ratio-too-extreme': 'Crop the photo to an aspect ratio of at most 25:1.',
  'photo-too-many-pixels': 'Send at most 50 million pixels.',
  'format-unknown':
    'Send JPEG, PNG, BMP or GIF; the bytes are none of these, whatever the name says.',
  'format-html': 'An HTML page was uploaded under a photo name: check what the app downloads.',
  'format-json': 'A JSON text was uploaded under a photo name: check what the app sends.',
  'format-svg': 'Convert SVG drawings to PNG.',
  'format-heic': 'Let the camera save JPEG ("most compatible"), or convert before the upload.',
  'format-avif': 'Convert AVIF to JPEG.',
  'format-webp': 'Convert WebP to JPEG or PNG.',
  'format-tiff': 'Convert TIFF to JPEG or PNG.',
  'format-psd': 'Export the Photoshop file as JPEG or PNG.',
  'prediction-refused': 'The endpoint could not read the photo: open it, save it anew as JPEG.',
  'answer-null': 'Report it to the operator: the endpoint answered nothing, twice.',
  'answer-html': 'Report it to the operator: a web page answered in place of the endpoint, twice.',
  'answer-text': 'Report it to the operator: the endpoint answered a text, twice.',
  'answer-shape': 'Report it to the operator: the answer was no prediction, twice.',
  'answer-empty': 'Report it to the operator: the answer held no tag, twice.',
  'answer-not-a-number':
    'Report it to the operator: a probability was no number from 0 to 1, twice.',
};
