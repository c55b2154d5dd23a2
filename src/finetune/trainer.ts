/** Entry of the trainer process: one order over the IPC channel, then it ends. */

import { version } from '../../package.json';
import { TrainerSession } from './training/session';

new TrainerSession({
	version,
	from: import.meta.url,
	packs: process.argv[2],
	send: (message) =>
		new Promise((resolve) => {
			// A channel that is closed means that the editor is gone; the session hears of that by itself.
			if (process.send === undefined || !process.connected) {
				resolve();
			} else {
				process.send(message, undefined, undefined, () => resolve());
			}
		}),
	onMessage: (listener) => process.on('message', listener),
	onDisconnect: (listener) => process.on('disconnect', listener),
	exit: (code) => process.exit(code),
});
