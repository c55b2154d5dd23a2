/** The local API until somebody wants it: its commands, which read the rest from disk. */

import { commands } from '../manifest';
import type { ApiCommands, ApiCommandsDependencies } from './apiCommands';
import { Later } from './later';

/** What the composition root needs of it, whether it was ever started or not. */
type LaterApi = Pick<ApiCommands, 'address' | 'close' | 'forget' | 'dispose'>;

export function laterApi(dependencies: ApiCommandsDependencies): LaterApi {
	const later = new Later({
		load: async () => {
			const { ApiCommands } = await import('./apiCommands');
			return () => new ApiCommands(dependencies);
		},
		commands: [commands.startApi, commands.stopApi, commands.showApi, commands.renewApiToken],
		log: dependencies.log,
	});
	return {
		get address() {
			return later.part?.address;
		},
		close: async () => later.part?.close(),
		forget: async () => (await later.get()).forget(),
		dispose: () => {
			later.dispose();
			later.part?.dispose();
		},
	};
}
