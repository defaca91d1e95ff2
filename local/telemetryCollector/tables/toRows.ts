/** From an envelope to the rows that the service would make of it. */
import type { Envelope, EnvelopeData } from '../envelope.ts';
import type { Row, Table } from './row.ts';

type Data<Type extends EnvelopeData['baseType']> = Extract<
  EnvelopeData,
  { readonly baseType: Type }
>['baseData'];

type Own = Omit<
  Row,
  | 'timestampMs'
  | `operation_${string}`
  | `cloud_${string}`
  | 'customDimensions'
  | 'customMeasurements'
  | 'itemCount'
>;

/** A metric envelope may hold many metrics: each is a row. */
export function toRows(envelope: Envelope): Row[] {
  const { tags, data, time, sampleRate } = envelope;
  const common = {
    timestampMs: Date.parse(time),
    operation_Id: tags['ai.operation.id'] ?? '',
    operation_ParentId: tags['ai.operation.parentId'] ?? '',
    operation_Name: tags['ai.operation.name'] ?? '',
    cloud_RoleName: tags['ai.cloud.role'] ?? '',
    cloud_RoleInstance: tags['ai.cloud.roleInstance'] ?? '',
    customDimensions: data.baseData.properties,
    customMeasurements: data.baseData.measurements,
    itemCount: sampleRate > 0 ? 100 / sampleRate : 1,
  };
  return ownOf(data).map((own) => ({ ...common, ...own }));
}

function ownOf(data: EnvelopeData): Own[] {
  switch (data.baseType) {
    case 'RequestData':
      return [{ ...timed('requests', data.baseData), resultCode: data.baseData.responseCode }];
    case 'RemoteDependencyData': {
      const { resultCode, type, target } = data.baseData;
      return [{ ...timed('dependencies', data.baseData), resultCode, type, target }];
    }
    case 'EventData':
      return [{ table: 'customEvents', name: data.baseData.name }];
    case 'MetricData':
      return data.baseData.metrics.map(metricRow);
    case 'AvailabilityData':
      return [{ ...timed('availabilityResults', data.baseData), message: data.baseData.message }];
    case 'MessageData': {
      const { message, severityLevel } = data.baseData;
      return [{ table: 'traces', name: message, severityLevel: String(severityLevel ?? '') }];
    }
    case 'ExceptionData': {
      const [{ typeName, message } = { typeName: '', message: '' }] = data.baseData.exceptions;
      return [{ table: 'exceptions', name: `${typeName}: ${message}` }];
    }
  }
}

function timed(
  table: Table,
  data: Data<'RequestData' | 'RemoteDependencyData' | 'AvailabilityData'>,
) {
  const { id, name, duration, success } = data;
  return { table, id, name, duration: durationMs(duration), success: isTrue(success) };
}

/** Left out: one observation; then sum, smallest and largest are the same. */
function metricRow(metric: Data<'MetricData'>['metrics'][number]): Own {
  const { name, value, count = 1, min = value, max = value } = metric;
  return {
    table: 'customMetrics',
    name,
    valueSum: value,
    valueCount: count,
    valueMin: min,
    valueMax: max,
  };
}

function isTrue(success: boolean | string | undefined): boolean {
  return success === undefined || String(success).toLowerCase() === 'true';
}

/** `d.hh:mm:ss.fffffff`, days left out as a rule. */
function durationMs(text: string): number {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (match ?? []).slice(1).map(Number);
  return (((Number.isNaN(days) ? 0 : days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000;
}
