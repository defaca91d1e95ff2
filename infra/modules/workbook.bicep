metadata description = 'The operators\' workbook: infra/workbook.json (written by npm run schemas) over one component.'

@description('Region of the workbook: that of the component.')
param location string

@description('Resource id of the Application Insights component that the pages see.')
param componentId string

@description('As it is listed among the workbooks.')
param displayName string = 'Sightglass'

param tags object = {}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'sightglass workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: componentId
    serializedData: string(loadJsonContent('../workbook.json'))
  }
}
