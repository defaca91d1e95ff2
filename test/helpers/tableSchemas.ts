/**
 * Columns of Application Insights' tables as queries in the scope of a component see them.
 * Source: "Workspace-based resource changes", Azure Monitor documentation, table schemas
 * (ApplicationInsights side of the mapping), read 2026-11-25.
 */
type ColumnType = 'string' | 'datetime' | 'real' | 'int' | 'dynamic';

type Columns = Readonly<Record<string, ColumnType>>;

const everywhere: Columns = {
  timestamp: 'datetime',
  itemType: 'string',
  itemId: 'string',
  customDimensions: 'dynamic',
  operation_Name: 'string',
  operation_Id: 'string',
  operation_ParentId: 'string',
  operation_SyntheticSource: 'string',
  session_Id: 'string',
  user_Id: 'string',
  user_AuthenticatedId: 'string',
  user_AccountId: 'string',
  application_Version: 'string',
  client_Type: 'string',
  client_Model: 'string',
  client_OS: 'string',
  client_IP: 'string',
  client_City: 'string',
  client_StateOrProvince: 'string',
  client_CountryOrRegion: 'string',
  client_Browser: 'string',
  cloud_RoleName: 'string',
  cloud_RoleInstance: 'string',
  appId: 'string',
  appName: 'string',
  iKey: 'string',
  sdkVersion: 'string',
};

const counted: Columns = { ...everywhere, itemCount: 'int', customMeasurements: 'dynamic' };

const timed: Columns = {
  ...counted,
  id: 'string',
  name: 'string',
  success: 'string',
  duration: 'real',
  performanceBucket: 'string',
};

export const tableSchemas: Readonly<Record<string, Columns>> = {
  requests: { ...timed, source: 'string', url: 'string', resultCode: 'string' },
  dependencies: {
    ...timed,
    target: 'string',
    type: 'string',
    data: 'string',
    resultCode: 'string',
  },
  availabilityResults: { ...timed, location: 'string', message: 'string', size: 'real' },
  customEvents: { ...counted, name: 'string' },
  customMetrics: {
    ...everywhere,
    name: 'string',
    value: 'real',
    valueCount: 'int',
    valueSum: 'real',
    valueMin: 'real',
    valueMax: 'real',
    valueStdDev: 'real',
  },
  traces: { ...counted, message: 'string', severityLevel: 'int' },
  exceptions: {
    ...counted,
    problemId: 'string',
    handledAt: 'string',
    type: 'string',
    message: 'string',
    assembly: 'string',
    method: 'string',
    outerType: 'string',
    outerMessage: 'string',
    outerAssembly: 'string',
    outerMethod: 'string',
    innermostType: 'string',
    innermostMessage: 'string',
    innermostAssembly: 'string',
    innermostMethod: 'string',
    severityLevel: 'int',
    details: 'dynamic',
  },
};
