/** Hosts of other versions: older ones that nobody uses are asked to end, and what killed ones have left is removed. */

import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { connectionOver } from '../wire/frames';
import { isRetirement, MAX_GREETING_BYTES, methods, PROTOCOL_VERSION } from '../wire/protocol';
import { within } from './deadline';
import { addressOf, type Endpoint, endpointNamed, tokenOf } from './endpoint';

/** Milliseconds for the answer of an older host. */
const ANSWER_TIME = 2_000;

/** Milliseconds after which files that no host answers for are removed. */
const STALE_AFTER = 60_000;

const HOST_FILE = /^(host-v(\d+)(?:-[a-z0-9]+)?)\.(?:sock|pipe|token|process|lock|log|log\.old)$/;

/** Whether both are versions such as `1.2.3`, and the first is the older one. What stands behind the numbers is not compared. */
export function isOlderVersion(version: string, than: string): boolean {
	const [one, other] = [numbersOf(version), numbersOf(than)];
	if (one === undefined || other === undefined) {
		return false;
	}
	for (const [index, number] of one.entries()) {
		const difference = number - (other[index] ?? 0);
		if (difference !== 0) {
			return difference < 0;
		}
	}
	return false;
}

function numbersOf(version: string): readonly number[] | undefined {
	return /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
}

/** Asks every host of an older protocol in the folder to end if nobody uses it, and removes what dead ones have left. */
export async function retireOlderHosts(folder: string, now = Date.now()): Promise<void> {
	const older = new Set<string>();
	for (const file of fs.readdirSync(folder)) {
		const [, name, protocol] = HOST_FILE.exec(file) ?? [];
		if (name !== undefined && Number(protocol) < PROTOCOL_VERSION) {
			older.add(name);
		}
	}
	for (const name of older) {
		const endpoint = endpointNamed(folder, name);
		if (!(await askToRetire(endpoint))) {
			removeLeavings(endpoint, now);
		}
	}
}

/**
 * One message, as `methods.retire` describes it; what the host answers changes nothing here: it ends, or it does not.
 *
 * @returns whether a host is there.
 */
async function askToRetire(endpoint: Endpoint): Promise<boolean> {
	const address = addressOf(endpoint);
	const token = tokenOf(endpoint);
	if (address === undefined) {
		return false;
	}
	const socket = net.connect(address);
	const isThere = await new Promise<boolean>((resolve) => {
		socket.once('connect', () => resolve(true));
		socket.once('error', () => resolve(false));
	});
	if (!isThere || token === undefined) {
		socket.destroy();
		return isThere;
	}
	const guarded = connectionOver(socket, MAX_GREETING_BYTES, () => undefined);
	guarded.connection.listen();
	const answer = guarded.connection.sendRequest(methods.retire, { token }).catch(() => undefined);
	await within(answer.then(isRetirement), ANSWER_TIME);
	guarded.close();
	return true;
}

function removeLeavings(endpoint: Endpoint, now: number): void {
	const files = Object.values(endpoint).filter((file: string) => path.isAbsolute(file));
	const ages = files.map((file) => now - (fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
	// A host of that protocol may be starting.
	if (Math.min(...ages) > STALE_AFTER) {
		for (const file of files) {
			fs.rmSync(file, { force: true, recursive: true });
		}
	}
}
