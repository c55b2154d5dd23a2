/** Puts together what leads to a pack for a GPU; read from disk when its command is first called. */

import { realDisk } from '../models/disk';
import { Web } from '../models/web';
import { cudaFit } from './cudaFit';
import { Acceleration, type AccelerationDependencies } from './getAcceleration';
import { PackStore } from './packStore';
import { packsFolder } from './packsFolder';
import { systemQueries } from './systemQueries';

interface OpenAccelerationOptions extends Omit<AccelerationDependencies, 'store' | 'fit'> {
	/** Absolute path of the folder for everything Familiar keeps. */
	readonly storage: string;
	/** What servers are told of who asks. */
	readonly agent: string;
	/** Whether a certificate must be trusted. */
	readonly strictTls: () => boolean;
}

export function openAcceleration(options: OpenAccelerationOptions): Acceleration {
	const { storage, agent, strictTls, translate } = options;
	const web = new Web({ strictTls, agent, translate });
	return new Acceleration({
		...options,
		store: new PackStore(packsFolder(storage), { web, disk: realDisk, translate }),
		fit: (signal) => cudaFit({ queries: systemQueries, translate }, signal),
	});
}
