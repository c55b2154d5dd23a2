/** Puts together what leads to a server: its key, the roles it plays, and the commands that are read when one is run. */

import { commands, type Settings } from '../manifest';
import { Later } from './later';
import type { Log, Model, Subscription } from './model';
import { RemoteRoles } from './remoteRoles';
import { SERVER_KEY, ServerKey } from './serverKey';
import type { Translate } from './statusText';

type Listen<Event> = (listener: (event: Event) => void) => Subscription;

interface ServerRoomOptions {
	/** What serves completions and the chat where no server does. */
	readonly local: { readonly completion: Model; readonly chat: Model };
	readonly settings: () => Settings;
	readonly secrets: ConstructorParameters<typeof ServerKey>[0] & {
		readonly onDidChange: Listen<{ readonly key: string }>;
	};
	/** Without trust nothing goes to a server. */
	readonly isTrusted: () => boolean;
	readonly onDidGrantTrust: Listen<void>;
	/** Whether a certificate must be trusted. */
	readonly strictTls: () => boolean;
	readonly version: string;
	readonly translate: Translate;
	readonly log: Log;
}

interface ServerRoom {
	readonly roles: RemoteRoles;
	/** The key is gone. */
	readonly forget: () => Promise<void>;
	readonly disposables: readonly Subscription[];
}

export function serverRoom(options: ServerRoomOptions): ServerRoom {
	const { secrets, onDidGrantTrust, version, log } = options;
	const key = new ServerKey(secrets);
	const server = { ...options, agent: `Familiar/${version}` };
	const roles = new RemoteRoles({ ...server, key: (base) => key.for(base) });
	const later = new Later({
		load: async () => {
			const { ServerCommands } = await import('./serverCommands');
			return () => new ServerCommands({ ...server, key });
		},
		commands: [commands.connectServer, commands.disconnectServer],
		log,
	});
	return {
		roles,
		forget: () => key.forget(),
		disposables: [
			roles,
			later,
			{ dispose: () => later.part?.dispose() },
			secrets.onDidChange((event) => {
				if (event.key === SERVER_KEY) {
					roles.configure(true);
				}
			}),
			onDidGrantTrust(() => roles.configure()),
		],
	};
}
