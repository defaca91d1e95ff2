/** What is probed, as it is named among the availability results. */
export const endpointProbe = 'prediction endpoint';
