/**
 * The workbook as Azure keeps it: one document, a tab for each page.
 * Source: Azure Monitor workbooks, templates and item types, read 2026-11-25.
 */
import { cost } from './cost.ts';
import { failures } from './failures.ts';
import { flow } from './flow.ts';
import { onePhoto } from './onePhoto.ts';
import type { Page, Panel } from './page.ts';
import { quota } from './quota.ts';

export const pages: readonly Page[] = [flow, quota, failures, cost, onePhoto];

/** Of an item of a workbook. */
const itemType = { text: 1, query: 3, parameters: 9, links: 11, group: 12 } as const;

const componentType = 'microsoft.insights/components';

export function workbookDocument() {
  return {
    version: 'Notebook/1.0',
    items: [parameters(), tabs(), ...pages.map(group)],
    $schema:
      'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  };
}

const hourMs = 3_600_000;
const offeredHours = [1, 4, 24, 72, 168, 720];

function parameters() {
  const shared = { version: 'KqlParameterItem/1.0', isRequired: true };
  return {
    type: itemType.parameters,
    content: {
      version: 'KqlParameterItem/1.0',
      style: 'pills',
      queryType: 0,
      resourceType: componentType,
      parameters: [
        {
          ...shared,
          id: '6f0c6a52-6d0c-4d3b-9a5c-0f6f3a1d9b01',
          name: 'TimeRange',
          label: 'Time range',
          type: 4,
          value: { durationMs: 24 * hourMs },
          typeSettings: {
            selectableValues: offeredHours.map((hours) => ({ durationMs: hours * hourMs })),
            allowCustom: true,
          },
        },
        {
          ...shared,
          id: '6f0c6a52-6d0c-4d3b-9a5c-0f6f3a1d9b02',
          name: 'Photo',
          label: 'Photo or outcome key',
          type: 1,
          isRequired: false,
          value: '',
        },
      ],
    },
    name: 'parameters',
  };
}

function tabs() {
  return {
    type: itemType.links,
    content: {
      version: 'LinkItem/1.0',
      style: 'tabs',
      links: pages.map(({ id, title }, index) => ({
        id: `6f0c6a52-6d0c-4d3b-9a5c-0f6f3a1d9c0${index}`,
        cellValue: 'page',
        linkTarget: 'parameter',
        linkLabel: title,
        subTarget: id,
        style: 'link',
      })),
    },
    name: 'pages',
  };
}

function group({ id, text, panels }: Page) {
  return {
    type: itemType.group,
    content: {
      version: 'NotebookGroup/1.0',
      groupType: 'editable',
      items: [
        { type: itemType.text, content: { json: text }, name: `${id} text` },
        ...panels.map((panel, index) => item(panel, `${id} ${index + 1}`)),
      ],
    },
    conditionalVisibility: { parameterName: 'page', comparison: 'isEqualTo', value: id },
    name: id,
  };
}

function item({ title, chart, query }: Panel, name: string) {
  return {
    type: itemType.query,
    content: {
      version: 'KqlItem/1.0',
      query,
      size: chart === 'tiles' ? 4 : 0,
      title,
      timeContextFromParameter: 'TimeRange',
      queryType: 0,
      resourceType: componentType,
      visualization: chart,
      ...(chart === 'tiles' && { tileSettings }),
    },
    name,
  };
}

/** The first column names a tile, the second is its number. */
const tileSettings = {
  titleContent: { columnMatch: 'name|photoState|costKind', formatter: 1 },
  leftContent: { columnMatch: 'value|photoCount|cost', formatter: 12 },
  showBorder: true,
};
