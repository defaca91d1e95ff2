import { expect, it } from 'vitest';
import { operatorsView } from '../../../local/demo/operatorsView.ts';
import type { Row, Table } from '../../../local/telemetryCollector/tables/row.ts';

function row(table: Table, rest: Partial<Row>): Row {
  return {
    table,
    timestampMs: 0,
    name: '',
    operation_Id: '',
    operation_ParentId: '',
    operation_Name: '',
    cloud_RoleName: '',
    cloud_RoleInstance: '',
    customDimensions: {},
    customMeasurements: {},
    itemCount: 1,
    ...rest,
  };
}

it('names the calls that failed with their status, so that a first look-up is no alarm', async () => {
  const told = [
    row('dependencies', { name: 'PUT ledger', resultCode: '404', success: false }),
    row('dependencies', { name: 'GET inflight', resultCode: '404', success: false }),
    row('dependencies', { name: 'GET inflight', resultCode: '404', success: false }),
    row('dependencies', { name: 'PUT results', resultCode: '201', success: true }),
    row('customMetrics', { name: 'sightglass.cost', valueSum: 1 }),
  ];
  const rows = (table: Table) => told.filter((one) => one.table === table);

  const view = await operatorsView({ rows, stats: () => ({ billedBytes: 0 }) }, 0);

  expect(view.failedCallCounts).toEqual({ 'PUT ledger 404': 1, 'GET inflight 404': 2 });
});
