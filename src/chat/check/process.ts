/** Process entry of the checks: compilers of the workspace run here and nowhere else. Nobody imports this file. */

import { serveChecks } from './serve';

serveChecks(process);
