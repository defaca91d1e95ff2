/**
 * The blob trigger hands over a reference instead of the bytes: photos are read by our own client,
 * after their headers were checked. CommonJS on purpose: the library requires this package, and an
 * import would load a second copy, whose registry the library never sees.
 */
const extensions: typeof import('@azure/functions-extensions-base') = require('@azure/functions-extensions-base');

// The reference itself is not needed: the trigger's path says the same.
extensions.ResourceFactoryResolver.getInstance().registerResourceFactory(
  'AzureStorageBlobs',
  () => ({}),
);
