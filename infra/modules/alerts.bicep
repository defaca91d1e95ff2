metadata description = 'Log alerts on Application Insights, one for each rule of infra/alerts.json (written by npm run schemas).'

@description('Region of the rules: that of the component.')
param location string

@description('Put in front of each rule\'s name: names are unique in a resource group.')
@minLength(1)
param namePrefix string

@description('Resource id of the Application Insights component that the queries see.')
param componentId string

@description('Resource id of the action group that is told.')
param actionGroupId string

@description('What a day may cost, in the currency of the app\'s price settings.')
@minValue(1)
param dailyBudget int = 50

param tags object = {}

type rule = {
  name: string
  description: string
  severity: int
  windowSize: string
  evaluationFrequency: string
  query: string
  dimensions: { name: string, operator: 'Include', values: string[] }[]
}

var rules rule[] = loadJsonContent('../alerts.json')

// A query answers rows only where its rule fires: one row is enough, and none ends the alert.
resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${namePrefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${namePrefix}: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [componentId]
      windowSize: rule.windowSize
      evaluationFrequency: rule.evaluationFrequency
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: replace(rule.query, '{dailyBudget}', string(dailyBudget))
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: rule.dimensions
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
