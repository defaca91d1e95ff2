/** The stand-in keeps the contract. */
import { startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { eventHubContract } from './helpers/contract.ts';

eventHubContract(() =>
  startEventHub({ hubs: [{ name: 'photos', partitionCount: 4, consumerGroups: ['app'] }] }),
);
