import { expect, it } from 'vitest';
import {
  type CloudRoute,
  cloudRoute,
  containerRoute,
  operationName,
} from '../../../local/predictionEndpoint/routes/predictionRoute.ts';

const classify: CloudRoute = {
  version: 'v3.1',
  projectId: 'p-1',
  publishedName: 'Parts v2',
  projectType: 'classify',
  source: 'image',
  isStored: true,
};

it.each<[string, Partial<CloudRoute>]>([
  ['/customvision/v3.1/prediction/p-1/classify/iterations/Parts%20v2/image', {}],
  ['/customvision/v3.1/prediction/p-1/classify/iterations/Parts%20v2/image/', {}],
  ['/CustomVision/V3.0/Prediction/P-1/Classify/Iterations/Parts%20v2/Image', { version: 'v3.0' }],
  [
    '/customvision/v3.1/prediction/p-1/classify/iterations/Parts%20v2/url/nostore',
    { source: 'url', isStored: false },
  ],
  [
    '/customvision/v3.1/prediction/p-1/detect/iterations/100%/image',
    { projectType: 'detect', publishedName: '100%' },
  ],
])('reads %s', (path, difference) => {
  expect(cloudRoute(path)).toEqual({ ...classify, ...difference });
});

it.each([
  '/customvision/v2.0/prediction/p-1/classify/iterations/n/image',
  '/customvision/v3.1/prediction/p-1/classify/iterations/n/image/store',
  '/customvision/v3.3/training/projects/p-1/quicktest/image',
  '/image/nostore/x',
  '/',
])('knows nothing of %s', (path) => {
  expect(cloudRoute(path)).toBeUndefined();
  expect(containerRoute(path)).toBeUndefined();
});

it.each([
  ['/image', { source: 'image', isLong: false }],
  ['/url', { source: 'url', isLong: false }],
  ['/some-project/image', { source: 'image', isLong: true }],
])('reads the container route %s', (path, route) => {
  expect(containerRoute(path)).toEqual(route);
});

it.each<[Partial<CloudRoute>, string]>([
  [{}, 'ClassifyImage'],
  [{ isStored: false }, 'ClassifyImageWithNoStore'],
  [{ projectType: 'detect', source: 'url' }, 'DetectImageUrl'],
  [{ projectType: 'detect', source: 'url', isStored: false }, 'DetectImageUrlWithNoStore'],
])('names the operation of %o %s', (difference, name) => {
  expect(operationName({ ...classify, ...difference })).toBe(name);
});
