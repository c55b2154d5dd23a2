/** The server that does what a model of this machine would: what goes there, and whether it answers. */

import type { RemoteUse } from '../remoteRoles';
import { formatSending, type Translate } from '../statusText';
import { attention, commandHelps, type Finding, wrong } from './check';

/** Never in order without a word: whoever looks for what is wrong is told that code leaves this machine. */
export function serverFinding(remote: RemoteUse, translate: Translate): Finding {
	const name = translate('Server');
	const { connectServer, disconnectServer } = commandHelps(translate);
	const sent = formatSending(remote, translate);
	const { problems, isEncrypted, isHere } = remote;
	return problems.length > 0
		? wrong(name, [sent, ...problems].join(' '), connectServer, disconnectServer)
		: attention(
				name,
				isEncrypted || isHere ? sent : `${sent} ${translate('The connection is not encrypted (http).')}`,
				disconnectServer,
			);
}
