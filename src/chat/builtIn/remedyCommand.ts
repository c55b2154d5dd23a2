/** What a button in VS Code's own chat does about a problem. */

import type { Remedy } from '../../inference/model';
import { commands, settings as keys } from '../../manifest';

interface RemedyCommand {
	readonly title: string;
	readonly command: string;
	readonly arguments?: string[];
}

const OPEN_SETTINGS = 'workbench.action.openSettings';

export function commandOf(remedy: Remedy, title: string): RemedyCommand {
	switch (remedy) {
		case 'select-model':
			return { title, command: commands.selectModel };
		case 'use-starter':
			return { title, command: commands.useStarterModel };
		case 'show-log':
			return { title, command: commands.showLog };
		case 'restart':
			return { title, command: commands.restartModel };
		case 'use-cpu':
			return { title, command: OPEN_SETTINGS, arguments: [keys.backend.key] };
		case 'set-node-path':
			return { title, command: OPEN_SETTINGS, arguments: [keys.nodePath.key] };
		case 'connect-server':
			return { title, command: commands.connectServer };
		case 'disconnect-server':
			return { title, command: commands.disconnectServer };
	}
}
