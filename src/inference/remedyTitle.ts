/** The words on the button of a remedy. */

import type { Remedy } from './model';
import type { Translate } from './statusText';

export function remedyTitle(remedy: Remedy, translate: Translate): string {
	switch (remedy) {
		case 'select-model':
			return translate('Select Model…');
		case 'use-starter':
			return translate('Use the Starter Model');
		case 'use-cpu':
			return translate('Use the CPU');
		case 'show-log':
			return translate('Show Log');
		case 'restart':
			return translate('Restart');
		case 'set-node-path':
			return translate('Set the Node Path');
		case 'connect-server':
			return translate('Connect Again');
		case 'disconnect-server':
			return translate('Use the Local Model');
	}
}
