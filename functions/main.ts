/** The app's table of contents: what the host finds when it loads the entry point. */
import './heap.ts';
import './telemetry.ts';
import './setup.ts';
import './predictOnUpload.ts';
import './predictOnCapture.ts';
import './drainDeferred.ts';
import './sweepLedger.ts';
import './settlePoison.ts';
import './reconcilePhotos.ts';
import './reportQuota.ts';
import './probeEndpoint.ts';
import './health.ts';
